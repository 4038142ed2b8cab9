"""Exports of Disqus made up for tests, in the form of real ones. Nobody in them exists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

BEGIN = datetime(2012, 3, 4, 5, 6, 7, tzinfo=UTC)
_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://disqus.com/api/schemas/1.0/disqus.xsd">

<category dsq:id="684542">
<forum>made-up</forum>
<title>General</title>
<isDefault>true</isDefault>
</category>

"""
_NAMES = ("Ferro Alwin", "Tilde Brook", "Oda Quist", "Marrow Pell", "")


@dataclass
class Said:
    """One comment as it is to stand in the file."""

    id: int
    thread: int
    parent: int | None = None
    message: str = "<p>Yes, <b>quite</b>.</p>"
    at: str = "2012-03-04T05:06:07Z"
    is_deleted: bool = False
    is_spam: bool = False
    name: str = "Ferro Alwin"
    more: str = ""


def a_thread(
    number: int, link: str, *, title: str = "A page", closed: bool = False, more: str = ""
) -> str:
    """One thread."""
    return f"""<thread dsq:id="{number}">
<id />
<forum>made-up</forum>
<category dsq:id="684542" />
<link>{link}</link>
<title>{title}</title>
<message />
<createdAt>2012-03-04T05:06:07Z</createdAt>
<author>
<name>Somebody</name>
<isAnonymous>false</isAnonymous>
<username>somebody</username>
</author>
<isClosed>{str(closed).lower()}</isClosed>
<isDeleted>false</isDeleted>
{more}</thread>

"""


def a_post(said: Said) -> str:
    """One comment."""
    parent = "" if said.parent is None else f'<parent dsq:id="{said.parent}" />\n'
    return f"""<post dsq:id="{said.id}">
<id />
<message><![CDATA[{said.message}]]></message>
<createdAt>{said.at}</createdAt>
<isDeleted>{str(said.is_deleted).lower()}</isDeleted>
<isSpam>{str(said.is_spam).lower()}</isSpam>
<author>
<name>{said.name}</name>
<isAnonymous>true</isAnonymous>
</author>
{said.more}<thread dsq:id="{said.thread}" />
{parent}</post>

"""


def an_export(*parts: str) -> bytes:
    """A whole file."""
    return (_HEAD + "".join(parts) + "</disqus>\n").encode()


def many(comments: int, links: Iterable[str], seed: int = 7) -> tuple[bytes, list[Said]]:
    """An export with so many comments under these pages: answers up to nine deep, before and after what they
    answer, some deleted, some spam. The file, and what is in it."""
    chance, threads = Random(seed), list(enumerate(links, 1001))
    said = list(_conversation(comments, [number for number, _link in threads], chance))
    shuffled = said[:]
    # As a rule in the order of their numbers, here and there not.
    for at in range(0, len(shuffled) - 5, 7):
        shuffled[at], shuffled[at + 5] = shuffled[at + 5], shuffled[at]
    parts = [a_thread(number, link) for number, link in threads]
    return an_export(*parts, *map(a_post, shuffled)), said


def _conversation(comments: int, threads: list[int], chance: Random) -> Iterator[Said]:
    before: dict[int, list[int]] = {thread: [] for thread in threads}
    for at in range(comments):
        number, thread = 2_166_000_000 + at * 3, chance.choice(threads)
        answers = before[thread] and chance.random() < 0.6
        fate = chance.random()
        yield Said(
            id=number,
            thread=thread,
            parent=chance.choice(before[thread][-9:]) if answers else None,
            message=f"<p>Number {at} says something about the <i>weather</i>.</p>",
            at=(BEGIN + timedelta(minutes=at)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            is_deleted=fate < 0.05,
            is_spam=0.05 <= fate < 0.1,
            name=chance.choice(_NAMES),
        )
        before[thread].append(number)
