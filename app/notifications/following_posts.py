"""Following what is said under a post without saying anything there: guests by a letter, members by one click."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR, Actor
from app.accounts.models import User
from app.accounts.policy import may_have_account_page
from app.accounts.queries import get_user
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.core.secrets import Secrets
from app.discussions.models import Thread
from app.moderation.authors import normalised_email
from app.notifications.blog.following import let_ask_by_letter
from app.notifications.follows import CONFIRM_WITHIN, ask_to_follow
from app.notifications.models import Follow
from app.posts.models import Post
from app.posts.queries import posts_visible_to


@dataclass(frozen=True)
class Followable:
    """A post that everybody may read, and its thread."""

    post_id: int
    thread_id: int
    title: str
    path: str


async def post_to_follow(session: AsyncSession, post_id: int) -> Followable:
    """Raises NotFound for what is not public: its letters would go nowhere."""
    query = (
        select(Post.id, Thread.id, Post.title, Post.path)
        .join(Thread, Thread.post_id == Post.id)
        .where(Post.id == post_id, posts_visible_to(VISITOR))
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound
    return Followable(row[0], row[1], row[2] or _("Untitled"), row[3] or "/")


async def ask_to_follow_post(
    session: AsyncSession, secrets: Secrets, thread_id: int, email: str, address: str
) -> None:
    """Have a letter ask whether an address is theirs who typed it. Raises Invalid, TooMany.

    TooMany is about the network address they come from, never about the one they typed.
    """
    await let_ask_by_letter(session, secrets, "follow-post", normalised_email(email), address)
    # The link in the letter before is too old, so that another has to come.
    unanswered = and_(
        Follow.confirmed_at.is_(None), Follow.created_at < clock.now() - CONFIRM_WITHIN
    )
    await _end(session, and_(_of_address(thread_id, email), unanswered))
    await ask_to_follow(session, thread_id=thread_id, comment_id=None, email=email)


async def follow_post_as_member(session: AsyncSession, actor: Actor, thread_id: int) -> bool:
    """Let somebody with an account follow; False where their address has to be confirmed by letter.

    Raises SignInNeeded, and Invalid for whose account has no address.
    """
    user = await _member(session, actor)
    follow = await ask_to_follow(
        session, thread_id=thread_id, comment_id=None, email=user.email, user_id=user.id
    )
    if follow is None:
        raise Invalid(_("Your account has no address that mail could be sent to."))
    return follow.confirmed_at is not None


async def leave_post_as_member(session: AsyncSession, actor: Actor, thread_id: int) -> None:
    """Mail somebody with an account no more of what is said there. Raises SignInNeeded."""
    user = await _member(session, actor)
    await _end(session, _of_address(thread_id, user.email))


async def follows_post(session: AsyncSession, user: User, thread_id: int) -> bool:
    """Whether an account's address is mailed what is said there."""
    theirs = and_(_of_address(thread_id, user.email), Follow.confirmed_at.is_not(None))
    return await session.scalar(select(Follow.id).where(theirs).limit(1)) is not None


async def _member(session: AsyncSession, actor: Actor) -> User:
    require(may_have_account_page(actor))
    return await get_user(session, actor.user_id or 0, locked=True)


async def _end(session: AsyncSession, which: ColumnElement[bool]) -> None:
    await session.execute(update(Follow).where(which).values(ended_at=clock.now()))


def _of_address(thread_id: int, email: str) -> ColumnElement[bool]:
    return and_(
        Follow.thread_id == thread_id,
        Follow.comment_id.is_(None),
        Follow.email == normalised_email(email),
        Follow.ended_at.is_(None),
    )
