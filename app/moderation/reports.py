"""What readers report: written down once for each of them, and answered with what is decided about the thing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.i18n import marked
from app.core.limits import Limit
from app.moderation.report_models import Report, ReportState

# Codes are kept, words are shown.
REPORT_REASONS: dict[str, str] = {
    "advert": marked("An advertisement, or spam"),
    "attack": marked("Attacks a person"),
    "hate": marked("Hate or threats"),
    "private": marked("Tells private things of others"),
    "money": marked("Asks for money, or wants to cheat"),
    "unmarked": marked("Sells something without saying so"),
    "unlawful": marked("Against the law"),
    "off-topic": marked("Does not belong here"),
    "other": marked("For another reason"),
}
LONGEST_NOTE = 1000
PACE = (Limit(10, timedelta(hours=1)), Limit(30, timedelta(days=1)))


class Reported(NamedTuple):
    """A report as moderators see it; no name where a visitor made it."""

    item_id: int
    reason: str
    note: str
    name: str | None
    at: datetime


async def open_report(session: AsyncSession, kind: str, item_id: int, reporter: str) -> int | None:
    """The id of the report that somebody has made of a thing, as long as it is not answered."""
    query = select(Report.id).where(
        Report.kind == kind,
        Report.item_id == item_id,
        Report.reporter == reporter,
        Report.state == ReportState.OPEN,
    )
    found: int | None = await session.scalar(query)
    return found


async def answer_reports(
    session: AsyncSession,
    about: tuple[str, int],
    *,
    is_upheld: bool,
    by: int | None,
    decision_id: int,
    at: datetime,
) -> Sequence[int]:
    """Close all reports of a thing with what was decided about it; their ids."""
    kind, item_id = about
    state = ReportState.UPHELD if is_upheld else ReportState.DISMISSED
    closed = (
        update(Report)
        .where(Report.kind == kind, Report.item_id == item_id, Report.state == ReportState.OPEN)
        .values(state=state, decided_at=at, decided_by=by, decision_id=decision_id)
        .returning(Report.id)
        .execution_options(synchronize_session=False)
    )
    return (await session.scalars(closed)).all()


async def reopen_reports(session: AsyncSession, decision_id: int) -> bool:
    """What a decision answered waits once more, as it is taken back; whether there was anything."""
    opened = (
        update(Report)
        .where(Report.decision_id == decision_id)
        .values(state=ReportState.OPEN, decided_at=None, decided_by=None, decision_id=None)
        .returning(Report.id)
        .execution_options(synchronize_session=False)
    )
    return bool((await session.scalars(opened)).all())


async def reports_of(
    session: AsyncSession, kinds: Sequence[str], item_ids: Sequence[int]
) -> list[Reported]:
    """The reports of these things that wait, the earliest first. For those who decide about them."""
    if not item_ids:
        return []
    query = (
        select(Report.item_id, Report.reason, Report.note, User.name, Report.at)
        .outerjoin(User, User.id == Report.user_id)
        .where(
            Report.kind.in_(kinds), Report.item_id.in_(item_ids), Report.state == ReportState.OPEN
        )
        .order_by(Report.id)
    )
    return [Reported(*row) for row in await session.execute(query)]


async def forget_reports(session: AsyncSession, kind: str, item_id: int) -> None:
    """What was said of a thing that is gone goes with it."""
    await session.execute(delete(Report).where(Report.kind == kind, Report.item_id == item_id))
