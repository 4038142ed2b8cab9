"""Passwords for programs: made by us and shown once, named, revoked one by one, kept as hashes.

They look as WordPress's do, since editors tell people what to expect: 24 letters and digits, in fours.
"""

import re
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.models import ApplicationPassword, User
from app.accounts.policy import may_act_on, may_have_application_passwords, may_run_the_site
from app.accounts.queries import get_user, normalised
from app.accounts.sessions import roles_named
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.core.secrets import hashed
from app.core.text import one_line

NAME_LENGTH = 80
MOST = 50

_LETTERS = string.ascii_letters + string.digits
_LENGTH, _IN_A_GROUP = 24, 4
_NOT_A_LETTER = re.compile(r"[^A-Za-z0-9]")
# A use is noted when the last one noted is older.
_NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Program:
    """Who a program acts for, with the roles they have at this moment, and by which password."""

    actor: Actor
    password_id: int
    used_at: datetime | None

    @property
    def is_use_to_note(self) -> bool:
        """Whether it was not used for so long that its owner's list should say so."""
        return self.used_at is None or self.used_at < clock.now() - _NOTED_EVERY


async def add_application_password(
    session: AsyncSession, actor: Actor, user_id: int, name: str
) -> str:
    """Make one, for oneself or, as an owner, for somebody else. Raises SignInNeeded, Forbidden, Invalid."""
    user = await get_user(session, user_id, locked=True)
    roles = roles_named(user.roles)
    if actor.user_id != user.id:
        require(may_run_the_site(actor))
        require(may_act_on(actor, roles))
    require(may_have_application_passwords(Actor(user_id=user.id, roles=roles)))
    name = one_line(name)
    if not 0 < len(name) <= NAME_LENGTH:
        raise Invalid(_("A name has 1 to 80 characters."))
    if len(await application_passwords_of(session, user.id)) >= MOST:
        raise Invalid(_("There are too many already. Revoke one that is not used any more."))
    token = "".join(secrets.choice(_LETTERS) for _letter in range(_LENGTH))
    session.add(
        ApplicationPassword(
            user_id=user.id, name=name, token_hash=hashed(token), created_at=clock.now()
        )
    )
    record_audit(
        session, actor, "application password made", f"user:{user.id}", after={"name": name}
    )
    await session.flush()
    return " ".join(token[at : at + _IN_A_GROUP] for at in range(0, _LENGTH, _IN_A_GROUP))


async def revoke_application_password(
    session: AsyncSession, actor: Actor, password_id: int
) -> None:
    """Let one of one's own open nothing any more. Raises NotFound for one that is not theirs."""
    its = (ApplicationPassword.id == password_id) & (ApplicationPassword.user_id == actor.user_id)
    name = await session.scalar(
        delete(ApplicationPassword).where(its).returning(ApplicationPassword.name)
    )
    if name is None:
        raise NotFound
    record_audit(
        session, actor, "application password revoked", f"user:{actor.user_id}", before={"name": name}
    )  # fmt: skip


async def application_passwords_of(
    session: AsyncSession, user_id: int
) -> Sequence[ApplicationPassword]:
    """Somebody's, the newest first."""
    query = (
        select(ApplicationPassword)
        .where(ApplicationPassword.user_id == user_id)
        .order_by(ApplicationPassword.id.desc())
    )
    return (await session.scalars(query)).all()


async def find_program(session: AsyncSession, name: str, password: str) -> Program | None:
    """Whom a program acts for, by their e-mail address or login and a password made for it.

    One look, by the hash, whether there is anybody of that name or not.
    """
    query = (
        select(ApplicationPassword, User)
        .join(User)
        .where(ApplicationPassword.token_hash == hashed(_NOT_A_LETTER.sub("", password)))
    )
    row = (await session.execute(query)).first()
    if row is None:
        return None
    kept, user = row
    names = {normalised(user.email), normalised(user.login)} - {""}
    actor = Actor(user_id=user.id, name=user.name, roles=roles_named(user.roles))
    if normalised(name) not in names or not may_have_application_passwords(actor):
        return None
    return Program(actor, kept.id, kept.used_at)


async def note_use(session: AsyncSession, password_id: int) -> None:
    """Let its owner see that it is used."""
    its = ApplicationPassword.id == password_id
    await session.execute(update(ApplicationPassword).where(its).values(used_at=clock.now()))
