"""Who comments, as moderators know them: how each did, and what was decided about them by hand."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.errors import NotFound
from app.core.i18n import _
from app.discussions.models import Comment
from app.moderation.models import AuthorKey, Standing
from app.moderation.policy import require_moderator


class Commenter(NamedTuple):
    """An author, a name they have written under, and the handle of a member."""

    author: AuthorKey
    name: str | None
    handle: str | None


async def commenters(
    session: AsyncSession,
    actor: Actor,
    *,
    standing: Standing | None = None,
    before: int | None = None,
    most: int,
) -> Sequence[Commenter]:
    """Who came last first, before the one with this number; for moderators alone. Raises Forbidden."""
    require_moderator(actor)
    query = _commenters()
    if standing is not None:
        query = query.where(AuthorKey.standing == standing)
    if before is not None:
        query = query.where(AuthorKey.id < before)
    rows = await session.execute(query.order_by(AuthorKey.id.desc()).limit(most))
    return [Commenter(*row) for row in rows]


async def get_commenter(session: AsyncSession, actor: Actor, author_key_id: int) -> Commenter:
    """One of them. Raises Forbidden, NotFound."""
    require_moderator(actor)
    query = _commenters().where(AuthorKey.id == author_key_id)
    row = (await session.execute(query.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotFound(_("There is no such author."))
    return Commenter(*row)


def _commenters() -> Select[AuthorKey, str, str]:
    # In the order of its index, so that it is one step however much they wrote.
    name = (
        select(Comment.author_name)
        .where(Comment.author_key_id == AuthorKey.id)
        .order_by(Comment.status.desc(), Comment.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(AuthorKey, name, User.slug).outerjoin(User, User.id == AuthorKey.user_id)
