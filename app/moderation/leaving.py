"""What moderation keeps of somebody whose account is no more."""

from sqlalchemy import String, cast, delete, literal, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.events import MemberErased
from app.moderation.cases import close_case, locked_case
from app.moderation.keys import ConsoleKeys
from app.moderation.kinds import ThingKind
from app.moderation.models import SavedFilter
from app.moderation.report_models import Report
from app.moderation.reports import forget_reports


async def forget_desk(session: AsyncSession, event: MemberErased) -> None:
    """Their keys and views of the queue go; what they decided stays decided, by a former member."""
    await session.execute(delete(ConsoleKeys).where(ConsoleKeys.user_id == event.user_id))
    await session.execute(delete(SavedFilter).where(SavedFilter.user_id == event.user_id))


async def forget_reporter(session: AsyncSession, event: MemberErased) -> None:
    """What they reported stays reported, by nobody; what was said against their page goes with it."""
    nobody = literal("former:") + cast(Report.id, String)
    theirs = update(Report).where(Report.user_id == event.user_id)
    theirs = theirs.values(user_id=None, note="", reporter=nobody)
    await session.execute(theirs.execution_options(synchronize_session=False))
    case = await locked_case(session, ThingKind.PROFILE, event.user_id)
    if case is not None:
        await close_case(session, case)
    await forget_reports(session, ThingKind.PROFILE, event.user_id)
