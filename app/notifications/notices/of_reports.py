"""What becomes of what a member reported: told to them alone, and without anybody's name."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.moderation.events import ReportAnswered, ReportReopened
from app.moderation.report_models import Report
from app.notifications.notices.kinds import REPORT_DISMISSED, REPORT_UPHELD
from app.notifications.notices.telling import News, take_back, tell

# Where one's own reports are listed.
OWN_REPORTS = "/report/own/"


async def tell_reporter(session: AsyncSession, event: ReportAnswered) -> None:
    """A member hears whether moderators agreed; of visitors nothing is kept by which they could be told."""
    report = await session.get(Report, event.report_id)
    if report is None or report.user_id is None:
        return
    kind = REPORT_UPHELD if event.is_upheld else REPORT_DISMISSED
    about = _about(event.report_id)
    news = News(kind=kind, once=f"{about} {kind.name}", about=about, path=OWN_REPORTS)
    await tell(session, report.user_id, news)


async def take_back_answer(session: AsyncSession, event: ReportReopened) -> None:
    """The answer does not hold any more: nobody finds it in their inbox."""
    await take_back(session, _about(event.report_id))


def _about(report_id: int) -> str:
    return f"report:{report_id}"
