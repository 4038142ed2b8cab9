"""How many asks somebody may have open in one group, and when the next is possible."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import TooMany
from app.core.i18n import _
from app.core.limits import Limit, take
from app.discussions.models import Comment, CommentStatus
from app.groups.models import Topic
from app.networking.asks.dates import today_in
from app.networking.asks.models import Ask, Passing
from app.networking.asks.moves import AskState

MOST_OPEN = 2
_DAY = timedelta(days=1)
# Far above what two open ones allow: its row is the lock under which they are counted.
_ASKS = (Limit(20, _DAY),)
_PASSED_ON = (Limit(20, _DAY),)
# Each answer is a letter to somebody, be it taken back and given anew.
_ANSWERS, _ANSWERS_TO_ONE = (Limit(20, _DAY),), (Limit(3, _DAY),)
# Filed as spam or removed, it is nobody's open ask.
_COUNTS = (CommentStatus.APPROVED, CommentStatus.PENDING)


async def keep_within_asks(
    session: AsyncSession, user_id: int, group_id: int, zone: str, at: datetime
) -> None:
    """Refuse a third open ask of somebody in a group. Raises TooMany, with the date it is possible again."""
    wait = await take(session, f"asks:{group_id}:{user_id}", _ASKS, at)
    if wait is not None:
        raise _too_many(_("That is enough for one day."), at, at + wait)
    ends = await _ends_of_open(session, user_id, group_id, at)
    if len(ends) < MOST_OPEN:
        return
    until = ends[len(ends) - MOST_OPEN]
    says = _(
        "You have two open asks here. Say how one of them went and there is room at once;"
        " otherwise the next is possible on %(day)s."
    )
    # Asks end with a day of the site's calendar, and the next is possible with the day after.
    raise _too_many(says % {"day": today_in(zone, until).isoformat()}, at, until)


async def keep_within_passings(session: AsyncSession, user_id: int, at: datetime) -> None:
    """Refuse to tell more than so many people a day. Raises TooMany, with the date it is possible again."""
    wait = await take(session, f"passings:{user_id}", _PASSED_ON, at)
    if wait is not None:
        day = (at + wait).date().isoformat()
        says = _("You have told many people today. It is possible again on %(day)s.")
        raise _too_many(says % {"day": day}, at, at + wait)


async def keep_within_answers(
    session: AsyncSession, user_id: int, topic_id: int, at: datetime
) -> None:
    """Refuse to answer too often in a day, or the same again and again. Raises TooMany."""
    for subject, limits in (
        (f"answers:{user_id}:{topic_id}", _ANSWERS_TO_ONE),
        (f"answers:{user_id}", _ANSWERS),
    ):
        wait = await take(session, subject, limits, at)
        if wait is not None:
            day = (at + wait).date().isoformat()
            says = _("That is enough for one day. You can answer again on %(day)s.")
            raise _too_many(says % {"day": day}, at, at + wait)


async def _ends_of_open(
    session: AsyncSession, user_id: int, group_id: int, at: datetime
) -> list[datetime]:
    query = (
        select(Ask.expires_at)
        .join(Topic, Topic.id == Ask.topic_id)
        .join(Comment, Comment.id == Topic.opening_id)
        .where(
            Topic.group_id == group_id,
            Topic.user_id == user_id,
            Topic.moved_to.is_(None),
            Ask.state == AskState.OPEN,
            Ask.expires_at > at,
            Comment.status.in_(_COUNTS),
        )
        .order_by(Ask.expires_at)
    )
    return list(await session.scalars(query))


def _too_many(says: str, at: datetime, until: datetime) -> TooMany:
    seconds = max(int((until - at).total_seconds()), 1)
    return TooMany(says, headers={"Retry-After": str(seconds)})


async def has_passed_on(session: AsyncSession, topic_id: int, from_id: int, to_id: int) -> bool:
    """Whether somebody told somebody of it before: nobody is told twice by the same."""
    return await session.get(Passing, (topic_id, from_id, to_id)) is not None
