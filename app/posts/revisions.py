"""How a post read before: listed, found, and brought back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.errors import NotFound
from app.core.i18n import _
from app.posts.models import Revision

PAGE_SIZE = 30


@dataclass(frozen=True)
class Listed:
    """One revision without its text: its number, who wrote it and when, how long it is."""

    id: int
    who: str
    at: datetime
    title: str
    characters: int
    was_saved: bool


async def revisions_of(
    session: AsyncSession, post_id: int, before: int | None = None, *, most: int = PAGE_SIZE
) -> Sequence[Listed]:
    """A page of a post's revisions, the newest first, and one more if there is more."""
    query = (
        select(
            Revision.id,
            func.coalesce(User.name, ""),
            Revision.created_at,
            Revision.title,
            func.length(Revision.body_source),
            Revision.was_saved,
        )
        .outerjoin(User, User.id == Revision.user_id)
        .where(Revision.post_id == post_id)
        .order_by(Revision.id.desc())
        .limit(most + 1)
    )
    if before is not None:
        query = query.where(Revision.id < before)
    return [Listed(*row) for row in await session.execute(query)]


async def get_revision(
    session: AsyncSession, post_id: int, revision_id: int
) -> tuple[Revision, str]:
    """A revision of this post, and the name of whoever wrote it. Raises NotFound."""
    query = (
        select(Revision, func.coalesce(User.name, ""))
        .outerjoin(User, User.id == Revision.user_id)
        .where(Revision.post_id == post_id, Revision.id == revision_id)
    )
    row = (await session.execute(query)).first()
    if row is None:
        raise NotFound(_("There is no such revision of this post."))
    return row[0], row[1]


async def revision_before(session: AsyncSession, post_id: int, revision_id: int) -> int | None:
    """The number of the one before, if there is one."""
    query = select(func.max(Revision.id)).where(
        Revision.post_id == post_id, Revision.id < revision_id
    )
    found: int | None = await session.scalar(query)
    return found


async def newest_revision(session: AsyncSession, post_id: int) -> int | None:
    """The number of what the post says now; None of one that came without and was never changed."""
    query = select(func.max(Revision.id)).where(Revision.post_id == post_id, Revision.was_saved)
    found: int | None = await session.scalar(query)
    return found
