"""How promises are read: by the two people they are between, and by nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.holding import hold_people
from app.accounts.models import User
from app.core.errors import NotFound
from app.core.i18n import marked
from app.networking.promises.models import Promise, PromiseStep
from app.networking.promises.moves import ENDED, UNDER_WAY

A_PAGE = 20
# As many as a calendar or a feed has.
MOST_IN_FEED = 200


@dataclass(frozen=True)
class Found:
    """A promise with the names of both; a name is empty where there is no account any more."""

    promise: Promise
    promiser: str
    promisee: str


def owed_by(actor: Actor) -> ColumnElement[bool]:
    """What the actor promises, and is asked to promise."""
    return and_(
        Promise.promiser_id == _id_of(actor),
        or_(Promise.by_promiser, _reached(actor, Promise.promisee_id)),
    )


def owed_to(actor: Actor) -> ColumnElement[bool]:
    """What is promised to the actor, and what they asked for."""
    return and_(
        Promise.promisee_id == _id_of(actor),
        or_(Promise.by_promiser.is_(False), _reached(actor, Promise.promiser_id)),
    )


def promises_open_to(actor: Actor) -> ColumnElement[bool]:
    """All that the actor is one of the two of, and may know of."""
    return or_(owed_by(actor), owed_to(actor))


def under_way(at: datetime) -> ColumnElement[bool]:
    """Neither over nor run out."""
    return and_(
        Promise.state.in_(UNDER_WAY),
        or_(Promise.runs_out_at.is_(None), Promise.runs_out_at > at),
    )


def over(at: datetime) -> ColumnElement[bool]:
    """Over, also where nobody wrote it down yet."""
    return or_(Promise.state.in_(ENDED), Promise.runs_out_at <= at)


async def get_promise(session: AsyncSession, actor: Actor, promise_id: int) -> Found:
    """One that the actor may know of. Raises NotFound, whether it is not there or not theirs."""
    found = await read_promises(
        session, with_names().where(Promise.id == promise_id, promises_open_to(actor))
    )
    if not found:
        raise _nothing()
    return found[0]


async def locked_promise(session: AsyncSession, actor: Actor, promise_id: int) -> Promise:
    """The same, its row locked for a change. Raises NotFound."""
    await hold_sides_of(session, Promise.id == promise_id)
    query = select(Promise).where(Promise.id == promise_id, promises_open_to(actor))
    query = query.with_for_update().execution_options(populate_existing=True)
    found: Promise | None = await session.scalar(query)
    if found is None:
        raise _nothing()
    return found


async def hold_sides_of(session: AsyncSession, which: ColumnElement[bool]) -> None:
    """Both sides of each of these, before anybody locks one of them."""
    rows = await session.execute(select(Promise.promiser_id, Promise.promisee_id).where(which))
    await hold_people(session, *(person for row in rows for person in row))


async def promises_where(
    session: AsyncSession,
    condition: ColumnElement[bool],
    *,
    before: int | None = None,
    most: int = A_PAGE,
) -> Sequence[Found]:
    """The newest ones first, those before `before`; one more than a page if there are more."""
    query = with_names().where(condition)
    if before is not None:
        query = query.where(Promise.id < before)
    return await read_promises(session, query.order_by(Promise.id.desc()).limit(most + 1))


async def promises_for_feed(session: AsyncSession, actor: Actor) -> Sequence[Found]:
    """What calendars and feeds of the actor have: all that was made last, over or not."""
    query = with_names().where(promises_open_to(actor))
    return await read_promises(session, query.order_by(Promise.id.desc()).limit(MOST_IN_FEED))


async def last_steps_of(
    session: AsyncSession, promise_ids: Sequence[int]
) -> Mapping[int, datetime]:
    """When something was done last about each of these; none for those about which nothing was."""
    query = select(PromiseStep.promise_id, func.max(PromiseStep.at))
    query = query.where(PromiseStep.promise_id.in_(promise_ids)).group_by(PromiseStep.promise_id)
    return {row[0]: row[1] for row in await session.execute(query)}


async def steps_of(session: AsyncSession, promise_id: int) -> Sequence[PromiseStep]:
    """What was done about one that was found, the first thing first."""
    query = select(PromiseStep).where(PromiseStep.promise_id == promise_id)
    return (await session.scalars(query.order_by(PromiseStep.id))).all()


def _reached(actor: Actor, other_id: Any) -> ColumnElement[bool]:
    """What somebody else made is delivered unless one blocked the other; what began stays until it is over."""
    accepted = Promise.accepted_at.is_not(None)
    return and_(Promise.goes_nowhere.is_(False), or_(accepted, seen_by(actor, other_id)))


def with_names() -> Select[Any]:
    """Promises with the names of both, as `read_promises` takes them."""
    promiser, promisee = aliased(User), aliased(User)
    names: list[Any] = [promiser.name, promisee.name]
    query: Select[Any] = select(Promise, *names)
    query = query.outerjoin(promiser, promiser.id == Promise.promiser_id)
    return query.outerjoin(promisee, promisee.id == Promise.promisee_id)


async def read_promises(session: AsyncSession, query: Select[Any]) -> Sequence[Found]:
    """What a query `with_names` finds."""
    rows = await session.execute(query.execution_options(populate_existing=True))
    return [Found(promise, one or "", other or "") for promise, one, other in rows]


def _id_of(actor: Actor) -> int:
    # Nobody has this number: a visitor is no side of what an erased account left behind.
    return actor.user_id if actor.user_id is not None else -1


def _nothing() -> NotFound:
    return NotFound(marked("There is no such promise."))
