"""The way back out of the trash."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Conflict
from app.core.events import record
from app.core.i18n import _
from app.posts.actions import get_to_write, touched_by
from app.posts.events import PostWritten
from app.posts.models import Post, PostStatus


async def restore_post(session: AsyncSession, actor: Actor, post_id: int) -> Post:
    """Take a post out of the trash, as a draft: whether it is to be public again is decided by a person.

    Raises SignInNeeded, Forbidden, NotFound, and Conflict for what does not lie there.
    """
    post, _authors = await get_to_write(session, actor, post_id)
    if post.status != PostStatus.TRASHED:
        raise Conflict(_("It does not lie in the trash any more."))
    post.status, post.version = PostStatus.DRAFT, post.version + 1
    post.updated_at = clock.now()
    await session.flush()
    touches = await touched_by(session, post)
    record(session, PostWritten(post_id=post.id, touches=frozenset(touches)))
    return post
