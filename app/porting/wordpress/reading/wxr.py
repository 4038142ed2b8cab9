"""Reads a WordPress export of any version and size, item by item, and survives what is broken in it.

First comes one `Channel`, then an `Item` for each sound item, a `Skipped` for each that is not, and
`Notice`s for what was mended. Memory holds one item; the comments of a large one lie in a file.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from lxml import etree

from app.core.errors import Invalid
from app.core.i18n import _
from app.porting.wordpress.reading.decoding import Notice, SoundBlocks
from app.porting.wordpress.reading.elements import (
    Dialect,
    Unreadable,
    authors_of,
    comment_of,
    item_of,
    terms_of,
)
from app.porting.wordpress.reading.framing import Frame, Framer, Head, Tape, swallows
from app.porting.wordpress.reading.values import Channel, Read, Skipped, WxrComment

# Larger than any text a person wrote.
_LARGEST = 64 << 20
_BATCH = 100
# Fewer are kept once they have been read.
_FEW = 500
# Where the head's content begins; a document type before it is passed over unread.
_ROOT = re.compile(rb"<rss\b[^>]*>")
_CHANNEL_TAG = re.compile(rb"^\s*<channel[^>]*>|</channel>\s*(?:</rss>)?\s*$")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_TITLE = re.compile(rb"<title>\s*(?:<!\[CDATA\[)?([^<\]]{1,200})")
_NEXT_ITEM = re.compile(rb"</item\s*>\s*(?=<item[\s>])")
_COMMENT_ID = re.compile(rb"<wp:comment_id>\s*(?:<!\[CDATA\[)?\s*(\d{1,18})")
_END_OF_COMMENT = b"</wp:comment>"
_NEXT_COMMENT = re.compile(rb"</wp:comment\s*>\s*(?=<wp:comment\s*>)")


class WxrFile:
    """An export, read once from the start. `read` tells how many bytes went by."""

    def __init__(self, source: BinaryIO) -> None:
        self._blocks = SoundBlocks(source)
        self._told = 0

    @property
    def read(self) -> int:
        """Bytes of the source read so far."""
        return self._blocks.read

    def __iter__(self) -> Iterator[Read]:
        """The channel, then items and what is to be said about the file, in its order.

        Raises Invalid when the file is empty, or no WordPress export at all.
        """
        frames = Framer().frames(self._blocks)
        head = next(frames)
        assert isinstance(head, Head)
        dialect, channel = self._channel(head)
        yield channel
        for frame in frames:
            assert isinstance(frame, Frame)
            yield from self._new_notices()
            yield from _items(dialect, frame)
        yield from self._new_notices()

    def _channel(self, head: Head) -> tuple[Dialect, Channel]:
        if not self.read:
            raise Invalid(_("The file is empty."))
        text = head.tape.read(0, _LARGEST)
        root = _ROOT.search(text)
        if root is None:
            raise Invalid(_("This is not a WordPress export: it does not begin as one."))
        dialect = Dialect(root[0])
        if b"wordpress.org/export" not in root[0] and b"<wp:" not in text:
            raise Invalid(_("This is a feed, not a WordPress export: use Tools → Export there."))
        return dialect, _read_channel(dialect, text, root.end())

    def _new_notices(self) -> Iterator[Notice]:
        notices = self._blocks.notices[self._told :]
        self._told += len(notices)
        yield from notices


def _read_channel(dialect: Dialect, text: bytes, start: int) -> Channel:
    """The head's values: what follows `start`, where tags may be open that only the file's end closes."""
    try:
        root, _mended = dialect.parse(_CHANNEL_TAG.sub(b"", text[start:]))
    except Unreadable as error:
        line = text.count(b"\n", 0, start) + error.line
        message = _("The head of the file can't be read (line %(line)d: %(why)s).")
        raise Invalid(message % {"line": line, "why": error}) from error
    texts = {str(child.tag): (child.text or "").strip() for child in root}
    # The last is the root of a whole network of sites, where there is one.
    network = texts.get("{wp}base_site_url")
    urls = [texts.get("{wp}base_blog_url"), texts.get("link")]
    language = texts.get("language", "")
    return Channel(
        title=texts.get("title", ""),
        description=texts.get("description", ""),
        base_urls=tuple(
            dict.fromkeys(url.rstrip("/") for url in (urls if any(urls) else [network]) if url)
        ),
        language=language if _LANGUAGE.fullmatch(language) else "",
        wxr_version=texts.get("{wp}wxr_version", ""),
        authors=tuple({author.login: author for author in authors_of(root)}.values()),
        terms=tuple(terms_of(root)),
        own_settings=texts.get("{rapport}site", ""),
        own_redirects=tuple(child.text or "" for child in root.iterchildren("{rapport}redirect")),
    )


def _items(dialect: Dialect, frame: Frame) -> Iterator[Read]:
    """The item of a frame; several where a section that was never closed had swallowed the next."""
    try:
        yield from _one_item(dialect, frame)
    except Unreadable as error:
        swallowed = _split(frame, _NEXT_ITEM)
        if len(swallowed) < 2:
            yield _skipped(frame, error)
            return
        for part in swallowed:
            yield from _items_again(dialect, part)


def _items_again(dialect: Dialect, frame: Frame) -> Iterator[Read]:
    again = Framer().frames([frame.tape.read()])
    for part in again:
        if isinstance(part, Frame):
            part.line += frame.line - 1
            try:
                if not part.is_whole:
                    raise _never_closed()
                yield from _one_item(dialect, part)
            except Unreadable as error:
                yield _skipped(part, error)


def _one_item(dialect: Dialect, frame: Frame) -> Iterator[Read]:
    if not frame.is_whole:
        raise Unreadable(_("the file ends, or the next item begins, in the middle of it"), 1)
    if frame.tape.size - sum(end - start for start, end, _line in frame.spans()) > _LARGEST:
        raise Unreadable(_("it is larger than 64 MB without its comments"), 1)
    if swallows(frame.tape.read(0, _LARGEST), b"<item"):
        raise _never_closed()
    root, was_mended = dialect.parse(frame.body())
    if was_mended:
        yield Notice(frame.line, _("The item was not well-formed XML and was mended."))
    element = root[0]
    yield item_of(element, frame.line, CommentsOfItem(dialect, frame, element))


def _never_closed() -> Unreadable:
    return Unreadable(_("a CDATA section in it is never closed"), 1)


def _skipped(frame: Frame, error: Unreadable) -> Skipped:
    title = _TITLE.search(frame.tape.read(0, 4096))
    name = title[1].decode(errors="replace").strip() if title else ""
    what = _("item “%s”") % name if name else _("an item without a title")
    why = _("line %(line)d: %(why)s") % {"line": frame.line + error.line - 1, "why": error}
    return Skipped(frame.line, what, why if error.line > 1 else str(error))


def _split(frame: Frame, between: re.Pattern[bytes]) -> list[Frame]:
    """The frame cut wherever the next item seems to begin, sections or not."""
    if frame.tape.size > _LARGEST:
        return [frame]
    parts, at, text, line = [], 0, frame.tape.read(), frame.line
    for end in (*(found.end() for found in between.finditer(text)), len(text)):
        tape = Tape()
        tape.write(text[at:end])
        parts.append(Frame(line, tape, is_whole=True))
        line += text.count(b"\n", at, end)
        at = end
    return parts


class CommentsOfItem:
    """The comments of one item: parsed a batch at a time, kept when they are few."""

    def __init__(self, dialect: Dialect, frame: Frame, item: etree._Element) -> None:
        self._dialect = dialect
        self._frame = frame
        # Those that came through with the item itself: their tags are spelled in another way.
        self._inside = [comment_of(e, frame.line) for e in item.iterchildren("{wp}comment")]
        self._kept: list[WxrComment | Skipped] | None = None

    def __len__(self) -> int:
        return len(self._frame.comments) // 3 + len(self._inside)

    def __iter__(self) -> Iterator[WxrComment | Skipped]:
        if self._kept is None and len(self) <= _FEW:
            self._kept = list(self._read())
        return iter(self._kept) if self._kept is not None else self._read()

    def numbers(self) -> Iterator[int]:
        """Their ids, told from the bytes; a text that quotes an export may add to them."""
        yield from (comment.id for comment in self._inside if comment.id is not None)
        for start, end, _line in self._frame.spans():
            for found in _COMMENT_ID.finditer(self._frame.tape.read(start, end)):
                yield int(found[1])

    def _read(self) -> Iterator[WxrComment | Skipped]:
        yield from self._inside
        spans = self._frame.spans()
        while batch := list(islice(spans, _BATCH)):
            pieces = [(line, self._frame.tape.read(start, end)) for start, end, line in batch]
            yield from self._batch(pieces)

    def _batch(self, pieces: list[tuple[int, bytes]]) -> Iterator[WxrComment | Skipped]:
        is_sound = not any(swallows(piece, b"<wp:comment>") for _line, piece in pieces)
        try:
            root, was_mended = self._dialect.parse(b"".join(piece for _line, piece in pieces))
        except Unreadable:
            is_sound = False
        if is_sound and not was_mended and len(root) == len(pieces):
            for (line, _piece), element in zip(pieces, root, strict=True):
                yield comment_of(element, line)
            return
        for line, piece in pieces:
            yield from self._one(line, piece)

    def _one(self, line: int, piece: bytes) -> Iterator[WxrComment | Skipped]:
        try:
            if len(piece) > _LARGEST:
                raise Unreadable(_("it is larger than 64 MB"), 1)
            if swallows(piece, b"<wp:comment>"):
                raise _never_closed()
            root, _mended = self._dialect.parse(piece)
        except Unreadable as error:
            # The first of them is what never ended; those it had swallowed may be sound.
            parts = [part + _END_OF_COMMENT for part in _NEXT_COMMENT.split(piece)]
            if len(parts) == 1 or len(piece) > _LARGEST:
                yield Skipped(line, _("a comment"), str(error))
                return
            parts[-1] = parts[-1].removesuffix(_END_OF_COMMENT)
            for part in parts:
                yield from self._one(line, part)
                line += part.count(b"\n") + 1
        else:
            yield from (comment_of(element, line) for element in root.iterchildren("{wp}comment"))
