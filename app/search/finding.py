"""What a reader finds: one query, whose rows are put into words with the pieces that show why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.text import plain_text
from app.groups.profiles.queries import ShownProfile, shown_people
from app.search.asking import PAGE_SIZE, PAGES, Kind, Query, Terms, TooSlow, read_terms
from app.search.excerpts import Segment, excerpt
from app.search.index import index_of
from app.search.of_people import words_about
from app.search.weighing import page_of_found

# No query holds a thread or a connection longer than this.
SECONDS = 1.5


class Hint(StrEnum):
    """Why nothing was found."""

    NOTHING_ASKED = "nothing asked"
    NO_WORDS = "no words"
    ONLY_UNWANTED = "only unwanted"
    NO_MATCH = "no match"
    TOO_SLOW = "too slow"


@dataclass(frozen=True, slots=True)
class InGroup:
    """The topic in which something was said; `opens` for its opening text."""

    group_slug: str
    group_name: str
    topic_id: int
    topic_slug: str
    opens: bool


@dataclass(frozen=True, slots=True)
class FoundResource:
    """Something to take away; `group_slug` and `group_name` are empty for the site's own."""

    id: int
    slug: str
    group_slug: str
    group_name: str


@dataclass(frozen=True, slots=True)
class Found:
    """Whatever was found. The excerpt is plain words, each with whether they were asked for."""

    kind: Kind
    # Of the post, or the topic; a comment stands on this page of its thread.
    title: str
    path: str
    comment_id: int | None
    comment_page: int
    # Of a comment: who said it.
    name: str
    # Of a person: since when they are here, where that is known.
    at: datetime | None
    excerpt: tuple[Segment, ...]
    place: InGroup | None = None
    resource: FoundResource | None = None
    # Of a person.
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found; `total` counts all that the asker may see, as far as it was weighed."""

    found: tuple[Found, ...] = ()
    total: int = 0
    hint: Hint | None = None
    # Whether the line was longer than is read.
    was_cut: bool = False

    @property
    def pages(self) -> int:
        """How many pages there are to turn, at least one."""
        return min(PAGES, max(1, -(-self.total // PAGE_SIZE)))


async def search(session: AsyncSession, actor: Actor, asked: Query) -> Results:
    """What a reader may see of what was asked for; no words, however odd, are an error.

    For a session of `reading(slow=True)`. A query that takes longer than SECONDS is broken off.
    """
    terms = read_terms(asked.text, asked.author)
    if not terms:
        return Results(hint=_why_nothing(asked, terms), was_cut=terms.was_cut)
    try:
        async with index_of(session).at_most(session, SECONDS):
            rows = (await session.execute(page_of_found(session, actor, asked, terms))).all()
    except TooSlow:
        return Results(hint=Hint.TOO_SLOW, was_cut=terms.was_cut)
    # What stands in their excerpts is read as any page about them is: what this reader is not shown, is not read.
    ids = [row.person_id for row in rows if row.person_id is not None]
    people = await shown_people(session, actor, ids)
    return Results(
        found=tuple(_found(rows, terms, people)),
        total=rows[0].total if rows else 0,
        hint=None if rows else Hint.NO_MATCH,
        was_cut=terms.was_cut,
    )


def _why_nothing(asked: Query, terms: Terms) -> Hint:
    if terms.unwanted:
        return Hint.ONLY_UNWANTED
    return Hint.NO_WORDS if asked.text.strip() or asked.author.strip() else Hint.NOTHING_ASKED


def _found(
    rows: Sequence[Row[Any]], terms: Terms, people: Mapping[int, ShownProfile]
) -> Iterator[Found]:
    for row in rows:
        person = people.get(row.person_id)
        text = words_about(person) if person else _readable(row.html or "")
        yield Found(
            kind=Kind(row.kind),
            title=row.title,
            path=row.path or "",
            comment_id=row.comment_id,
            comment_page=row.comment_page,
            name=row.name,
            at=row.at,
            excerpt=excerpt(text, terms.wanted),
            handle=row.handle or "",
            place=_place(row) if row.topic_id is not None else None,
            resource=_resource(row) if row.resource_id is not None else None,
        )


def _place(row: Row[Any]) -> InGroup:
    return InGroup(
        row.group_slug, row.group_name, row.topic_id, row.topic_slug, opens=bool(row.opens)
    )


def _resource(row: Row[Any]) -> FoundResource:
    return FoundResource(
        row.resource_id, row.resource_slug, row.group_slug or "", row.group_name or ""
    )


def _readable(html: str) -> str:
    """The words of the beginning of some HTML, which may end within a tag."""
    is_torn = html.rfind("<") > html.rfind(">")
    return plain_text(html[: html.rfind("<")] if is_torn else html)
