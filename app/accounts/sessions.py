"""Who is signed in, in which browser. A session is a random token in a cookie; its hash is a row here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Boolean, bindparam, delete, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor, Role
from app.accounts.events import SessionsEnded
from app.accounts.models import User, UserSession
from app.core import clock
from app.core.db import UtcDateTime
from app.core.errors import NotFound
from app.core.events import record
from app.core.prepared import Prepared
from app.core.secrets import hashed, new_token
from app.core.text import one_line

# So long after signing in, everybody signs in again.
LIFETIME = timedelta(days=30)
AGENT_LENGTH = 300

_ROLES = {role.value: role for role in Role}
# In words of the database: groups stand on a floor above this one.
KEEPS_GROUPS = literal_column(
    "EXISTS (SELECT 1 FROM memberships WHERE memberships.user_id = users.id"
    " AND memberships.state IN ('active', 'muted') AND memberships.role IN ('moderator', 'owner'))",
    Boolean,
).label("keeps_groups")
_BY_TOKEN = Prepared(
    select(UserSession.id, User.id, User.name, User.roles, User.unread_notices, KEEPS_GROUPS)
    .join(User, User.id == UserSession.user_id)
    .where(
        UserSession.token_hash == bindparam("token_hash", type_=UserSession.token_hash.type),
        UserSession.expires_at > bindparam("now", type_=UtcDateTime()),
    )
)


@dataclass(frozen=True)
class Whereabouts:
    """Where somebody signs in from, as they will find it in the list of their sessions."""

    address: str = ""
    agent: str = ""


async def start_session(session: AsyncSession, user: User, place: Whereabouts) -> str:
    """Sign somebody in: the token for the cookie. Nobody is ever signed in by a token they brought."""
    token, now = new_token(), clock.now()
    row = UserSession(
        user_id=user.id,
        token_hash=hashed(token),
        created_at=now,
        seen_at=now,
        expires_at=now + LIFETIME,
        address=place.address,
        agent=one_line(place.agent)[:AGENT_LENGTH],
    )
    session.add(row)
    await session.flush()
    return token


async def find_actor(session: AsyncSession, token: str) -> Actor | None:
    """Whoever is signed in by a token, with the roles they have at this moment; one query."""
    rows = await _BY_TOKEN.rows(session, {"token_hash": hashed(token), "now": clock.now()})
    for session_id, user_id, name, roles, unread, keeps_groups in rows:
        return Actor(
            user_id=user_id, name=name, roles=roles_named(roles), session_id=session_id,
            unread=unread, keeps_groups=bool(keeps_groups),
        )  # fmt: skip
    return None


def roles_named(names: Sequence[str]) -> frozenset[Role]:
    """Roles by their names; a name that no role has (any more) gives none."""
    return frozenset(_ROLES[name] for name in names if name in _ROLES)


async def sessions_of(session: AsyncSession, user_id: int) -> Sequence[UserSession]:
    """Where somebody is signed in, the browser used last first."""
    query = (
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.expires_at > clock.now())
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
    )
    return (await session.scalars(query)).all()


async def end_session(session: AsyncSession, user_id: int, session_id: int) -> None:
    """Sign somebody out in one browser. Raises NotFound for a session that is not theirs."""
    its = (UserSession.id == session_id) & (UserSession.user_id == user_id)
    ended = await session.execute(delete(UserSession).where(its).returning(UserSession.id))
    if ended.scalar_one_or_none() is None:
        raise NotFound
    _tell(session, user_id)


async def end_session_of(session: AsyncSession, token: str) -> None:
    """Let a token lead nowhere from now on, if it led anywhere."""
    its = UserSession.token_hash == hashed(token)
    ended = await session.execute(delete(UserSession).where(its).returning(UserSession.user_id))
    for user_id in ended.scalars():
        _tell(session, user_id)


async def end_sessions(session: AsyncSession, user_id: int, *, but: int | None = None) -> None:
    """Sign somebody out everywhere, `but` for one browser."""
    theirs = UserSession.user_id == user_id
    if but is not None:
        theirs &= UserSession.id != but
    await session.execute(delete(UserSession).where(theirs))
    _tell(session, user_id)


def standing_tag(user_id: int) -> str:
    """What goes stale when somebody may see less than before."""
    return f"standing:{user_id}"


def _tell(session: AsyncSession, user_id: int) -> None:
    record(session, SessionsEnded(user_id=user_id, touches=frozenset({standing_tag(user_id)})))
