"""Moderators answer reports: agreed with, or dismissed; and take it back, and read what is private, which is logged."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _
from app.discussions.appeals import NotYours, is_another_moderator
from app.discussions.reach import case_shown_to
from app.discussions.verbs import said_of
from app.moderation.cases import move_case
from app.moderation.log import last_decision
from app.moderation.models import Case, Decision, Tab
from app.moderation.report_models import ReportState
from app.moderation.reports import answer_reports, reopen_reports
from app.reporting.sources import SOURCES, things_of
from app.reporting.things import Thing

# What a decision makes of the reports.
BECOMES = {"uphold": ReportState.UPHELD, "dismiss": ReportState.DISMISSED}
READ = "read"


async def get_case(
    session: AsyncSession, actor: Actor, case_id: int, *, locked: bool = False
) -> Case:
    """The case of something reported, for whom it is. Raises NotFound."""
    query = select(Case).where(
        Case.id == case_id, Case.kind.in_(list(SOURCES)), case_shown_to(actor)
    )
    query = query.execution_options(populate_existing=True)
    case: Case | None = await session.scalar(query.with_for_update() if locked else query)
    if case is None:
        raise NotFound(_("There is no such case."))
    return case


async def answer(
    session: AsyncSession,
    actor: Actor,
    case_id: int,
    verb: str,
    *,
    version: int | None = None,
    note: str = "",
    batch_id: int | None = None,
) -> Decision:
    """Agree with all reports of a thing, or dismiss them. Upheld, it counts for nobody from now on.

    `version` is the case's that the moderator saw. Raises NotFound, NotYours for whoever has a part in
    it, and Conflict where somebody was faster.
    """
    if verb not in BECOMES:
        raise Invalid(_("There is no such decision."))
    case, at = await get_case(session, actor, case_id, locked=True), clock.now()
    await _require_apart(session, actor, case)
    if case.tab != Tab.REPORTED or version not in (None, case.version):
        raise await _too_late(session, case)
    entry = Decision(
        at=at, user_id=actor.user_id, kind=case.kind, item_id=case.item_id, verb=verb,
        was="reported", became=BECOMES[verb], note=note.strip(),
        batch_id=batch_id,
    )  # fmt: skip
    _settle(session, case, Tab.RECENT, at)
    entry.version = case.version
    session.add(entry)
    await session.flush()
    await answer_reports(
        session, (case.kind, case.item_id), is_upheld=verb == "uphold", by=actor.user_id,
        decision_id=entry.id, at=at,
    )  # fmt: skip
    return entry


async def answer_many(
    session: AsyncSession, actor: Actor, case_id: int, verb: str, batch_id: int
) -> Decision:
    """The same, as part of an act on many."""
    return await answer(session, actor, case_id, verb, batch_id=batch_id)


async def take_back(session: AsyncSession, actor: Actor, decision: Decision) -> Decision:
    """The reports wait once more, as long as nothing else has happened. Raises NotFound, NotYours, Conflict."""
    query = select(Case.id).where(Case.kind == decision.kind, Case.item_id == decision.item_id)
    case = await get_case(session, actor, await session.scalar(query) or 0, locked=True)
    await _require_apart(session, actor, case)
    if decision.verb not in BECOMES or case.tab != Tab.RECENT or case.version != decision.version:
        raise await _too_late(session, case)
    at = clock.now()
    entry = Decision(
        at=at, user_id=actor.user_id, kind=case.kind, item_id=case.item_id, verb="undo",
        was=decision.became, became="reported", reverses_id=decision.id,
        batch_id=decision.batch_id,
    )  # fmt: skip
    _settle(session, case, Tab.REPORTED, at)
    entry.version = case.version
    session.add(entry)
    await session.flush()
    await reopen_reports(session, decision.id)
    return entry


async def read_reported(session: AsyncSession, actor: Actor, case_id: int) -> None:
    """Read what was reported, where nobody else may: written into the log first. Raises as `answer` does."""
    case = await get_case(session, actor, case_id, locked=True)
    await _require_apart(session, actor, case)
    if case.tab != Tab.REPORTED:
        raise await _too_late(session, case)
    session.add(
        Decision(
            at=clock.now(), user_id=actor.user_id, kind=case.kind, item_id=case.item_id, verb=READ
        )
    )
    await session.flush()


def is_read_by(actor: Actor) -> ColumnElement[bool]:
    """That somebody has had it put into the log that they read this, since it came to wait."""
    return and_(
        Case.tab == Tab.REPORTED,
        exists().where(
            Decision.kind == Case.kind,
            Decision.item_id == Case.item_id,
            Decision.verb == READ,
            Decision.user_id == actor.user_id,
            Decision.at >= Case.moved_at,
        ),
    )


async def thing_of(session: AsyncSession, case: Case) -> Thing | None:
    """What a case is about; None where it is gone."""
    return (await things_of(session, [case])).get((case.kind, case.item_id))


def _settle(session: AsyncSession, case: Case, tab: Tab, at: datetime) -> None:
    move_case(session, case, tab, at)
    case.claimed_by = case.claimed_at = case.assigned_by = None


async def _require_apart(session: AsyncSession, actor: Actor, case: Case) -> None:
    """Nobody decides about what they have a part in, as long as somebody else can."""
    thing = await thing_of(session, case)
    if thing is None or actor.user_id not in thing.people:
        return
    if await is_another_moderator(session, sorted(thing.people), case.group_id):
        raise NotYours(_("You have a part in this: another moderator decides about it."))


async def _too_late(session: AsyncSession, case: Case) -> Conflict:
    last = await last_decision(session, case.kind, case.item_id)
    if last is None:
        return Conflict(_("This has changed since you saw it. It is shown here as it is now."))
    return Conflict(said_of(last.decision, last.name or _("Somebody"), clock.now()))
