"""What can be reported, and what has to be known of it. Each kind is read in a file of its own, `of_….py`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.markup import SafeHtml
from app.moderation.kinds import ThingKind

NO_WORDS = SafeHtml("")


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something that is reported: what everybody who decides may know of it, and what it says."""

    kind: ThingKind
    id: int
    # Of whom it is, or between whom.
    name: str
    # Where it stands, for whoever may go there.
    path: str
    # Everybody who has a part in it: none of them decides about it, nor learns who reported it.
    people: frozenset[int]
    # What it says: a heading and words each; and words with links and paragraphs.
    said: Sequence[tuple[str, str]] = ()
    html: SafeHtml = NO_WORDS
    group_id: int | None = None
    # Whether nobody else may read what it says: moderators do so by a step of its own, which is logged.
    is_private: bool = False
    # Whose it is alone: they need not report it.
    owner_id: int | None = None

    def without_words(self) -> "Thing":
        """The same for a reader of whom it is not known here what of it they may read."""
        return replace(self, said=(), html=NO_WORDS)


# A thing as somebody who may read it sees it; None where they may not, or there is none.
Find: TypeAlias = Callable[[AsyncSession, Actor, int], Awaitable[Thing | None]]
# Several, for those to whom they were reported.
Read: TypeAlias = Callable[[AsyncSession, Sequence[int]], Awaitable[Mapping[int, Thing]]]


@dataclass(frozen=True)
class Source:
    """How things of one kind are found by those who report them, read by moderators, and locked."""

    model: Any
    find: Find
    read: Read
