"""Choosing a new password by a mailed link: asked for by anybody, told to nobody but by letter."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actions import set_password
from app.accounts.actor import Actor
from app.accounts.events import PasswordResetAsked
from app.accounts.links import find_link, use_link
from app.accounts.models import LinkPurpose, User
from app.accounts.queries import find_user, get_user
from app.accounts.sign_in import too_many
from app.accounts.throttle import count_try
from app.core import clock
from app.core.db import Work
from app.core.events import record
from app.core.limits import Limit
from app.core.secrets import Secrets

# Letters that somebody else asks for are a nuisance.
_PER_ACCOUNT = (Limit(3, timedelta(hours=1)), Limit(10, timedelta(days=1)))


async def ask_for_reset(work: Work, secrets: Secrets, name: str, address: str) -> None:
    """Let a letter be written if there is such an account. Raises TooMany, whether there is or not."""
    async with work.unit_of_work() as session:
        wait = await count_try(
            session, secrets, "reset", name, address, clock.now(), per_account=_PER_ACCOUNT
        )  # fmt: skip
        user = await find_user(session, name) if wait is None else None
        if user is not None and user.email:
            record(session, PasswordResetAsked(user_id=user.id))
    if wait is not None:
        raise too_many(wait)


async def person_of_link(session: AsyncSession, token: str) -> User:
    """Whose password a link lets one choose. Raises NotFound, Gone."""
    link = await find_link(session, LinkPurpose.PASSWORD, token)
    return await get_user(session, link.user_id or 0)


async def choose_password(session: AsyncSession, token: str, password_hash: str) -> User:
    """Use a link: the new password is the only one, everybody who was signed in is out. Raises NotFound, Gone."""
    link = await use_link(session, LinkPurpose.PASSWORD, token)
    user_id = link.user_id or 0
    user = await set_password(session, Actor(user_id=user_id), user_id, password_hash)
    # The letter arrived, so the address is theirs.
    user.email_confirmed_at = user.email_confirmed_at or clock.now()
    return user
