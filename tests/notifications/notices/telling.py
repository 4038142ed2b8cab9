"""People who are told things, and time that passes until they are mailed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.jobs import Tools
from app.notifications.notices.kinds import PROMISE_ACCEPTED, Kind
from app.notifications.notices.mailing import mail_notices
from app.notifications.notices.models import Notice
from app.notifications.notices.telling import News, tell_all
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs

Mail: TypeAlias = Callable[..., Awaitable[None]]

A_WHILE = timedelta(minutes=3)


def news(what: str, kind: Kind = PROMISE_ACCEPTED, **fields: Any) -> News:
    """Something happened, named `what`, with words for every kind."""
    facts = {fact: what if fact != "name" else "Ada" for fact in kind.facts}
    fields.setdefault("about", f"thing:{what}")
    return News(kind=kind, once=what, path=f"/things/{what}/", facts=facts, **fields)


async def told(doors: Doors, user: User, *all_of_it: News) -> None:
    """A member is told things, one after the other."""
    async with doors.unit_of_work() as db:
        for one in all_of_it:
            await tell_all(db, [user.id], one)


async def notices_of(doors: Doors, user: User) -> list[Notice]:
    """All that a member was ever told, the oldest first."""
    async with doors.reading() as db:
        mine = select(Notice).where(Notice.user_id == user.id).order_by(Notice.id)
        return list(await db.scalars(mine))


def mailing(doors: Doors, settings: Settings, run_jobs: RunJobs) -> Mail:
    """`await mail(later=…)`: the schedule that mails notices runs, and the letters are sent."""

    async def mail(*, later: timedelta = A_WHILE) -> None:
        with clock.moved(later):
            await mail_notices(Tools(doors, settings))
        await run_jobs(later=later)

    return mail
