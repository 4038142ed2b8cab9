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
    is_besides = User.id.in_(list(besides))
    query = select(User).where(or_(_WRITES, is_besides))
    # Of too many, those who stand there already are not the ones to be left out: saving would take them off.
    first = query.order_by(is_besides.desc(), User.name, User.id).limit(MOST_OFFERED)
    return sorted(await session.scalars(first), key=lambda one: (one.name, one.id))


async def refuse_strangers(session: AsyncSession, ids: Iterable[int], known: Iterable[int]) -> None:
    """Raises Invalid where one of these neither writes here nor is among the `known`."""
    new = frozenset(ids) - frozenset(known)
    there = set(await session.scalars(select(User.id).where(_WRITES, User.id.in_(new))))
    if new - there:
        says = _("There is no author of that number.")
        raise Invalid(says, fields={"authors": says})


async def pages_to_stand_under(
    session: AsyncSession, post_id: int, besides: int = 0
) -> Sequence[tuple[int, str]]:
    """Other pages, by title: a page may stand under them. Where that makes a circle, saving says so.

    `besides` is the page that is chosen: of too many, it is not the one to be left out.
    """
    query = (
        select(Post.id, Post.title)
        .where(Post.kind == PostKind.PAGE, Post.status != PostStatus.TRASHED, Post.id != post_id)
        .order_by((Post.id == besides).desc(), Post.title, Post.id)
        .limit(MOST_OFFERED)
    )
    found = [(row[0], row[1]) for row in await session.execute(query)]
    return sorted(found, key=lambda one: (one[1], one[0]))
