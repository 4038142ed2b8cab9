"""Tokens for programs that speak to `/api/v1/`: shown once, named, for some things only, revoked one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.models import User
from app.accounts.policy import may_have_account_page
from app.accounts.sessions import KEEPS_GROUPS, roles_named
from app.core import clock
from app.core.answers import require
from app.core.db import Base, BigId
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.core.secrets import hashed, new_token
from app.core.text import one_line

NAME_LENGTH = 80
MOST = 50
# So that whoever finds one somewhere, be it a robot that looks for such things, knows what it opens.
PREFIX = "rapport_"
# A use is noted when the last one noted is older: reading writes nothing, but for that.
_NOTED_EVERY = timedelta(hours=1)


class Scope(StrEnum):
    """What a token is for. It never lets anybody do more than they may themselves."""

    POSTS_READ = "posts:read"
    POSTS_WRITE = "posts:write"
    MEDIA_READ = "media:read"
    MEDIA_WRITE = "media:write"
    RESOURCES_READ = "resources:read"
    RESOURCES_WRITE = "resources:write"
    COMMENTS_READ = "comments:read"
    COMMENTS_WRITE = "comments:write"
    MODERATION_READ = "moderation:read"
    MODERATION_WRITE = "moderation:write"
    GROUPS_READ = "groups:read"
    GROUPS_WRITE = "groups:write"
    NETWORKING_READ = "networking:read"
    NETWORKING_WRITE = "networking:write"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    NOTICES_READ = "notices:read"
    NOTICES_WRITE = "notices:write"
    REPORTS_READ = "reports:read"
    REPORTS_WRITE = "reports:write"


class ApiToken(Base):
    """A program speaks for somebody, about some things. The token itself is known to that program alone."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    # What its owner calls the program.
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # Values of `Scope`.
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]
    # None: until it is revoked.
    expires_at: Mapped[datetime | None]
    # To the hour.
    used_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Bearer:
    """Who speaks by a token, with the roles they have at this moment, and what it is for."""

    actor: Actor
    token_id: int
    scopes: frozenset[str]
    used_at: datetime | None

    @property
    def is_use_to_note(self) -> bool:
        """Whether it was not used for so long that its owner's list should say so."""
        return self.used_at is None or self.used_at < clock.now() - _NOTED_EVERY


async def make_api_token(
    session: AsyncSession,
    actor: Actor,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None = None,
) -> str:
    """One more of one's own: the token, to be shown this once. Raises SignInNeeded, Invalid."""
    require(may_have_account_page(actor))
    # Of two at once, one after the other, so that there are never more than may be.
    await session.execute(select(User.id).where(User.id == actor.user_id).with_for_update())
    name, chosen = one_line(name), sorted(set(scopes))
    if not 0 < len(name) <= NAME_LENGTH:
        raise Invalid(
            _("A name has 1 to 80 characters."), fields={"name": _("Please fill this in.")}
        )
    if not chosen:
        says = _("Choose at least one thing that it may do.")
        raise Invalid(says, fields={"scopes": says})
    if expires_at is not None and expires_at <= clock.now():
        says = _("That day is over.")
        raise Invalid(says, fields={"expires": says})
    its = ApiToken.user_id == actor.user_id
    if (await session.scalar(select(func.count()).where(its)) or 0) >= MOST:
        raise Invalid(_("There are too many already. Revoke one that is not used any more."))
    token = PREFIX + new_token()
    session.add(
        ApiToken(
            user_id=actor.user_id, name=name, token_hash=hashed(token), scopes=chosen,
            created_at=clock.now(), expires_at=expires_at,
        )
    )  # fmt: skip
    after = {"name": name, "scopes": chosen}
    record_audit(session, actor, "api token made", f"user:{actor.user_id}", after=after)
    await session.flush()
    return token


async def revoke_api_token(session: AsyncSession, actor: Actor, token_id: int) -> None:
    """Let one of one's own open nothing any more. Raises NotFound for one that is not theirs."""
    its = (ApiToken.id == token_id) & (ApiToken.user_id == actor.user_id)
    name = await session.scalar(delete(ApiToken).where(its).returning(ApiToken.name))
    if name is None:
        raise NotFound
    what, thing = "api token revoked", f"user:{actor.user_id}"
    record_audit(session, actor, what, thing, before={"name": name})


async def api_tokens_of(session: AsyncSession, user_id: int) -> Sequence[ApiToken]:
    """Somebody's, the newest first; those that are over, too."""
    query = select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc())
    return (await session.scalars(query)).all()


async def find_bearer(session: AsyncSession, token: str) -> Bearer | None:
    """Whom a program speaks for; None for a token that is revoked, over, or was never made. One query."""
    query = (
        select(ApiToken, User.id, User.name, User.roles, KEEPS_GROUPS)
        .join(User, User.id == ApiToken.user_id)
        .where(
            ApiToken.token_hash == hashed(token),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > clock.now()),
        )
    )
    row = (await session.execute(query)).first()
    if row is None:
        return None
    kept, user_id, name, roles, keeps_groups = row
    actor = Actor(
        user_id=user_id, name=name, roles=roles_named(roles), keeps_groups=bool(keeps_groups)
    )
    return Bearer(actor, kept.id, frozenset(kept.scopes), kept.used_at)


async def note_api_use(session: AsyncSession, token_id: int) -> None:
    """Let its owner see that it is used."""
    its = ApiToken.id == token_id
    await session.execute(update(ApiToken).where(its).values(used_at=clock.now()))
