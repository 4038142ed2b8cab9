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
from app.accounts.sessions import KEEPS_GROUPS, roles_named
from app.core import clock
from app.core.answers import require
from app.core.db import Base, BigId
from app.core.errors import NotFound
from app.core.secrets import hashed, new_token
from app.core.text import number_in


class PrivateFeed(StrEnum):
    """What such a link opens: one thing each, below `/f/TOKEN/`. A group's is named by `feed_of_group`."""

    PROMISES_CALENDAR = "promises.ics"
    PROMISES = "promises.atom"
    INTRODUCTIONS = "introductions"
    MENTIONS = "mentions"
    QUEUE = "queue"


_OF_GROUP = "group-"


def feed_of_group(group_id: int) -> str:
    """What a link is kept under that opens what is said in one group: one for all its feeds."""
    return f"{_OF_GROUP}{group_id}"


def group_of_feed(feed: str) -> int | None:
    """The group whose feeds have this name; None for any other."""
    return number_in(feed.removeprefix(_OF_GROUP)) if feed.startswith(_OF_GROUP) else None


class FeedToken(Base):
    """One member's link to one feed. The token itself is known to whoever has the link."""

    __tablename__ = "feed_tokens"
    __table_args__ = (UniqueConstraint("user_id", "feed"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    # A `PrivateFeed`, or a group's.
    feed: Mapped[str] = mapped_column(String(40))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


async def make_feed_token(session: AsyncSession, actor: Actor, feed: str) -> str:
    """A link's token, to be shown this once; the one before it opens nothing any more.

    Whether there is anything to open is asked each time it is opened.
    """
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


async def revoke_feed_token(session: AsyncSession, actor: Actor, feed: str) -> None:
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


async def reader_of_group(session: AsyncSession, token: str) -> tuple[Actor, int]:
    """Who reads by a link, never with their roles, and of which group. Raises NotFound."""
    query = select(User.id, User.name, FeedToken.feed)
    query = query.join(FeedToken, FeedToken.user_id == User.id)
    row = (await session.execute(query.where(FeedToken.token_hash == hashed(token)))).first()
    group_id = group_of_feed(row[2]) if row else None
    if row is None or group_id is None:
        raise NotFound
    return Actor(user_id=row[0], name=row[1]), group_id


async def reader_of_queue(session: AsyncSession, token: str) -> Actor:
    """Who moderates, with the roles they have at this moment. Raises NotFound, also for who has none any more."""
    query = (
        select(User.id, User.name, User.roles, KEEPS_GROUPS)
        .join(FeedToken, FeedToken.user_id == User.id)
        .where(FeedToken.token_hash == hashed(token), FeedToken.feed == PrivateFeed.QUEUE)
    )
    row = (await session.execute(query)).first()
    if row is None:
        raise NotFound
    roles = roles_named(row[2])
    actor = Actor(user_id=row[0], name=row[1], roles=roles, keeps_groups=bool(row[3]))
    if not actor.has_queue:
        raise NotFound
    return actor


async def _revoke(session: AsyncSession, actor: Actor, feed: str) -> None:
    its = (FeedToken.user_id == actor.user_id) & (FeedToken.feed == feed)
    await session.execute(delete(FeedToken).where(its))
