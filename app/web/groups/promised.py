"""Promises beside what is said in a topic: those that both sides let the group read, and the offer to make one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.text import number_in
from app.discussions.models import Comment
from app.discussions.topics.reading import TopicHere
from app.networking.promises.models import SourceKind
from app.networking.promises.moves import State
from app.networking.promises.queries import Found
from app.networking.promises.showing import promises_shown_in
from app.networking.promises.sources import has_other_side
from app.networking.promises.wording import sounds_like_a_promise

# What was promised for an ask or an offer stands above the replies.
ABOVE = 0
_ASKED = "promise"


class SaidPromise(NamedTuple):
    """A promise that others may read."""

    promiser: str
    promisee: str
    text: str
    due_on: date
    is_kept: bool


@dataclass(frozen=True)
class Promised:
    """What stands beside the replies, by their numbers; `offered_at` is one's own that sounds like a promise."""

    beside: Mapping[int, Sequence[SaidPromise]] = field(default_factory=dict)
    offered_at: int = 0


async def promised_beside(
    request: Request,
    db: AsyncSession,
    me: Actor,
    found: TopicHere,
    mine: Collection[int],
    others: Collection[int],
) -> Promised:
    """For who is in the group; `mine` and `others` are the replies of the page that are shown to all."""
    if not found.here.is_inside:
        return Promised()
    beside: dict[int, list[SaidPromise]] = {}
    for one in await promises_shown_in(db, me, found.topic.id, [*mine, *others]):
        is_of_reply = one.promise.source_kind == SourceKind.COMMENT
        place = one.promise.source_id or ABOVE if is_of_reply else ABOVE
        beside.setdefault(place, []).append(_said(one))
    asked = number_in(request.query_params.get(_ASKED, ""))
    return Promised(beside, asked if asked is not None and asked in mine else 0)


async def page_after(db: AsyncSession, me: Actor, page: str, said: Comment, language: str) -> str:
    """Where somebody is led who has answered: where their words sound like a promise, it offers to make it one."""
    is_one = said.is_approved and sounds_like_a_promise(said.body_source, language)
    if is_one and await has_other_side(db, me, said.id):
        page += f"?{_ASKED}={said.id}"
    return f"{page}#reply-{said.id}"


def _said(found: Found) -> SaidPromise:
    promise = found.promise
    is_kept = promise.state == State.KEPT
    return SaidPromise(found.promiser, found.promisee, promise.text, promise.due_on, is_kept)
