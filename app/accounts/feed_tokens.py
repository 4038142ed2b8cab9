"""Links that let a feed reader or a calendar read one member's own things, without signing in."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.actor import Actor
from app.accounts.models import User
from app.accounts.policy import may_have_account_page
from app.core import clock
from app.core.answers import require
from app.core.db import Base, BigId
from app.core.errors import NotFound
from app.core.secrets import hashed, new_token


class PrivateFeed(StrEnum):
    """What such a link opens: one thing each, at `/f/TOKEN/` and this name."""

    PROMISES_CALENDAR = "promises.ics"
    PROMISES = "promises.atom"


class FeedToken(Base):
    """One member's link to one feed. The token itself is known to whoever has the link."""

    __tablename__ = "feed_tokens"
    __table_args__ = (UniqueConstraint("user_id", "feed"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    feed: Mapped[PrivateFeed] = mapped_column(String(40))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


async def make_feed_token(session: AsyncSession, actor: Actor, feed: PrivateFeed) -> str:
    """A link's token, to be shown this once; the one before it opens nothing any more."""
    require(may_have_account_page(actor))
    # Of two at once, one after the other: there is one link a feed.
    await session.execute(select(User.id).where(User.id == actor.user_id).with_for_update())
    await _revoke(session, actor, feed)
    token = new_token()
    session.add(
        FeedToken(
            user_id=actor.user_id, feed=feed, token_hash=hashed(token), created_at=clock.now()
        )
    )
    await session.flush()
    return token


async def revoke_feed_token(session: AsyncSession, actor: Actor, feed: PrivateFeed) -> None:
    """Let it open nothing any more; harmless where there is none."""
    require(may_have_account_page(actor))
    await _revoke(session, actor, feed)


async def feed_tokens_of(session: AsyncSession, actor: Actor) -> Sequence[FeedToken]:
    """One's own."""
    query = select(FeedToken).where(FeedToken.user_id == actor.user_id)
    return (await session.scalars(query.order_by(FeedToken.id))).all()


async def reader_of_feed(session: AsyncSession, token: str, feed: PrivateFeed) -> Actor:
    """Who reads by a link: a member, never with their roles. Raises NotFound, also for a revoked one."""
    query = select(User.id, User.name).join(FeedToken, FeedToken.user_id == User.id)
    query = query.where(FeedToken.token_hash == hashed(token), FeedToken.feed == feed)
    row = (await session.execute(query)).first()
    if row is None:
        raise NotFound
    return Actor(user_id=row[0], name=row[1])


async def _revoke(session: AsyncSession, actor: Actor, feed: PrivateFeed) -> None:
    its = (FeedToken.user_id == actor.user_id) & (FeedToken.feed == feed)
    await session.execute(delete(FeedToken).where(its))
