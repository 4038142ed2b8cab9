"""When this happened, that follows. The only crossroads of the domains."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import Event
from app.discussions.actions import open_thread
from app.discussions.events import CommentEdited, CommentPublished, CommentWithdrawn
from app.moderation.cases import keep_counts
from app.posts.events import PostTrashed, PostWritten
from app.search.indexing import index_comment, index_post

Reaction: TypeAlias = Callable[[AsyncSession, Any], Awaitable[None]]

# In the same transaction: what must be true as soon as the change is.
AT_ONCE: dict[type[Event], tuple[Reaction, ...]] = {
    PostWritten: (open_thread, index_post),
    PostTrashed: (index_post,),
    CommentPublished: (index_comment,),
    CommentWithdrawn: (index_comment,),
    CommentEdited: (index_comment,),
}

# At the very end of the transaction, whatever happened in it.
LAST: tuple[Callable[[AsyncSession], Awaitable[None]], ...] = (keep_counts,)
