"""Becoming a follower of the blog: guests behind a mailed link, members with one click.

Whoever asks gets the same answer whether the address follows already, belongs to a member, or is
left alone for today: nobody learns from the form who reads here.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.links import find_link, use_link
from app.accounts.models import LinkPurpose, OneTimeLink, User
from app.accounts.policy import may_have_account_page
from app.accounts.queries import get_user
from app.core import clock
from app.core.answers import require
from app.core.errors import Gone, Invalid, TooMany
from app.core.i18n import _, marked
from app.core.jobs import enqueue
from app.core.limits import Limit, take
from app.core.mail import is_deliverable
from app.core.networks import household, kept_address
from app.core.secrets import Secrets
from app.moderation.authors import normalised_email
from app.notifications.blog.asking import ask_follower
from app.notifications.blog.leaving import leave
from app.notifications.blog.models import BlogFollower
from app.notifications.texts import refusal_key

EMAIL_LENGTH = 254
# Anybody can type anybody's address.
_TO_AN_ADDRESS = (Limit(1, timedelta(days=1)),)
_FOR_A_NETWORK = (Limit(5, timedelta(hours=1)),)
_ENDED = marked("This was ended since. Ask for it again, if you like.")


async def ask_to_follow_blog(
    session: AsyncSession, secrets: Secrets, email: str, address: str
) -> None:
    """Have a letter ask whether an address is theirs who typed it. Raises Invalid, TooMany.

    TooMany is about the network address they come from, never about the one they typed.
    """
    email, now = normalised_email(email), clock.now()
    await let_ask_by_letter(session, secrets, "follow-blog", email, address)
    await _ask_by_letter(session, secrets, email, None, now)


async def let_ask_by_letter(
    session: AsyncSession, secrets: Secrets, what: str, email: str, address: str
) -> None:
    """Let whoever is at a network address have a letter sent to a normalised one. Raises Invalid, TooMany."""
    if not is_deliverable(email):
        says = _("This does not look like an e-mail address.")
        raise Invalid(says, fields={"email": says})
    network = secrets.keyed_hash("pace", household(kept_address(address))[0])
    wait = await take(session, f"{what}:network:{network}", _FOR_A_NETWORK, clock.now())
    if wait is not None:
        says = _("Too many letters were asked for from where you are. Try again in an hour.")
        raise TooMany(says, headers={"Retry-After": str(int(wait.total_seconds()) + 1)})


async def follower_to_confirm(session: AsyncSession, token: str) -> BlogFollower:
    """Whose address a mailed link would confirm; changes nothing. Raises NotFound, Gone."""
    return await _meant_by(session, await find_link(session, LinkPurpose.FOLLOW_BLOG, token))


async def confirm_follower(session: AsyncSession, token: str) -> None:
    """Whoever has the letter has the address: from now on they get new posts. Raises as before."""
    follower = await _meant_by(session, await use_link(session, LinkPurpose.FOLLOW_BLOG, token))
    follower.confirmed_at = follower.confirmed_at or clock.now()


async def follow_as_member(session: AsyncSession, secrets: Secrets, actor: Actor) -> bool:
    """Let somebody with an account follow; False where their address has to be confirmed by letter.

    Raises SignInNeeded, and Invalid for whose account has no address.
    """
    require(may_have_account_page(actor))
    user = await get_user(session, actor.user_id or 0, locked=True)
    email, now = normalised_email(user.email), clock.now()
    if not is_deliverable(email):
        raise Invalid(_("Your account has no address that mail could be sent to."))
    if user.email_confirmed_at is None:
        await _ask_by_letter(session, secrets, email, user.id, now)
        return False
    follower = await _row(session, secrets, email, user.id, now)
    follower.confirmed_at = follower.confirmed_at or now
    return True


async def leave_as_member(session: AsyncSession, secrets: Secrets, actor: Actor) -> None:
    """Mail somebody with an account no more posts. Raises SignInNeeded."""
    require(may_have_account_page(actor))
    user = await get_user(session, actor.user_id or 0)
    await leave(session, refusal_key(secrets, user.email))


async def follows_blog(session: AsyncSession, secrets: Secrets, user: User) -> bool:
    """Whether an account's address is mailed new posts."""
    theirs = BlogFollower.key == refusal_key(secrets, user.email)
    return await session.scalar(select(BlogFollower.id).where(theirs, IS_FOLLOWING)) is not None


async def count_followers(session: AsyncSession) -> int:
    """How many are mailed a post just now."""
    query = select(func.count()).select_from(BlogFollower).where(IS_FOLLOWING)
    return await session.scalar(query) or 0


async def _ask_by_letter(
    session: AsyncSession, secrets: Secrets, email: str, user_id: int | None, at: datetime
) -> None:
    key = refusal_key(secrets, email)
    # Its row is the lock of those who type the same address at once.
    if await take(session, f"follow-blog:address:{key}", _TO_AN_ADDRESS, at) is None:
        await _row(session, secrets, email, user_id, at)
        await enqueue(session, ask_follower, key=key)


async def _row(
    session: AsyncSession, secrets: Secrets, email: str, user_id: int | None, at: datetime
) -> BlogFollower:
    key = refusal_key(secrets, email)
    row = await session.scalar(
        select(BlogFollower).where(BlogFollower.key == key).with_for_update()
    )
    if row is None:
        row = BlogFollower(key=key, email=email, user_id=user_id, asked_at=at)
        session.add(row)
        await session.flush()
    row.user_id = row.user_id or user_id
    return row


async def _meant_by(session: AsyncSession, link: OneTimeLink) -> BlogFollower:
    theirs = BlogFollower.key == str(link.payload["key"])
    found = await session.scalar(select(BlogFollower).where(theirs))
    if found is None:
        raise Gone(_ENDED)
    return found


IS_FOLLOWING = BlogFollower.confirmed_at.is_not(None)
