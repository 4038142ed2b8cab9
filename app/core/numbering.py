"""Rows that bring their number with them: kept where it is free, and out of the way of new rows."""

from collections.abc import Sequence

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

# Parameters in one statement; SQLite takes 32,766.
_AT_ONCE = 5000

_raise = text(
    "SELECT setval(sequence, greatest(:highest, coalesce(pg_sequence_last_value(sequence), 1)))"
    " FROM (SELECT pg_get_serial_sequence(:table_name, 'id')::regclass AS sequence) AS known"
)


class Numbers:
    """Hands out ids for one table: the number asked for where it is free, else one above all others.

    `highest` is the highest number that will be asked for: what is new here never takes one of
    these. Asked the same way in the same order, it gives the same answers, also after a restart in
    between, as long as what it gave was written. Where nothing will be written, `reserves` is False.
    """

    def __init__(
        self, key: InstrumentedAttribute[int], highest: int, *, reserves: bool = True
    ) -> None:
        self._key = key
        self._highest = highest
        self._reserves = reserves

    async def assign(self, session: AsyncSession, wanted: Sequence[int | None]) -> list[int]:
        """One id for each place of `wanted`; for None, and what is taken, a new one."""
        asked = [number for number in wanted if number is not None]
        taken = await self._taken(session, asked)
        following = 0
        given: list[int] = []
        for number in wanted:
            if number is None or number in taken:
                # None of those that are asked for further on, either.
                following = following or max(
                    [await self._above_all(session), *(n + 1 for n in asked)]
                )
                number, following = following, following + 1
            taken.add(number)
            given.append(number)
        if self._reserves and (top := max(given, default=0)) > self._highest:
            await self._keep_clear_of(session, top)
        return given

    async def keep_clear(self, session: AsyncSession) -> None:
        """Let rows that ask for no number get ones above all that will be asked for."""
        await self._keep_clear_of(session, await self._above_all(session) - 1)

    async def _keep_clear_of(self, session: AsyncSession, highest: int) -> None:
        # SQLite counts from its highest row, and knows no other way.
        if session.get_bind().dialect.name == "postgresql" and highest:
            table_name = self._key.class_.__tablename__
            await session.execute(_raise, {"highest": highest, "table_name": table_name})

    async def _taken(self, session: AsyncSession, numbers: Sequence[int]) -> set[int]:
        found: set[int] = set()
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            found.update(await session.scalars(select(self._key).where(self._key.in_(some))))
        return found

    async def _above_all(self, session: AsyncSession) -> int:
        return max(self._highest, await session.scalar(select(func.max(self._key))) or 0) + 1


_next = text(
    "SELECT nextval(pg_get_serial_sequence(:table_name, 'id')::regclass)"
    " FROM generate_series(1, :how_many)"
)


async def next_numbers(
    session: AsyncSession, key: InstrumentedAttribute[int], how_many: int
) -> list[int]:
    """So many ids for rows that are about to be written, rising; nobody else is given any of them."""
    if session.get_bind().dialect.name == "postgresql":
        asked = {"table_name": key.class_.__tablename__, "how_many": how_many}
        return sorted(await session.scalars(_next, asked))
    # Whoever writes to SQLite writes alone.
    first = (await session.scalar(select(func.max(key))) or 0) + 1
    return list(range(first, first + how_many))
