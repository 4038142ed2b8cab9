"""How people are read. None of this is filtered by who asks: only their own pages and staff get here."""

from collections.abc import Sequence

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Role
from app.accounts.models import User
from app.core.errors import NotFound
from app.core.i18n import marked

# The same text in both databases, where JSON is one.
_IS_STAFF = cast(User.roles, String) != "[]"
IS_OWNER = cast(User.roles, String).contains(f'"{Role.OWNER}"')
# Imported authors have none until they sign in for the first time, erased people none any more.
HAS_ACCOUNT = or_(User.email_confirmed_at.is_not(None), User.password_hash != "")
MODERATES = or_(IS_OWNER, cast(User.roles, String).contains(f'"{Role.MODERATOR}"'))


def normalised(email: str) -> str:
    """An address or a login as the same person types it today and tomorrow."""
    return email.strip().lower()


async def get_user(session: AsyncSession, user_id: int, *, locked: bool = False) -> User:
    """Somebody with an account, their row maybe locked for a change. Raises NotFound."""
    query = select(User).where(User.id == user_id).execution_options(populate_existing=True)
    found: User | None = await session.scalar(query.with_for_update() if locked else query)
    if found is None:
        raise NotFound(marked("There is nobody like that here."))
    return found


async def has_account(session: AsyncSession, user_id: int) -> bool:
    """Whether somebody can sign in here: not who was only imported, nor who has erased their account."""
    query = select(User.id).where(User.id == user_id, HAS_ACCOUNT)
    return await session.scalar(query) is not None


async def find_user(session: AsyncSession, typed: str) -> User | None:
    """Whoever is meant by an e-mail address or a login; of several, the one who has a password."""
    spellings = {typed.strip(), normalised(typed)} - {""}
    query = (
        select(User)
        .where(User.email.in_(spellings) | User.login.in_(spellings))
        .order_by((User.password_hash != "").desc(), User.id)
        .limit(1)
    )
    found: User | None = await session.scalar(query)
    return found


async def people(session: AsyncSession) -> Sequence[User]:
    """Everybody with an account, for the command line."""
    return (await session.scalars(select(User).order_by(User.id))).all()


async def moderators(session: AsyncSession) -> Sequence[User]:
    """Everybody to whom all comments are given, by name."""
    return (await session.scalars(select(User).where(MODERATES).order_by(User.name, User.id))).all()


async def staff(session: AsyncSession) -> Sequence[User]:
    """Everybody with a role, in the order of their names."""
    return (await session.scalars(select(User).where(_IS_STAFF).order_by(User.name, User.id))).all()


async def people_page(
    session: AsyncSession, *, words: str = "", before: int | None = None, most: int
) -> Sequence[User]:
    """Everybody with an account or a post, the newest first, below a number; `words` stand in a name or address."""
    query = select(User)
    if words:
        wanted = words.lower()
        fields = (func.lower(User.name), func.lower(User.email), func.lower(User.login))
        query = query.where(or_(*(field.contains(wanted, autoescape=True) for field in fields)))
    if before is not None:
        query = query.where(User.id < before)
    return (await session.scalars(query.order_by(User.id.desc()).limit(most))).all()


async def count_members(session: AsyncSession) -> int:
    """How many people have an account: whose address is confirmed, or who have a password."""
    query = select(func.count()).select_from(User).where(HAS_ACCOUNT)
    return await session.scalar(query) or 0


async def has_owner(session: AsyncSession) -> bool:
    """Whether the site belongs to anybody yet."""
    return await session.scalar(select(User.id).where(IS_OWNER).limit(1)) is not None


async def is_site_owner(session: AsyncSession, user_id: int) -> bool:
    """Whether somebody is one of the site's owners."""
    query = select(User.id).where(User.id == user_id, IS_OWNER)
    return await session.scalar(query) is not None


async def locked_owners(session: AsyncSession, beside: int) -> Sequence[User]:
    """All owners and somebody beside them, locked in one order: of two who demote each other, one comes too late."""
    query = select(User).where(IS_OWNER | (User.id == beside)).order_by(User.id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).all()
