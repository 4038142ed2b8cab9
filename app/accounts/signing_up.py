"""Signing up: asked for with a name and an address, done behind the link that was mailed there.

Whoever asks gets the same answer whether the address has an account or not: what is so, its letter
says. Handle and password are chosen behind the link, by whoever reads that mail; nobody can have
their own password put on another's address.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actions import refuse_bad
from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.events import MemberSignedUp, SignUpAsked
from app.accounts.handles import checked_handle, is_taken
from app.accounts.invitations import find_invitation, use_invitation
from app.accounts.links import find_link, use_link
from app.accounts.models import LinkPurpose, SignUpMode, User
from app.accounts.policy import may_sign_up
from app.accounts.queries import find_user, normalised
from app.accounts.sign_in import too_many
from app.accounts.throttle import count_try
from app.core import clock
from app.core.answers import require
from app.core.db import Work
from app.core.errors import Conflict, Invalid
from app.core.events import record
from app.core.i18n import _
from app.core.limits import Limit, take
from app.core.secrets import Secrets
from app.core.text import one_line

_MADE = (Limit(10, timedelta(days=1)),)
# Letters that somebody else asks for are a nuisance.
_PER_ACCOUNT = (Limit(3, timedelta(hours=1)), Limit(10, timedelta(days=1)))


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Who wants an account; `invitation` is the token of a link they were given, or empty."""

    name: str
    email: str
    invitation: str = ""
    # Filled in by no person, or sent faster than one types: answered as all others, and forgotten.
    is_robots: bool = False


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What somebody chose behind the link."""

    name: str
    handle: str
    password_hash: str


@dataclass(frozen=True)
class Welcomed:
    """For whom a link is."""

    name: str
    email: str


async def ask_to_sign_up(
    work: Work, secrets: Secrets, mode: SignUpMode, wish: Wish, address: str
) -> None:
    """Let a letter be written. Raises Forbidden where nobody may, Gone for a spent invitation, Invalid, TooMany."""
    email, name = normalised(wish.email), one_line(wish.name)
    refuse_bad(email, name)
    async with work.unit_of_work() as session:
        invitation = await find_invitation(session, wish.invitation) if wish.invitation else None
        require(may_sign_up(mode, is_invited=invitation is not None))
        wait = await count_try(
            session, secrets, "sign-up", email, address, clock.now(), per_account=_PER_ACCOUNT
        )
        if wait is None and not wish.is_robots:
            invitation_id = invitation.id if invitation else 0
            record(session, SignUpAsked(email=email, name=name, invitation_id=invitation_id))
    if wait is not None:
        raise too_many(wait)


async def welcomed_by(session: AsyncSession, token: str) -> Welcomed:
    """For whom a link was mailed. Raises NotFound, Gone."""
    link = await find_link(session, LinkPurpose.SIGN_UP, token)
    return Welcomed(str(link.payload["name"]), str(link.payload["email"]))


async def become_member(
    session: AsyncSession, secrets: Secrets, mode: SignUpMode, token: str, chosen: Chosen
) -> User:
    """Make the account. Raises NotFound, Gone, Forbidden where nobody may any more, Invalid, Conflict, TooMany."""
    handle = checked_handle(chosen.handle)
    link = await use_link(session, LinkPurpose.SIGN_UP, token)
    email, invitation_id = str(link.payload["email"]), link.subject_id
    refuse_bad(email, one_line(chosen.name))
    require(may_sign_up(mode, is_invited=invitation_id is not None))
    await _refuse_second(session, secrets, email)
    if await is_taken(session, handle):
        raise _taken()
    if invitation_id is not None:
        await use_invitation(session, invitation_id)
    user = _new_member(email, handle, chosen)
    await _kept(session, user)
    after = {"invitation": invitation_id} if invitation_id else {}
    record(session, MemberSignedUp(user_id=user.id))
    record_audit(session, Actor(user_id=user.id), "signed up", f"user:{user.id}", after=after)
    return user


async def _refuse_second(session: AsyncSession, secrets: Secrets, email: str) -> None:
    # Several letters may have gone to one address: the row that counts is the lock.
    subject = f"signed-up:{secrets.keyed_hash('throttle', email)}"
    wait = await take(session, subject, _MADE, clock.now())
    if wait is not None:
        raise too_many(wait)
    if await find_user(session, email) is not None:
        raise Conflict(_("There is an account with this address by now. Sign in instead."))


def _new_member(email: str, handle: str, chosen: Chosen) -> User:
    now = clock.now()
    return User(
        login=handle,
        slug=handle,
        name=one_line(chosen.name),
        email=email,
        password_hash=chosen.password_hash,
        created_at=now,
        # The link came there.
        email_confirmed_at=now,
    )


async def _kept(session: AsyncSession, user: User) -> None:
    try:
        async with session.begin_nested():
            session.add(user)
    except IntegrityError:
        # Chosen by somebody else a moment ago.
        raise _taken() from None


def _taken() -> Invalid:
    return Invalid(_("Somebody has this handle already."))
