"""How connections are read: each by its own two people, and by nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.models import User
from app.core.errors import NotFound
from app.core.i18n import marked
from app.networking.connections.models import Connection
from app.networking.connections.moves import State

A_PAGE = 50


@dataclass(frozen=True)
class Known:
    """Somebody whom the reader knows, or who says so, or of whom the reader says so."""

    connection_id: int
    user_id: int
    name: str
    handle: str
    since: datetime | None
    # Whether they may be told of to people who look for a way: what the reader has said, not the other.
    allows_paths: bool


async def find_connection(
    session: AsyncSession, one: int, other: int, *, locked: bool = False
) -> Connection | None:
    """What there is between two people, whatever its state."""
    query = select(Connection).where(_between(one, other))
    query = query.execution_options(populate_existing=True)
    found: Connection | None = await session.scalar(query.with_for_update() if locked else query)
    return found


async def get_own_connection(session: AsyncSession, actor: Actor, connection_id: int) -> Connection:
    """One of somebody's own, locked for a change. Raises NotFound for everybody else's."""
    mine = or_(Connection.first_id == actor.user_id, Connection.second_id == actor.user_id)
    query = select(Connection).where(Connection.id == connection_id, mine).with_for_update()
    found: Connection | None = await session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(marked("There is nothing like that among the people you know."))
    return found


def knows(one: Any, other: Any) -> ColumnElement[bool]:
    """That two people, columns or numbers, have both said that they know each other."""
    known = aliased(Connection)
    pair = or_(
        and_(known.first_id == one, known.second_id == other),
        and_(known.first_id == other, known.second_id == one),
    )
    return select(known.id).where(pair, known.state == State.CONFIRMED).exists()


async def are_connected(session: AsyncSession, one: int, other: int) -> bool:
    """Whether two people have both said that they know each other."""
    return bool(await session.scalar(select(knows(one, other))))


async def known_by(
    session: AsyncSession, actor: Actor, *, after: tuple[str, int] = ("", 0), most: int = A_PAGE
) -> Sequence[Known]:
    """Whom the reader knows, in the order of their names; more than a page is there after its last."""
    later = or_(User.name > after[0], and_(User.name == after[0], User.id > after[1]))
    query = _people(actor).where(Connection.state == State.CONFIRMED, later)
    return await _read(session, query.order_by(User.name, User.id).limit(most))


async def wanting_an_answer(session: AsyncSession, actor: Actor) -> Sequence[Known]:
    """Who has said that they know the reader, or was brought together with them: the reader's yes is wanted."""
    said = case(
        (Connection.first_id == actor.user_id, Connection.first_says_yes),
        else_=Connection.second_says_yes,
    )
    wanted = and_(Connection.state == State.PROPOSED, said.is_(False))
    return await _read(session, _people(actor).where(wanted).order_by(Connection.id).limit(A_PAGE))


async def ways_to(session: AsyncSession, actor: Actor, target_id: int) -> Sequence[Known]:
    """Those of the reader's own people who know somebody, where they and that person both allow it.

    One question to the database, whether there is no such way or it is not allowed: nobody can tell
    the one from the other.
    """
    way = aliased(Connection)
    to_target = or_(
        and_(way.first_id == User.id, way.second_id == target_id),
        and_(way.second_id == User.id, way.first_id == target_id),
    )
    allowed = and_(
        way.state == State.CONFIRMED, way.first_allows_paths, way.second_allows_paths, to_target
    )
    query = _people(actor).where(
        Connection.state == State.CONFIRMED, select(way.id).where(allowed).exists()
    )
    return await _read(session, query.order_by(User.name, User.id).limit(A_PAGE))


def _people(actor: Actor) -> Select[Any]:
    """The reader's connections with the other person of each, unless one of the two blocked the other."""
    other = case(
        (Connection.first_id == actor.user_id, Connection.second_id), else_=Connection.first_id
    )
    allows = case(
        (Connection.first_id == actor.user_id, Connection.first_allows_paths),
        else_=Connection.second_allows_paths,
    )
    mine = or_(Connection.first_id == actor.user_id, Connection.second_id == actor.user_id)
    columns = (Connection.id, User.id, User.name, User.slug, Connection.confirmed_at, allows)
    return select(*columns).join(User, User.id == other).where(mine, seen_by(actor, User.id))


async def _read(session: AsyncSession, query: Select[Any]) -> Sequence[Known]:
    return [
        Known(connection_id, user_id, name, handle, since, bool(allows))
        for connection_id, user_id, name, handle, since, allows in await session.execute(query)
    ]


def _between(one: int, other: int) -> ColumnElement[bool]:
    return and_(Connection.first_id == min(one, other), Connection.second_id == max(one, other))
