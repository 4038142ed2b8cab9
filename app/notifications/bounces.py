"""Addresses that get no mail: after a few refusals in a row, or one complaint, until somebody says otherwise."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core import clock
from app.moderation.authors import normalised_email
from app.notifications.models import Bounce
from app.notifications.notices.kinds import MAIL_STOPPED, MAIL_UNWANTED, Kind
from app.notifications.notices.telling import News, tell_all

# So many refusals for good, and no letter that was taken in between.
STOPPED_AFTER = 3


async def count_bounce(session: AsyncSession, address: str, trouble: str) -> None:
    """A server has refused an address for good; at the third time in a row it gets no more letters."""
    name, now = normalised_email(address), clock.now()
    bounce = await session.get(Bounce, name, with_for_update=True, populate_existing=True)
    if bounce is None:
        bounce = Bounce(address=name, times=0)
        session.add(bounce)
    bounce.times, bounce.at, bounce.trouble = bounce.times + 1, now, trouble
    has_stopped = bounce.times >= STOPPED_AFTER and bounce.stopped_at is None
    if has_stopped:
        bounce.stopped_at = now
    await session.flush()
    if has_stopped:
        await _tell(session, MAIL_STOPPED, {name, address.strip()}, now)


async def note_complaint(session: AsyncSession, address: str) -> None:
    """Its reader called a letter of ours unwanted: one such word is enough. Twice is once."""
    name, now = normalised_email(address), clock.now()
    bounce = await session.get(Bounce, name, with_for_update=True, populate_existing=True)
    if bounce is None:
        bounce = Bounce(address=name, times=0)
        session.add(bounce)
    if bounce.is_complaint and bounce.stopped_at is not None:
        return
    bounce.times, bounce.at, bounce.trouble = 0, now, ""
    bounce.stopped_at = bounce.stopped_at or now
    await session.flush()
    await _tell(session, MAIL_UNWANTED, {name, address.strip()}, now)


async def _tell(
    session: AsyncSession, kind: Kind, spellings: Collection[str], at: datetime
) -> None:
    """What no letter can tell, the inbox does."""
    owners = select(User.id).where(User.email.in_(spellings))
    news = News(
        kind=kind,
        once=f"mail stopped {at.isoformat()}",
        about="account",
        path="/account/notices/",
    )
    await tell_all(session, await session.scalars(owners), news)


async def mail_arrived(session: AsyncSession, address: str) -> None:
    """A server took a letter: what it refused before counts no more. What its reader said does."""
    its = Bounce.address == normalised_email(address)
    await session.execute(delete(Bounce).where(its, Bounce.times > 0))


async def forget_bounces(session: AsyncSession, address: str) -> bool:
    """Somebody says that mail reaches it, and may; whether anything was known against it."""
    its = delete(Bounce).where(Bounce.address == normalised_email(address))
    return (await session.scalar(its.returning(Bounce.address))) is not None


async def stopped(session: AsyncSession, address: str) -> Bounce | None:
    """What is known of an address that gets no more letters; None for one that does."""
    bounce = await session.get(Bounce, normalised_email(address), populate_existing=True)
    return bounce if bounce is not None and bounce.stopped_at is not None else None


async def stopped_addresses(session: AsyncSession, most: int) -> Sequence[Bounce]:
    """The newest of them."""
    query = select(Bounce).where(Bounce.stopped_at.is_not(None))
    return (await session.scalars(query.order_by(Bounce.stopped_at.desc()).limit(most))).all()
