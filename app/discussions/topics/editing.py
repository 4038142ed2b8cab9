"""Somebody puts what they said in a group otherwise, or takes it back; what it said before is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, NotFound
from app.core.i18n import _
from app.core.limits import Limit, take
from app.core.markup import SafeHtml
from app.discussions.edits import waiting_edit
from app.discussions.models import Comment, CommentEdit, CommentStatus, Thread
from app.discussions.own import say_otherwise, withdraw
from app.discussions.pace import too_many
from app.discussions.policy import may_edit_in_topic, may_withdraw_in_topic
from app.discussions.topics.mentions import html_said
from app.discussions.topics.reading import TopicHere, get_topic
from app.groups.policy import may_moderate_here
from app.moderation.asking import asks_others
from app.settings import Settings
from app.site.models import SiteRow

ON_PAGE = 20
# Each leaves an earlier text behind.
_PACE = (Limit(20, timedelta(minutes=10)), Limit(100, timedelta(days=1)))


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said in a topic, and the topic; with the new text that waits, if one does."""

    found: TopicHere
    comment: Comment
    waiting: CommentEdit | None

    @property
    def is_approved(self) -> bool:
        """Whether others read it as it is now: it is shown, and no other text of it waits."""
        return self.comment.is_approved and self.waiting is None


async def get_own_said(
    session: AsyncSession, actor: Actor, comment_id: int, *, lock: bool = False
) -> Said:
    """What the actor said in a topic they may read. Raises NotFound, also for what others said."""
    said = await _said(session, actor, comment_id, lock=lock)
    if said is None or said.comment.user_id != actor.user_id or actor.user_id is None:
        raise NotFound(_("There is no such reply of yours."))
    return said


async def edit_said(
    session: AsyncSession,
    actor: Actor,
    settings: Settings,
    site: SiteRow,
    comment_id: int,
    text: str,
    *,
    version: int,
) -> Said:
    """Say it otherwise: judged anew, and of what is shown the old text stays until the new one may be.

    `version` is that of the text it was made from. Raises NotFound, Forbidden, Conflict, TooMany.
    """
    said = await get_own_said(session, actor, comment_id, lock=True)
    at, comment, thread = clock.now(), said.comment, said.found.thread
    require(may_edit_in_topic(actor, said.found.here, said.found.topic, comment, at))
    if comment.version != version:
        raise Conflict(_("This was changed meanwhile. Look at what it says now."))
    if settings.rate_limits == "on":
        wait = await take(session, f"edits:{actor.user_id}", _PACE, at)
        if wait is not None:
            raise too_many(_("That was often. Please wait a little, then send it again."), wait)
    html = await html_said(session, said.found.here.group.id, actor.user_id, text)
    await say_otherwise(
        session, site, (comment, thread), text, html,
        asks_others=asks_others(settings, site), user_id=actor.user_id,
    )  # fmt: skip
    return Said(said.found, comment, await waiting_edit(session, comment.id))


async def withdraw_said(session: AsyncSession, actor: Actor, comment_id: int) -> TopicHere:
    """Take back what one said in a group. Raises NotFound, Forbidden, Conflict."""
    said = await get_own_said(session, actor, comment_id, lock=True)
    require(may_withdraw_in_topic(actor, said.found.topic, said.comment))
    await withdraw(session, said.comment, said.found.thread)
    return said.found


class Earlier(NamedTuple):
    """What something said before it was changed, when that was, and by whom; no name for who is gone."""

    id: int
    until: datetime
    by: str | None
    html: SafeHtml


async def history_of(
    session: AsyncSession, actor: Actor, comment_id: int, *, before: int | None = None
) -> tuple[Said, Sequence[Earlier]]:
    """Earlier texts, the last first, and one more where there are more: for who wrote them, and moderators.

    Raises NotFound, for everybody else, too.
    """
    said = await _said(session, actor, comment_id)
    if said is None or not _may_see_history(actor, said):
        raise NotFound(_("There is no such reply."))
    query = (
        select(CommentEdit.id, CommentEdit.at, User.name, CommentEdit.body_html)
        .outerjoin(User, User.id == CommentEdit.user_id)
        .where(CommentEdit.comment_id == comment_id, ~CommentEdit.is_waiting)
        .order_by(CommentEdit.id.desc())
        .limit(ON_PAGE + 1)
    )
    if before is not None:
        query = query.where(CommentEdit.id < before)
    return said, [Earlier(*row) for row in await session.execute(query)]


def _may_see_history(actor: Actor, said: Said) -> bool:
    if may_moderate_here(actor, said.found.here):
        return True
    is_own = actor.user_id is not None and said.comment.user_id == actor.user_id
    return is_own and said.comment.status in (CommentStatus.PENDING, CommentStatus.APPROVED)


async def _said(
    session: AsyncSession, actor: Actor, comment_id: int, *, lock: bool = False
) -> Said | None:
    """Something in a topic that the actor may read, wherever that stands by now; with `lock`, its thread locked."""
    where = select(Thread.topic_id).join(Comment, Comment.thread_id == Thread.id)
    topic_id = await session.scalar(where.where(Comment.id == comment_id))
    if topic_id is None:
        return None
    found = await get_topic(session, actor, "", topic_id, lock=lock)
    comment = await session.get_one(Comment, comment_id, populate_existing=True)
    if comment.thread_id != found.thread.id:
        raise Conflict(_("It was put into another discussion just now. Please try again."))
    return Said(found, comment, await waiting_edit(session, comment_id))
