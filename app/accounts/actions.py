"""What is done to accounts: made, given roles, given another password or second factor."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor, Role
from app.accounts.audit import record_audit
from app.accounts.events import MemberRenamed
from app.accounts.handles import free_handle, read_handle
from app.accounts.links import void_links
from app.accounts.models import LinkPurpose, ModerationMail, User
from app.accounts.passwords import is_known_kind
from app.accounts.policy import (
    keeps_an_owner,
    may_act_on,
    may_change_roles,
    may_have_moderation_mail,
    may_run_the_site,
)
from app.accounts.queries import get_user, locked_owners, normalised
from app.accounts.sessions import end_sessions, roles_named
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Invalid
from app.core.events import record
from app.core.i18n import _
from app.core.text import one_line

NAME_LENGTH = 80
EMAIL_LENGTH = 254


@dataclass(frozen=True, kw_only=True)
class NewUser:
    """Somebody who is to have an account; without a password nobody can sign in to it yet."""

    email: str
    name: str
    roles: frozenset[Role] = frozenset()
    password_hash: str = ""


async def add_user(session: AsyncSession, actor: Actor, new: NewUser) -> User:
    """Make an account. Raises Forbidden, Invalid, or Conflict when the address has one."""
    require(may_run_the_site(actor))
    email, name = normalised(new.email), one_line(new.name)
    refuse_bad(email, name)
    if await session.scalar(select(User.id).where(User.email == email).limit(1)) is not None:
        raise Conflict(_("There is an account with this e-mail address already."))
    login = await free_handle(session, read_handle(name) or email.partition("@")[0])
    user = User(
        login=login,
        slug=login,
        name=name,
        email=email,
        roles=_names(new.roles),
        password_hash=new.password_hash,
        created_at=clock.now(),
        email_confirmed_at=clock.now(),
    )
    session.add(user)
    await session.flush()
    record_audit(session, actor, "account made", _thing(user), after={"roles": user.roles})
    return user


async def change_roles(
    session: AsyncSession,
    actor: Actor,
    user_id: int,
    *,
    add: Iterable[Role] = (),
    remove: Iterable[Role] = (),
) -> User:
    """Give and take roles; they count from the next request on.

    Raises NotFound, Forbidden, and Conflict for the last owner, who stays one.
    """
    owners = await locked_owners(session, beside=user_id)
    user = await get_user(session, user_id)
    has = roles_named(user.roles)
    wanted = (has | frozenset(add)) - frozenset(remove)
    others = sum(owner.id != user.id for owner in owners)
    require(may_change_roles(actor, has))
    if not keeps_an_owner(has, wanted, other_owners=others):
        raise Conflict(_("The last owner stays one. Make somebody else an owner first."))
    if wanted == has:
        return user
    before, user.roles = user.roles, _names(wanted)
    record_audit(
        session, actor, "roles changed", _thing(user),
        before={"roles": before}, after={"roles": user.roles},
    )  # fmt: skip
    return user


async def set_password(
    session: AsyncSession,
    actor: Actor,
    user_id: int,
    password_hash: str,
    *,
    keep: int | None = None,
) -> User:
    """Let a new password be the only one; every browser but `keep` is signed out, open links are void."""
    user = await get_user(session, user_id, locked=True)
    if actor.user_id != user.id:
        require(may_act_on(actor, roles_named(user.roles)))
    user.password_hash = password_hash
    await end_sessions(session, user.id, but=keep)
    await void_links(session, LinkPurpose.PASSWORD, user.id)
    record_audit(session, actor, "password changed", _thing(user))
    return user


async def take_old_hashes(session: AsyncSession, actor: Actor, hashes: Mapping[str, str]) -> int:
    """Let people sign in as on their old site, by login; how many it is. Whoever has a password keeps it."""
    require(may_run_the_site(actor))
    known = {login: kept for login, kept in hashes.items() if login and is_known_kind(kept)}
    without = select(User).where(User.password_hash == "").order_by(User.id).with_for_update()
    taken = [user for user in await session.scalars(without) if user.login in known]
    for user in taken:
        user.password_hash = known[user.login]
        record_audit(session, actor, "old password taken over", _thing(user))
    return len(taken)


async def set_second_factor(
    session: AsyncSession, actor: Actor, user_id: int, *, secret: str, step: int = 0
) -> User:
    """Ask somebody for a code from now on, by this secret; without one, no longer."""
    user = await get_user(session, user_id, locked=True)
    if actor.user_id != user.id:
        require(may_run_the_site(actor))
        require(may_act_on(actor, roles_named(user.roles)))
    user.totp_secret, user.totp_step = secret, step
    what = "second factor switched on" if secret else "second factor switched off"
    record_audit(session, actor, what, _thing(user))
    return user


async def rename(session: AsyncSession, actor: Actor, name: str) -> User:
    """Let somebody be called what they want to be called. Raises Invalid."""
    name = one_line(name)
    refuse_bad("somebody@example.org", name)
    user = await get_user(session, actor.user_id or 0, locked=True)
    user.name = name
    # The directory and their own page are kept.
    touches = frozenset({"people", f"user:{user.id}"})
    record(session, MemberRenamed(user_id=user.id, touches=touches))
    return user


async def choose_moderation_mail(
    session: AsyncSession, actor: Actor, often: ModerationMail
) -> User:
    """Hear so often by mail of what waits. Raises SignInNeeded, or Forbidden for who decides about no comments."""
    require(may_have_moderation_mail(actor))
    user = await get_user(session, actor.user_id or 0, locked=True)
    user.moderation_mail = often
    return user


def refuse_bad(email: str, name: str) -> None:
    """Only what may be an address and a name. Raises Invalid."""
    local, _at, domain = email.rpartition("@")
    if not local or not domain or " " in email or len(email) > EMAIL_LENGTH:
        raise Invalid(_("That is no e-mail address."))
    if not 0 < len(name) <= NAME_LENGTH:
        raise Invalid(_("A name has 1 to 80 characters."))


def _names(roles: Iterable[Role]) -> list[str]:
    return [role.value for role in Role if role in frozenset(roles)]


def _thing(user: User) -> str:
    return f"user:{user.id}"
