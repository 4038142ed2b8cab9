"""What an act on many is about: the cases that were chosen, and those among them that it does nothing with."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.discussions.appeals import APPEALED, is_not_appealed
from app.discussions.deciding import BECOMES, SHOWS
from app.discussions.matters import are_withdrawn
from app.discussions.models import Comment
from app.discussions.reach import ARE_COMMENTS, cases_listed, cases_of
from app.groups.answering import ANSWERS
from app.groups.requests import requests_of
from app.moderation.kinds import REPORTED_KINDS, ThingKind
from app.moderation.models import AuthorKey, Batch, Case, Tab
from app.moderation.sought import Sought, read_sought

# What a decision about comments means for something that was reported and is none; others mean nothing.
ABOUT_REPORTS = {"approve": "dismiss", "remove": "uphold"}
ARE_REPORTED = and_(Case.kind.in_(REPORTED_KINDS), Case.tab == Tab.REPORTED)


async def how_many(session: AsyncSession, actor: Actor, batch: Batch) -> int:
    """How many comments an act is about: counted once, before it begins."""
    return await _number(session, chosen_by(batch, actor))


async def some_of(
    session: AsyncSession, actor: Actor, batch: Batch, most: int
) -> Sequence[Comment]:
    """A few of the comments an act is about, to look at before it begins."""
    where = and_(chosen_by(batch, actor), ARE_COMMENTS)
    some = select(Case.item_id).where(where).order_by(Case.id).limit(most).subquery()
    query = select(Comment).join(some, some.c.item_id == Comment.id).order_by(Comment.id)
    return (await session.scalars(query)).all()


async def some_who_ask(
    session: AsyncSession, actor: Actor, batch: Batch, most: int
) -> Sequence[str]:
    """The names of a few who ask to join a group and would be answered by it: that is not taken back."""
    where = and_(chosen_by(batch, actor), Case.kind == ThingKind.JOINING)
    some = select(Case.item_id).where(where).order_by(Case.id).limit(most)
    return [
        one.name for one in (await requests_of(session, list(await session.scalars(some)))).values()
    ]


async def some_reported(
    session: AsyncSession, actor: Actor, batch: Batch, most: int
) -> Sequence[Case]:
    """A few of those that are no comments and whose reports would be answered by it."""
    where = and_(chosen_by(batch, actor), ARE_REPORTED)
    return (await session.scalars(select(Case).where(where).order_by(Case.id).limit(most))).all()


async def reported_in(session: AsyncSession, actor: Actor, batch: Batch) -> dict[str, int]:
    """How many of those that are no comments would have their reports answered by it, by kind."""
    return await _by_kind(session, and_(chosen_by(batch, actor), ARE_REPORTED))


async def left_out(session: AsyncSession, actor: Actor, batch: Batch) -> dict[str, int]:
    """How much of what was chosen it does nothing with, by kind: each is decided about by itself.

    What an author appeals against is among it under the name of the reason, whatever its kind.
    """
    theirs = and_(_meant(batch, actor), cases_of(actor))
    found = await _by_kind(session, and_(theirs, is_not_appealed(), not_(_taken(batch.verb))))
    appealed = await _number(session, and_(theirs, not_(is_not_appealed())))
    return {**found, APPEALED: appealed} if appealed else found


async def withdrawn_in(session: AsyncSession, actor: Actor, batch: Batch) -> int:
    """How much of what was chosen it does not show again, as its author took it back."""
    if not _shows(batch.verb):
        return 0
    return await _number(session, and_(_meant(batch, actor), cases_of(actor), are_withdrawn()))


async def found_ids(
    session: AsyncSession, actor: Actor, sought: Sought, found: Select[Any]
) -> Sequence[int]:
    """The ids of all comments of a search, as the list of it shows them; `found` are those with its words."""
    where = and_(cases_listed(sought, actor, clock.now()), ARE_COMMENTS)
    return (await session.scalars(select(Case.item_id).where(where, Case.item_id.in_(found)))).all()


def chosen_by(batch: Batch, actor: Actor) -> ColumnElement[bool]:
    """The cases an act is about, as they stood when it began, as far as they are the actor's to decide."""
    theirs = and_(_meant(batch, actor), is_not_appealed(), _taken(batch.verb), cases_of(actor))
    return and_(theirs, not_(are_withdrawn())) if _shows(batch.verb) else theirs


def _shows(verb: str) -> bool:
    return BECOMES.get(verb) in SHOWS


def _taken(verb: str) -> ColumnElement[bool]:
    """The cases a decision means something for."""
    kinds: list[ColumnElement[bool]] = [ARE_COMMENTS]
    if verb in ANSWERS:
        kinds.append(Case.kind == ThingKind.JOINING)
    if verb in ABOUT_REPORTS:
        kinds.append(ARE_REPORTED)
    return or_(*kinds)


def _meant(batch: Batch, actor: Actor) -> ColumnElement[bool]:
    chosen = batch.chosen
    if "ids" in chosen:
        said = and_(Case.item_id.in_([int(one) for one in chosen["ids"]]), ARE_COMMENTS)
        others = Case.id.in_([int(one) for one in chosen.get("cases", ())])
        return or_(said, and_(others, not_(ARE_COMMENTS)))
    before = Case.moved_at <= batch.created_at
    shown = Case.tab.in_((Tab.NEEDS, Tab.RECENT))
    if "author" in chosen:
        return and_(Case.author_key_id == int(chosen["author"]), shown, before)
    if "member" in chosen:
        keys = select(AuthorKey.id).where(AuthorKey.user_id == int(chosen["member"]))
        theirs = and_(Case.author_key_id.in_(keys), Case.group_id == int(chosen["group"]))
        return and_(theirs, shown, before)
    sought = read_sought(chosen.get("filter", {}))
    return and_(cases_listed(sought, actor, batch.created_at), before)


async def _number(session: AsyncSession, where: ColumnElement[bool]) -> int:
    return await session.scalar(select(func.count()).select_from(Case).where(where)) or 0


async def _by_kind(session: AsyncSession, where: ColumnElement[bool]) -> dict[str, int]:
    query = select(Case.kind, func.count()).where(where).group_by(Case.kind).order_by(Case.kind)
    return {row[0]: row[1] for row in await session.execute(query)}
