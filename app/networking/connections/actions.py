"""Saying “we know each other”, proposing it to two people, and taking it back."""

from sqlalchemy import bindparam, delete, or_, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import is_blocked_between
from app.accounts.queries import has_account
from app.core import clock
from app.core.answers import require
from app.core.db import BigId, UtcDateTime
from app.core.errors import Invalid, NotFound
from app.core.events import record
from app.core.i18n import _
from app.networking.connections.events import ConnectionConfirmed, ConnectionProposed
from app.networking.connections.models import Connection
from app.networking.connections.moves import Act, State, moved
from app.networking.connections.policy import may_know_people, may_propose
from app.networking.connections.queries import find_connection, get_own_connection

# The same words in both databases.
_MAKE = text(
    "INSERT INTO connections (first_id, second_id, state, source_kind, source_id, proposed_at)"
    " VALUES (:first, :second, 'proposed', :source_kind, :source_id, :at)"
    " ON CONFLICT (first_id, second_id) DO NOTHING"
).bindparams(bindparam("at", type_=UtcDateTime), bindparam("source_id", type_=BigId))


async def say_we_know_each_other(session: AsyncSession, actor: Actor, other_id: int) -> Connection:
    """One yes; with the other's it counts. Somebody who blocked the actor is never asked. Raises Invalid."""
    require(may_know_people(actor))
    mine = actor.user_id or 0
    if not may_propose(actor, other_id):
        raise Invalid(_("Everybody knows themselves."))
    if not await has_account(session, other_id):
        raise NotFound(_("There is nobody like that here."))
    connection = await _between(session, mine, other_id)
    await _say_yes(session, connection, mine)
    return connection


async def answer_yes(session: AsyncSession, actor: Actor, connection_id: int) -> Connection:
    """The second yes, or the first of two that were proposed. Raises NotFound."""
    connection = await get_own_connection(session, actor, connection_id)
    await _say_yes(session, connection, actor.user_id or 0)
    return connection


async def remove_connection(session: AsyncSession, actor: Actor, connection_id: int) -> None:
    """No, or not any more. The other side is not told. Raises NotFound."""
    connection = await get_own_connection(session, actor, connection_id)
    mine = actor.user_id or 0
    connection.set_sides(mine, moved(connection.sides_of(mine), Act.REMOVE), clock.now())
    await session.flush()


async def allow_paths(
    session: AsyncSession, actor: Actor, connection_id: int, *, allowed: bool
) -> None:
    """Whether people who look for a way may be told of this connection; the other has to allow it, too."""
    connection = await get_own_connection(session, actor, connection_id)
    if connection.state == State.CONFIRMED:
        connection.let_paths(actor.user_id or 0, allowed)
        await session.flush()


async def propose_connection(
    session: AsyncSession, one: int, other: int, *, source_kind: str, source_id: int
) -> None:
    """After something two people did together: each is asked for a yes, unless it was decided before."""
    if one == other or await is_blocked_between(session, one, other):
        return
    if await find_connection(session, one, other) is not None:
        return
    connection = await _between(session, one, other, source_kind=source_kind, source_id=source_id)
    for user_id in (one, other):
        record(session, ConnectionProposed(connection_id=connection.id, user_id=user_id))


async def forget_connections_of(session: AsyncSession, user_id: int) -> None:
    """Somebody's account is erased, and with it whom they knew."""
    theirs = or_(Connection.first_id == user_id, Connection.second_id == user_id)
    await session.execute(delete(Connection).where(theirs))


async def _say_yes(session: AsyncSession, connection: Connection, mine: int) -> None:
    other_id, before = connection.other_than(mine), connection.state
    had_said_yes = connection.sides_of(mine).mine
    connection.set_sides(mine, moved(connection.sides_of(mine), Act.SAY_YES), clock.now())
    await session.flush()
    # To a blocker it looks said, and goes nowhere: they see nothing of whoever they blocked.
    if await is_blocked_between(session, mine, other_id):
        return
    if connection.state == State.CONFIRMED and before != State.CONFIRMED:
        record(session, ConnectionConfirmed(connection_id=connection.id, user_id=other_id))
    elif connection.state == State.PROPOSED and not had_said_yes:
        record(session, ConnectionProposed(connection_id=connection.id, user_id=other_id))


async def _between(
    session: AsyncSession,
    one: int,
    other: int,
    *,
    source_kind: str = "",
    source_id: int | None = None,
) -> Connection:
    """The locked row of two people, made where there was none: two who begin at once begin the same."""
    made = {
        "first": min(one, other), "second": max(one, other), "at": clock.now(),
        "source_kind": source_kind, "source_id": source_id,
    }  # fmt: skip
    await session.execute(_MAKE, made)
    connection = await find_connection(session, one, other, locked=True)
    assert connection is not None
    return connection
