"""The queue's rows and counters, changed in the transaction of what happens to the things themselves."""

from collections import Counter
from datetime import datetime

from sqlalchemy import ColumnElement, String, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import BigId
from app.core.prepared import Prepared
from app.core.rows import Rows, flush_changes
from app.moderation.models import Case, CaseCount, Tab

_KEY = "case counts"
# Tab, kind and group.
_Counted = tuple[str, str, int]
# The same words in both databases.
_ADD = text(
    "INSERT INTO case_counts (tab, kind, group_id, number) VALUES (:tab, :kind, :group, :by)"
    " ON CONFLICT (tab, kind, group_id) DO UPDATE SET number = case_counts.number + excluded.number"
)
_ADD_ONE = Prepared(_ADD)
CASES = Rows(Case)
_COLUMNS = Case.__table__.columns
_LOCKED = Prepared(
    select(*_COLUMNS)
    .where(
        _COLUMNS.kind == bindparam("kind", type_=String),
        _COLUMNS.item_id == bindparam("item", type_=BigId),
    )
    .with_for_update()
)


async def open_case(session: AsyncSession, case: Case) -> Case:
    """A thing comes into the queue."""
    note_count(session, case.tab, case.kind, 1, case.group_id)
    return await CASES.add(session, case)


async def find_case(session: AsyncSession, kind: str, item_id: int) -> Case | None:
    """The case of a thing; things that came in before there was a queue have none."""
    query = select(Case).where(Case.kind == kind, Case.item_id == item_id)
    found: Case | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def locked_case(session: AsyncSession, kind: str, item_id: int) -> Case | None:
    """The case of a thing, locked until the end of the transaction."""
    await flush_changes(session)
    rows = await _LOCKED.rows(session, {"kind": kind, "item": item_id})
    return CASES.read(session, dict(zip(_COLUMNS.keys(), rows[0], strict=True))) if rows else None


def move_case(session: AsyncSession, case: Case, tab: Tab, at: datetime) -> None:
    """A case goes to another tab, or is changed where it is; either way it is another version."""
    if case.tab != tab:
        note_count(session, case.tab, case.kind, -1, case.group_id)
        note_count(session, tab, case.kind, 1, case.group_id)
        case.tab, case.moved_at = tab, at
    case.version += 1


def put_reason(case: Case, code: str, because: str) -> None:
    """A sentence before all others of a case, by which lists find it, too."""
    case.reasons = [{"code": code, "because": because}, *case.reasons]
    case.reason_codes = f" {code} {case.reason_codes.strip()} ".replace("  ", " ")


def drop_reason(case: Case, code: str) -> None:
    """The same does not hold any more."""
    case.reasons = [reason for reason in case.reasons if reason.get("code") != code]
    case.reason_codes = case.reason_codes.replace(f" {code} ", " ")


async def close_case(session: AsyncSession, case: Case) -> None:
    """A case leaves the queue with its thing."""
    note_count(session, case.tab, case.kind, -1, case.group_id)
    await session.delete(case)


def note_count(
    session: AsyncSession, tab: str, kind: str, by: int, group_id: int | None = None
) -> None:
    """Remember a change of the counters until the unit of work ends."""
    changes: Counter[_Counted] = session.info.setdefault(_KEY, Counter())
    changes[str(tab), str(kind), group_id or 0] += by


async def keep_counts(session: AsyncSession) -> None:
    """Write the changes of the counters: last of all and in order, so that no two wait for each other."""
    changes: Counter[_Counted] = session.info.pop(_KEY, Counter())
    rows = [
        {"tab": tab, "kind": kind, "group": group_id, "by": by}
        for (tab, kind, group_id), by in sorted(changes.items())
        if by
    ]
    if rows:
        await flush_changes(session)
    if len(rows) == 1:
        # A thing that comes in: there is nothing that everybody does more often.
        await _ADD_ONE.rows(session, rows[0])
    elif rows:
        connection = await session.connection()
        await connection.execute(_ADD, rows)


async def case_counts(
    session: AsyncSession, where: ColumnElement[bool] | None = None
) -> dict[Tab, int]:
    """How many cases stand in each tab, whatever their kind; costs the same however many there are.

    `where` says of which groups.
    """
    query = select(CaseCount.tab, func.sum(CaseCount.number)).group_by(CaseCount.tab)
    rows = await session.execute(query if where is None else query.where(where))
    return dict.fromkeys(Tab, 0) | {Tab(tab): int(number) for tab, number in rows}
