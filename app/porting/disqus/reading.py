"""Reads an export of Disqus element by element, however large it is, up to where it breaks.

It is XML in the namespace of Disqus: categories, then threads, one a page, then posts, one a
comment. Each has its number as `dsq:id`; a post names its thread, and what it answers, by numbers.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from lxml import etree

from app.core.errors import Invalid
from app.core.i18n import _

_DISQUS, _INTERNAL = "{http://disqus.com}", "{http://disqus.com/disqus-internals}"
_ID = f"{_INTERNAL}id"
_HIGHEST_ID = 1 << 62
_LONGEST_MESSAGE = 1 << 20
_LONGEST = 2000
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class DisqusThread:
    """A page that was commented on."""

    line: int
    id: int
    # What the page called itself: of WordPress, such as `12 https://blog.example/?p=12`.
    identifier: str
    link: str
    title: str
    is_closed: bool
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class DisqusPost:
    """A comment. `at` is None where its date can't be read."""

    line: int
    id: int
    thread: int
    parent: int | None
    name: str
    email: str
    message: str
    at: datetime | None
    is_deleted: bool
    is_spam: bool
    is_approved: bool


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something that could not be read, where it begins, and why not."""

    line: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The file ends, or stops being XML, here."""

    line: int
    why: str


Read: TypeAlias = DisqusThread | DisqusPost | Unusable | Broken


def read_disqus(source: Path, told: Callable[[int], None] | None = None) -> Iterator[Read]:
    """What stands in the file, in its order; `Broken` is the last, if it is broken.

    `told` hears how many bytes were read. Raises Invalid where there is no file, it is no export of
    Disqus, or it declares a document type.
    """
    if not source.is_file():
        raise Invalid(_("There is no file %s.") % source)
    with source.open("rb") as file:
        yield from _elements(_Counted(file, told))


class _Counted:
    """A file that says how far it was read."""

    def __init__(self, file: BinaryIO, told: Callable[[int], None] | None) -> None:
        self._file = file
        self._told = told
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        block = self._file.read(size)
        self.size += len(block)
        if self._told is not None:
            self._told(self.size)
        return block


def _elements(file: _Counted) -> Iterator[Read]:
    parsed = etree.iterparse(
        file,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth, root = 0, None
    try:
        for event, element in parsed:
            if event == "start":
                if root is None:
                    root = element
                    _require_disqus(element)
                depth += 1
                continue
            depth -= 1
            if depth == 1:
                yield from _one(element)
                # What was read is let go of, and the blanks before it.
                element.clear()
                while element.getprevious() is not None:
                    del root[0]  # type: ignore[union-attr]
    except etree.XMLSyntaxError as error:
        if root is None:
            raise Invalid(_not_disqus(file)) from error
        yield Broken(error.lineno or 0, str(error.msg))


def _not_disqus(file: _Counted) -> str:
    if not file.size:
        return _("The file is empty.")
    return _("This is no export of Disqus: it can't be read as XML.")


def _require_disqus(root: Any) -> None:
    if root.getroottree().docinfo.doctype:
        raise Invalid(
            _("This file declares a document type. Disqus writes none, and none is read.")
        )
    if root.tag != f"{_DISQUS}disqus":
        raise Invalid(_("This is no export of Disqus: it does not begin as one."))


def _one(element: Any) -> Iterator[Read]:
    if element.tag not in (f"{_DISQUS}thread", f"{_DISQUS}post"):
        return
    what, line = etree.QName(element).localname, element.sourceline or 0
    number = _id_of(element)
    if number is None:
        yield Unusable(line, what, _("it has no number"))
    elif what == "thread":
        yield _thread(element, line, number)
    else:
        yield _post(element, line, number)


def _thread(element: Any, line: int, number: int) -> DisqusThread:
    return DisqusThread(
        line=line,
        id=number,
        identifier=_text(element, "id")[:_LONGEST],
        link=_text(element, "link")[:_LONGEST],
        title=_text(element, "title")[:_LONGEST],
        is_closed=_is_so(element, "isClosed"),
        is_deleted=_is_so(element, "isDeleted"),
    )


def _post(element: Any, line: int, number: int) -> DisqusPost | Unusable:
    thread, parent = element.find(f"{_DISQUS}thread"), element.find(f"{_DISQUS}parent")
    thread_id = None if thread is None else _id_of(thread)
    what = _("comment %d") % number
    if thread_id is None:
        return Unusable(line, what, _("it does not say where it stands"))
    message = _text(element, "message")
    if len(message) > _LONGEST_MESSAGE:
        return Unusable(line, what, _("it is longer than a million letters"))
    author = element.find(f"{_DISQUS}author")
    return DisqusPost(
        line=line,
        id=number,
        thread=thread_id,
        parent=None if parent is None else _id_of(parent),
        name="" if author is None else _text(author, "name") or _text(author, "username"),
        email="" if author is None else _text(author, "email"),
        message=message,
        at=_moment(_text(element, "createdAt")),
        is_deleted=_is_so(element, "isDeleted"),
        is_spam=_is_so(element, "isSpam"),
        # Only old exports say so.
        is_approved=_text(element, "isApproved").lower() != "false",
    )


def _id_of(element: Any) -> int | None:
    given = element.get(_ID, "").strip()
    number = int(given) if _NUMBER.fullmatch(given) else 0
    return number if 0 < number < _HIGHEST_ID else None


def _text(element: Any, name: str) -> str:
    found = element.find(f"{_DISQUS}{name}")
    return "" if found is None else "".join(found.itertext()).strip()


def _is_so(element: Any, name: str) -> bool:
    return _text(element, name).lower() == "true"


def _moment(given: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        return None
    # Disqus says Z; where it says nothing it means that, too.
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    return found.astimezone(UTC) if _FIRST <= found < _LAST else None
