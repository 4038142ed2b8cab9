"""How introductions are read: each of the three sees their own side, and nobody else sees anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.holding import hold_people
from app.accounts.models import User
from app.core.errors import NotFound
from app.core.i18n import marked
from app.networking.introductions.limits import waits
from app.networking.introductions.models import (
    A_MONTH,
    Introduction,
    IntroductionChoices,
    NeverIntroduced,
)
from app.networking.introductions.moves import State

A_PAGE = 20


@dataclass(frozen=True)
class Person:
    """One of the three; without a handle where there is no account (any more)."""

    id: int | None
    name: str
    handle: str


@dataclass(frozen=True)
class Found:
    """An introduction with the names of all three."""

    introduction: Introduction
    requester: Person
    connector: Person
    target: Person


def as_requester(actor: Actor) -> ColumnElement[bool]:
    """What the actor asked for, whatever became of it; and what a connector offered them."""
    offered = and_(
        Introduction.by_connector,
        Introduction.goes_nowhere.is_(False),
        seen_by(actor, Introduction.connector_id),
        seen_by(actor, Introduction.target_id),
    )
    asked = Introduction.by_connector.is_(False)
    return and_(Introduction.requester_id == _id_of(actor), or_(asked, offered))


def as_connector(actor: Actor) -> ColumnElement[bool]:
    """What the actor is asked to pass on, as long as none of the three blocked them; and what they offered."""
    asked = and_(
        Introduction.by_connector.is_(False),
        Introduction.goes_nowhere.is_(False),
        seen_by(actor, Introduction.requester_id),
        seen_by(actor, Introduction.target_id),
    )
    return and_(Introduction.connector_id == _id_of(actor), or_(Introduction.by_connector, asked))


def as_target(actor: Actor) -> ColumnElement[bool]:
    """What was passed on to the actor. Of what the connector declined there is nothing here."""
    return and_(
        Introduction.target_id == _id_of(actor),
        Introduction.passed_on_at.is_not(None),
        Introduction.goes_nowhere.is_(False),
        seen_by(actor, Introduction.requester_id),
        seen_by(actor, Introduction.connector_id),
    )


def introductions_open_to(actor: Actor) -> ColumnElement[bool]:
    """All that the actor is one of the three of, and may know of."""
    return or_(as_requester(actor), as_connector(actor), as_target(actor))


def wanting_an_answer_of(actor: Actor, at: datetime) -> ColumnElement[bool]:
    """Where the next step is the actor's."""
    i_am = _id_of(actor)
    state = Introduction.state
    unsaid_first = state.in_((State.OFFERED, State.SECOND_AGREED))
    unsaid_second = state.in_((State.PASSED_ON, State.OFFERED, State.FIRST_AGREED))
    answer = or_(
        and_(as_connector(actor), state == State.ASKED),
        and_(as_requester(actor), unsaid_first),
        and_(as_target(actor), unsaid_second),
    )
    silent = or_(
        and_(Introduction.requester_id == i_am, Introduction.requester_talked.is_(None)),
        and_(Introduction.target_id == i_am, Introduction.target_talked.is_(None)),
    )
    whether_they_talked = and_(
        state == State.INTRODUCED,
        Introduction.asked_whether_at.is_not(None),
        Introduction.due_at > at,
        or_(as_requester(actor), as_target(actor)),
        silent,
    )
    return or_(and_(waits(at), answer), whether_they_talked)


async def get_introduction(session: AsyncSession, actor: Actor, introduction_id: int) -> Found:
    """One that the actor may know of. Raises NotFound, whether it is not there or not theirs."""
    query = _with_names().where(Introduction.id == introduction_id, introductions_open_to(actor))
    found = await _read(session, query)
    if not found:
        raise _nothing()
    return found[0]


async def locked_introduction(
    session: AsyncSession, actor: Actor, introduction_id: int
) -> Introduction:
    """The same, its row locked for a change. Raises NotFound."""
    await hold_people_in(session, Introduction.id == introduction_id)
    query = select(Introduction).where(
        Introduction.id == introduction_id, introductions_open_to(actor)
    )
    query = query.with_for_update().execution_options(populate_existing=True)
    found: Introduction | None = await session.scalar(query)
    if found is None:
        raise _nothing()
    return found


async def hold_people_in(session: AsyncSession, which: ColumnElement[bool]) -> None:
    """All who have a part in these, before anybody locks one of them."""
    parts = (Introduction.requester_id, Introduction.connector_id, Introduction.target_id)
    rows = await session.execute(select(*parts).where(which))
    await hold_people(session, *(person for row in rows for person in row))


async def introductions_where(
    session: AsyncSession,
    condition: ColumnElement[bool],
    *,
    before: int | None = None,
    most: int = A_PAGE,
) -> Sequence[Found]:
    """The newest ones first, those before `before`, one more than a page if there are more."""
    query = _with_names().where(condition)
    if before is not None:
        query = query.where(Introduction.id < before)
    return await _read(session, query.order_by(Introduction.id.desc()).limit(most + 1))


async def choices_of(session: AsyncSession, user_id: int) -> IntroductionChoices:
    """What somebody chose, or what everybody begins with."""
    found = await session.get(IntroductionChoices, user_id)
    return found or IntroductionChoices(user_id=user_id, a_month=A_MONTH)


async def never_introduced_to(session: AsyncSession, actor: Actor) -> Sequence[Person]:
    """To whom somebody never wants to be introduced: their own list, shown to nobody else."""
    query = (
        select(User.id, User.name, User.slug)
        .join(NeverIntroduced, NeverIntroduced.other_id == User.id)
        .where(NeverIntroduced.user_id == actor.user_id)
        .order_by(User.name, User.id)
    )
    return [Person(*row) for row in await session.execute(query)]


def _with_names() -> Select[Any]:
    people = [aliased(User) for _part in range(3)]
    columns: list[Any] = [column for one in people for column in (one.id, one.name, one.slug)]
    query: Select[Any] = select(Introduction, *columns)
    ids = (Introduction.requester_id, Introduction.connector_id, Introduction.target_id)
    for one, person_id in zip(people, ids, strict=True):
        query = query.outerjoin(one, one.id == person_id)
    return query


async def _read(session: AsyncSession, query: Select[Any]) -> Sequence[Found]:
    rows = await session.execute(query.execution_options(populate_existing=True))
    return [
        Found(row[0], *(Person(row[at], row[at + 1] or "", row[at + 2] or "") for at in (1, 4, 7)))
        for row in rows
    ]


def _id_of(actor: Actor) -> int:
    # Nobody has this number: a visitor is no party of what an erased account left behind.
    return actor.user_id if actor.user_id is not None else -1


def _nothing() -> NotFound:
    return NotFound(marked("There is no such introduction."))
