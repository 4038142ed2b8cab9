"""What the words of a search in the console mean, for the list they lead to and for an act on all of it."""

from typing import Any

from fastapi import Request
from sqlalchemy import Select, false, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.policy import may_see_emails
from app.discussions.models import Comment, CommentStatus
from app.moderation.authors import key_of_email
from app.moderation.models import AuthorKey
from app.moderation.sought import Sought, View
from app.search.queueing import found_in_queue
from app.web.deps import secrets_of_app

STATUS_OF = {
    View.NEEDS: CommentStatus.PENDING,
    View.REPORTED: CommentStatus.APPROVED,
    View.MISTAKES: CommentStatus.SPAM,
    View.SPAM: CommentStatus.SPAM,
    View.RECENT: CommentStatus.APPROVED,
    View.REMOVED: CommentStatus.REMOVED,
}


async def meant_by(
    request: Request, db: AsyncSession, me: Actor, sought: Sought
) -> tuple[Sought, Select[Any] | None]:
    """An e-mail address means its author, all other words what has them.

    Gives what is looked for then, and the ids of the comments among which: None for all there are,
    and no ids for an address that nobody has.
    Whoever may not see addresses can't try them out, either.
    """
    if not sought.words:
        return sought, None
    if "@" in sought.words and may_see_emails(me):
        key = key_of_email(secrets_of_app(request), sought.words)
        author_id = await db.scalar(select(AuthorKey.id).where(AuthorKey.key == key))
        if author_id is None:
            return sought, select(Comment.id).where(false())
        return sought.of_author(author_id), None
    return sought, found_in_queue(db, sought.words, STATUS_OF[sought.view])
