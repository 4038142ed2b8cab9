"""Who may sign a post, and what a page may stand under: what the editor's form offers."""

from collections.abc import Iterable, Sequence

from sqlalchemy import String, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Role
from app.accounts.models import User
from app.core.errors import Invalid
from app.core.i18n import _
from app.posts.models import Post, PostKind, PostStatus

MOST_OFFERED = 300

_WRITES = or_(
    *(cast(User.roles, String).contains(f'"{role}"') for role in (Role.AUTHOR, Role.EDITOR, Role.OWNER))
)  # fmt: skip


async def who_may_sign(session: AsyncSession, besides: Iterable[int]) -> Sequence[User]:
    """Whoever writes here, by name, and those `besides`, as an imported author who has no role."""
    query = select(User).where(or_(_WRITES, User.id.in_(list(besides))))
    return (await session.scalars(query.order_by(User.name, User.id).limit(MOST_OFFERED))).all()


async def refuse_strangers(session: AsyncSession, ids: Iterable[int], known: Iterable[int]) -> None:
    """Raises Invalid where one of these neither writes here nor is among the `known`."""
    new = frozenset(ids) - frozenset(known)
    there = set(await session.scalars(select(User.id).where(_WRITES, User.id.in_(new))))
    if new - there:
        says = _("There is no author of that number.")
        raise Invalid(says, fields={"authors": says})


async def pages_to_stand_under(session: AsyncSession, post_id: int) -> Sequence[tuple[int, str]]:
    """Other pages, by title: a page may stand under them. Where that makes a circle, saving says so."""
    query = (
        select(Post.id, Post.title)
        .where(Post.kind == PostKind.PAGE, Post.status != PostStatus.TRASHED, Post.id != post_id)
        .order_by(Post.title, Post.id)
        .limit(MOST_OFFERED)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]
