"""Somebody reports a thing: moderators find it in their queue, once however many report it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.core.secrets import Secrets
from app.moderation.cases import locked_case, move_case, open_case
from app.moderation.models import Case, Tab
from app.moderation.report_models import Report
from app.moderation.reports import checked, reporter_of, require_pace, write_report
from app.reporting.sources import SOURCES
from app.reporting.things import Thing


async def to_report(session: AsyncSession, actor: Actor, kind: str, thing_id: int) -> Thing:
    """Something that the actor may read. Raises NotFound, and Invalid for what is their own."""
    source = SOURCES.get(kind)
    thing = await source.find(session, actor, thing_id) if source else None
    if thing is None:
        raise NotFound(_("There is nothing like that to report."))
    if thing.owner_id is not None and thing.owner_id == actor.user_id:
        raise Invalid(_("This is your own."))
    return thing


async def report_thing(
    session: AsyncSession,
    actor: Actor,
    secrets: Secrets,
    about: tuple[str, int],
    reason: str,
    note: str,
    *,
    address: str,
    has_limits: bool = True,
) -> Report:
    """Report it. As long as nobody has decided, it counts for nobody. Raises NotFound, Invalid, TooMany."""
    note = checked(reason, note)
    thing = await to_report(session, actor, *about)
    # Of two who report the same at once, the second finds the case of the first.
    model = SOURCES[thing.kind].model
    await session.execute(select(model.id).where(model.id == thing.id).with_for_update())
    reporter, at = reporter_of(actor, secrets, address), clock.now()
    if has_limits:
        await require_pace(session, reporter, at)
    case = await locked_case(session, thing.kind, thing.id)
    if case is None:
        case = Case(
            kind=thing.kind, item_id=thing.id, group_id=thing.group_id, tab=Tab.REPORTED,
            arrived_at=at, moved_at=at,
        )  # fmt: skip
        await open_case(session, case)
    elif case.tab != Tab.REPORTED:
        move_case(session, case, Tab.REPORTED, at)
        case.arrived_at = at
    report = Report(
        kind=thing.kind, item_id=thing.id, group_id=thing.group_id, user_id=actor.user_id,
        reporter=reporter, reason=reason, note=note, at=at,
    )  # fmt: skip
    return await write_report(session, report)
