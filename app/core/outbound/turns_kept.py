"""The turns of all processes, also over a restart: written down in the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import Index, String, delete, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, BigId, Work
from app.core.outbound.turns import DAY, Budget, HostPort, next_turn


class OutboundTurn(Base):
    """One request to one server: when it was made, or when it may be."""

    __tablename__ = "outbound_turns"
    __table_args__ = (
        Index("ix_outbound_turns_server_at", "server", "at"),
        Index(
            "ix_outbound_turns_kept", "kept_for", "server", unique=True,
            sqlite_where=text("kept_for <> ''"),
            postgresql_where=text("kept_for <> ''"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # `host:port`.
    server: Mapped[str] = mapped_column(String(260))
    # Unix seconds.
    at: Mapped[float]
    # A place in the queue, and who will come back for it; empty: a turn that was taken.
    kept_for: Mapped[str] = mapped_column(String(120), default="")


# Written out, not bound: SQLite uses a partial index only where the query names the same constant.
_IS_KEPT = OutboundTurn.kept_for != literal_column("''")


@dataclass(frozen=True)
class TurnsInDatabase:
    """Each answer is one short unit of work, in which nobody else asks for the same server."""

    work: Work

    async def reserve(self, server: HostPort, budget: Budget) -> float:
        """Take the next free turn."""
        async with self._alone_with(server) as session:
            now = clock.unix_now()
            turn = next_turn(await _turns(session, server, budget, now), now, budget)
            session.add(OutboundTurn(server=_name(server), at=turn))
        return turn - now

    async def claim(self, server: HostPort, budget: Budget, kept_for: str) -> float:
        """Take a turn if it has come; else keep a place for whoever is named."""
        async with self._alone_with(server) as session:
            now = clock.unix_now()
            place = await _place(session, server, kept_for)
            # Whoever has a place waits only for turns that were taken: a worker that was stopped
            # comes late, and must neither find the places of all others before its own nor have
            # them all come at once.
            turns = await _turns(session, server, budget, now, places=place is None)
            turn = next_turn(turns, max(now, place.at if place else now), budget)
            if place is None and (turn == now or kept_for):
                place = OutboundTurn(server=_name(server))
                session.add(place)
            if place is not None:
                place.at, place.kept_for = turn, "" if turn == now else kept_for
        return turn - now

    async def count(self, server: HostPort) -> None:
        """Write down a request without a turn."""
        async with self.work.unit_of_work() as session:
            session.add(OutboundTurn(server=_name(server), at=clock.unix_now()))

    async def until(self, server: HostPort, budget: Budget) -> float:
        """When the next free turn comes."""
        now = clock.unix_now()
        async with self.work.reading() as session:
            return next_turn(await _turns(session, server, budget, now), now, budget) - now

    @asynccontextmanager
    async def _alone_with(self, server: HostPort) -> AsyncIterator[AsyncSession]:
        async with self.work.unit_of_work() as session:
            # On SQLite whoever writes is alone. A server that was never asked has no row to lock.
            if session.get_bind().dialect.name == "postgresql":
                key = {"server": f"rapport outbound {_name(server)}"}
                await session.execute(
                    text("SELECT pg_advisory_xact_lock(hashtextextended(:server, 0))"), key
                )
            yield session


async def forget_past_turns(session: AsyncSession) -> None:
    """Delete turns, and places nobody came back for, that are too old to count."""
    past = OutboundTurn.at < clock.unix_now() - DAY
    await session.execute(delete(OutboundTurn).where(past))


async def _turns(
    session: AsyncSession, server: HostPort, budget: Budget, now: float, *, places: bool = True
) -> list[float]:
    """The turns that may still count, oldest first; with the places kept for somebody, or without."""
    query = select(OutboundTurn.at).where(
        OutboundTurn.server == _name(server), OutboundTurn.at > now - DAY
    )
    if not places:
        query = query.where(OutboundTurn.kept_for == "")
    newest = await session.scalars(query.order_by(OutboundTurn.at.desc()).limit(budget.a_day))
    return list(newest)[::-1]


async def _place(session: AsyncSession, server: HostPort, kept_for: str) -> OutboundTurn | None:
    if not kept_for:
        return None
    mine = select(OutboundTurn).where(
        _IS_KEPT, OutboundTurn.kept_for == kept_for, OutboundTurn.server == _name(server)
    )
    found: OutboundTurn | None = await session.scalar(mine)
    return found


def _name(server: HostPort) -> str:
    host, port = server
    return f"{host}:{port}"
