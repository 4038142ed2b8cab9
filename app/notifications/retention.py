"""Letters, links and follows that have done their work are not kept."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.events import MemberErased
from app.accounts.models import OneTimeLink
from app.core import clock
from app.core.db import Work
from app.core.jobs import Tools, job
from app.discussions.events import CommenterErased
from app.notifications.blog.leaving import forget_follower
from app.notifications.models import Bounce, Follow, Letter

# Long enough that a link used twice says so, and a letter about the same is not written again.
KEPT = timedelta(days=30)
_AT_ONCE = 500


@job("forget_letters")
async def forget_letters(tools: Tools) -> None:
    """Letters that were sent or given up, links that are used or old, follows ended or never confirmed."""
    before = clock.now() - KEPT
    await _forget(tools.work, Letter, or_(Letter.sent_at < before, Letter.failed_at < before))
    await _forget(
        tools.work, OneTimeLink, or_(OneTimeLink.used_at < before, OneTimeLink.expires_at < before)
    )
    never = and_(Follow.confirmed_at.is_(None), Follow.created_at < before)
    await _forget(tools.work, Follow, or_(Follow.ended_at < before, never))
    async with tools.work.unit_of_work() as db:
        # Addresses that stay without mail are kept, or every letter would try them again.
        passing = and_(Bounce.stopped_at.is_(None), Bounce.at < before)
        await db.execute(delete(Bounce).where(passing))


async def forget_address(session: AsyncSession, event: CommenterErased) -> None:
    """Nothing of somebody's mail is kept: what they follow, what was or is to be written to them."""
    await session.execute(delete(Follow).where(Follow.email == event.email))
    await forget_follower(session, event.email)
    await session.execute(delete(Bounce).where(Bounce.address == event.email))
    await session.execute(delete(Letter).where(func.lower(Letter.recipient) == event.email))


async def forget_member_mail(session: AsyncSession, event: MemberErased) -> None:
    """A member goes: the same, at once, so that no letter leaves for them any more."""
    await session.execute(delete(Follow).where(Follow.user_id == event.user_id))
    await forget_follower(session, event.email, event.user_id)
    if event.email:
        await forget_address(session, CommenterErased(email=event.email))


async def _forget(
    work: Work, table: type[Letter] | type[OneTimeLink] | type[Follow], old: ColumnElement[bool]
) -> None:
    oldest = select(table.id).where(old).order_by(table.id).limit(_AT_ONCE)
    while True:
        async with work.unit_of_work() as db:
            ids = (await db.scalars(oldest)).all()
            await db.execute(delete(table).where(table.id.in_(ids)))
        if len(ids) < _AT_ONCE:
            return
