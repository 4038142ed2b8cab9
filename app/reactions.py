"""When this happened, that follows. The only crossroads of the domains."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import Event
from app.core.jobs import JobFunction
from app.discussions.actions import open_thread
from app.discussions.events import (
    CheckWanted,
    CommentDecided,
    CommentEdited,
    CommentPublished,
    CommentWithdrawn,
)
from app.discussions.rounds import note_correction, want_check
from app.moderation.cases import keep_counts
from app.posts.events import PostTrashed, PostWritten
from app.search.indexing import index_comment, index_post

Reaction: TypeAlias = Callable[[AsyncSession, Any], Awaitable[None]]

# In the same transaction: what must be true as soon as the change is.
AT_ONCE: dict[type[Event], tuple[Reaction, ...]] = {
    PostWritten: (open_thread, index_post),
    PostTrashed: (index_post,),
    # What was decided has another status, and stands in the index under it.
    CommentDecided: (index_comment, note_correction),
    CommentEdited: (index_comment,),
    CommentPublished: (index_comment,),
    CommentWithdrawn: (index_comment,),
    CheckWanted: (want_check,),
}

# In the worker: what may come a little later, or needs somebody else's server. A job gets the event's
# own fields as its arguments, and its module is imported here or by the worker.
LATER: dict[type[Event], tuple[JobFunction, ...]] = {}

# At the very end of the transaction, whatever happened in it.
LAST: tuple[Callable[[AsyncSession], Awaitable[None]], ...] = (keep_counts,)
