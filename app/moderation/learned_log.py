"""Reading the log of decisions in its order, though on PostgreSQL it is not written in it.

There a decision has its number from when it was made, but is seen from when it was committed: 6 may
be there while 5 is not yet. Who went on to 6 would never learn 5. So a reader stops at a gap, and
goes past it once every transaction that ran when the gap was seen has ended: whatever is missing
then was taken back. (`lesson_for` sees to it that PostgreSQL knows of the transaction before the
number is drawn.) On SQLite writers come one after the other, and there is nothing to wait for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, case, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import BigId
from app.core.prepared import Prepared, Query, Row
from app.moderation.learning.caps import Caps
from app.moderation.learning.lessons import Entry
from app.moderation.models import Decision, LearnedState

_COLUMNS = (
    Decision.id,
    Decision.at,
    Decision.user_id,
    # From decisions of people alone, whatever the program writes into its own.
    case((Decision.is_by_person, Decision.label), else_="").label("label"),
    Decision.unlearns,
    Decision.features,
    Decision.text_hash,
    Decision.author_key_id,
    Decision.domains,
)


def _next_rows(*snapshot: ColumnElement[int]) -> Query:
    columns = (LearnedState.generation, *snapshot, *_COLUMNS)
    return (
        select(*columns)
        .select_from(LearnedState)
        .outerjoin(Decision, Decision.id > bindparam("reached", type_=BigId))
        .where(LearnedState.id == 1)
        .order_by(Decision.id)
        .limit(bindparam("most"))
    )


_ON_SQLITE = Prepared(_next_rows(*(literal_column("0") for _ in range(3))))
# One statement, so that rows and transactions are those of the same moment.
_ON_POSTGRES = Prepared(
    _next_rows(
        literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint"),
        literal_column("pg_snapshot_xmax(pg_current_snapshot())::text::bigint"),
        select(func.coalesce(func.max(Decision.id), 0)).scalar_subquery(),
    )
)
_KNOWN_TO_POSTGRES = text("SELECT pg_current_xact_id()")


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of the log; `generation` is None before anything was ever learned.

    `has_more` where there are others behind them that need not wait.
    """

    generation: int | None
    entries: Sequence[Entry] = ()
    has_more: bool = False


class LogReader:
    """Stands at the last line it has read."""

    def __init__(self, reached: int = 0) -> None:
        self.reached = reached
        # Whether the last look ended at a gap that may yet be filled.
        self.is_waiting = False
        # Up to which number there may have been gaps, and the first transaction younger than them.
        self._gaps: tuple[int, int] | None = None

    async def next_lines(self, session: AsyncSession, most: int) -> Lines:
        """The next lines, no more than `most`, none twice."""
        rows = await _asked(session).rows(session, {"reached": self.reached, "most": most})
        if not rows:
            return Lines(None)
        entries: list[Entry] = []
        self.is_waiting = False
        for row in rows:
            if row[4] is None:
                break
            if not self._may_pass(row):
                self.is_waiting = True
                break
            self.reached = row[4]
            entries.append(_entry(row))
        return Lines(rows[0][0], entries, has_more=len(rows) == most and not self.is_waiting)

    def _may_pass(self, row: Row) -> bool:
        _generation, oldest, next_one, last_number, number = row[:5]
        if number == self.reached + 1 or not next_one:
            return True
        if self._gaps is None or number > self._gaps[0]:
            self._gaps = last_number, next_one
        return bool(oldest >= self._gaps[1])


async def caps_at(session: AsyncSession, reached: int) -> Caps:
    """What was counted of the last two days up to this line."""
    caps = Caps()
    lessons = select(*_COLUMNS).where(
        Decision.id <= reached, Decision.label != "", Decision.unlearns.is_(False)
    )
    latest = await session.scalar(select(func.max(lessons.subquery().c.at)))
    if latest is None:
        return caps
    first = start_of_day(latest) - timedelta(days=1)
    rows = await session.execute(
        lessons.where(Decision.at >= first).order_by(Decision.id).with_only_columns(
            Decision.at, Decision.text_hash, Decision.author_key_id, Decision.domains
        )
    )  # fmt: skip
    for at, text_hash, author, domains in rows:
        entry = Entry(0, _day(at), None, "", False, b"", text_hash, str(author or ""), domains)
        caps.allows(entry.day, entry.subjects)
    return caps


def start_of_day(at: datetime) -> datetime:
    """When the day began, by UTC, whose lessons are counted together."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def be_known(session: AsyncSession) -> None:
    """Let PostgreSQL know of this transaction before it draws a number of the log."""
    if not _is_sqlite(session):
        await session.execute(_KNOWN_TO_POSTGRES)


def _asked(session: AsyncSession) -> Prepared:
    return _ON_SQLITE if _is_sqlite(session) else _ON_POSTGRES


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _entry(row: Row) -> Entry:
    number, at, user_id, label, unlearns, features, text_hash, author, domains = row[4:]
    return Entry(
        id=number,
        day=_day(at),
        user_id=user_id,
        label=label,
        unlearns=unlearns,
        features=features or b"",
        text_hash=text_hash,
        author=str(author or ""),
        domains=domains or (),
    )


def _day(at: datetime) -> int:
    return at.astimezone(UTC).date().toordinal()
