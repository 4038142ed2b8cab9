"""What readers report: written down once for each of them, and answered with what is decided about the thing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Exists, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.errors import Invalid, TooMany
from app.core.events import record
from app.core.i18n import _, marked
from app.core.limits import Limit, take
from app.core.networks import household
from app.core.secrets import Secrets
from app.core.text import clean_text
from app.moderation.events import ReportAnswered, ReportReopened
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
A_PAGE = 50
PACE = (Limit(10, timedelta(hours=1)), Limit(30, timedelta(days=1)))


class Reported(NamedTuple):
    """A report as moderators see it; no name where a visitor made it."""

    kind: str
    item_id: int
    reason: str
    note: str
    name: str | None
    at: datetime


def reporter_of(actor: Actor, secrets: Secrets, address: str) -> str:
    """Whom two reports have in common: a member, or a network, of which a keyed hash is kept alone."""
    if actor.user_id is not None:
        return f"user:{actor.user_id}"
    return secrets.keyed_hash("report", household(address)[0])


def checked(reason: str, note: str) -> str:
    """The note as it is kept. Raises Invalid without a reason, and for too long a note."""
    note = clean_text(note).strip()
    if reason not in REPORT_REASONS:
        raise Invalid(_("Please choose a reason."), fields={"reason": _("Please choose one.")})
    if len(note) > LONGEST_NOTE:
        raise Invalid(_("A note has up to 1,000 characters."))
    return note


async def require_pace(session: AsyncSession, reporter: str, at: datetime) -> None:
    """So many reports an hour and a day, whatever they are about. Raises TooMany."""
    wait = await take(session, f"report:{reporter}", PACE, at)
    if wait is not None:
        seconds = max(1, ceil(wait.total_seconds()))
        sentence = _("You have reported a lot. Please wait a little.")
        raise TooMany(sentence, headers={"Retry-After": str(seconds)})


async def write_report(session: AsyncSession, report: Report) -> Report:
    """Write one down: as a duplicate, where the same reporter waits for an answer about the same already."""
    earlier = await open_report(session, report.kind, report.item_id, report.reporter)
    report.state = ReportState.OPEN if earlier is None else ReportState.DUPLICATE
    session.add(report)
    await session.flush()
    return report


def is_disputed(kind: str, item_id: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Exists:
    """That a report of a thing waits, or that moderators agreed with one: it counts for nobody.

    The reports themselves are asked, so that nothing is to be kept in step with them.
    """
    return exists().where(
        Report.kind == kind,
        Report.item_id == item_id,
        Report.state.in_((ReportState.OPEN, ReportState.UPHELD)),
    )


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
    """Close all reports of a thing with what was decided about it, and let their reporters know; their ids."""
    kind, item_id = about
    state = ReportState.UPHELD if is_upheld else ReportState.DISMISSED
    closed = (
        update(Report)
        .where(Report.kind == kind, Report.item_id == item_id, Report.state == ReportState.OPEN)
        .values(state=state, decided_at=at, decided_by=by, decision_id=decision_id)
        .returning(Report.id)
        .execution_options(synchronize_session=False)
    )
    ids = (await session.scalars(closed)).all()
    for report_id in ids:
        record(session, ReportAnswered(report_id=report_id, is_upheld=is_upheld))
    return ids


async def reopen_reports(session: AsyncSession, decision_id: int) -> bool:
    """What a decision answered waits once more, as it is taken back; whether there was anything.

    Who has reported the same anew meanwhile waits for that.
    """
    again = aliased(Report)
    waits = exists().where(
        again.kind == Report.kind,
        again.item_id == Report.item_id,
        again.reporter == Report.reporter,
        again.state == ReportState.OPEN,
    )
    opened = (
        update(Report)
        .where(Report.decision_id == decision_id, ~waits)
        .values(state=ReportState.OPEN, decided_at=None, decided_by=None, decision_id=None)
        .returning(Report.id)
        .execution_options(synchronize_session=False)
    )
    ids = (await session.scalars(opened)).all()
    for report_id in ids:
        record(session, ReportReopened(report_id=report_id))
    return bool(ids)


async def reports_of(
    session: AsyncSession, kinds: Sequence[str], item_ids: Sequence[int]
) -> list[Reported]:
    """The reports of these things that wait, the earliest first. For those who decide about them."""
    if not item_ids:
        return []
    query = (
        select(Report.kind, Report.item_id, Report.reason, Report.note, User.name, Report.at)
        .outerjoin(User, User.id == Report.user_id)
        .where(
            Report.kind.in_(kinds), Report.item_id.in_(item_ids), Report.state == ReportState.OPEN
        )
        .order_by(Report.id)
    )
    return [Reported(*row) for row in await session.execute(query)]


async def own_reports(
    session: AsyncSession, user_id: int, *, before: int | None = None, most: int = A_PAGE
) -> Sequence[Report]:
    """What one member reported, the newest first, and one more than a page has where there are more."""
    query = select(Report).where(Report.user_id == user_id)
    if before is not None:
        query = query.where(Report.id < before)
    return (await session.scalars(query.order_by(Report.id.desc()).limit(most + 1))).all()


async def forget_reports(session: AsyncSession, kind: str, item_id: int) -> None:
    """What was said of a thing that is gone goes with it."""
    await session.execute(delete(Report).where(Report.kind == kind, Report.item_id == item_id))
