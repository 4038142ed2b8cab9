"""A reader says that something should not be there: moderators are told, and it stays until they decide."""

from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.core import clock
from app.core.errors import NotFound
from app.core.events import record
from app.core.i18n import _
from app.core.secrets import Secrets
from app.discussions.deciding import case_of
from app.discussions.events import CommentReported
from app.discussions.models import Comment, CommentStatus, Thread
from app.discussions.showing import locked_comment
from app.groups.models import Group, Topic
from app.groups.queries import groups_read_by
from app.moderation.cases import locked_case, move_case, open_case
from app.moderation.models import Case, Tab
from app.moderation.report_models import Report
from app.moderation.reports import checked, reporter_of, require_pace, write_report
from app.posts.models import Post
from app.posts.queries import posts_visible_to


class Reportable(NamedTuple):
    """What can be reported, and where it stands."""

    comment: Comment
    post_title: str | None
    post_path: str | None
    topic_title: str | None
    group_slug: str | None


async def to_report(session: AsyncSession, actor: Actor, comment_id: int) -> Reportable:
    """Something that is shown to the actor. Raises NotFound."""
    query = (
        select(Comment, Post.title, Post.path, Topic.title, Group.slug)
        .join(Thread, Thread.id == Comment.thread_id)
        .outerjoin(Post, Post.id == Thread.post_id)
        .outerjoin(Topic, Topic.id == Thread.topic_id)
        .outerjoin(Group, Group.id == Topic.group_id)
        .where(
            Comment.id == comment_id,
            Comment.status == CommentStatus.APPROVED,
            or_(
                and_(Post.id.is_not(None), posts_visible_to(actor)),
                and_(
                    Topic.is_shown,
                    groups_read_by(actor),
                    seen_by(actor, Topic.user_id),
                    seen_by(actor, Comment.user_id),
                ),
            ),
        )
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such comment."))
    return Reportable(*row)


async def opening_of(session: AsyncSession, actor: Actor, topic_id: int) -> int:
    """The comment that a topic, shown to the actor, begins with. Raises NotFound."""
    query = (
        select(Topic.opening_id)
        .join(Group, Group.id == Topic.group_id)
        .where(Topic.id == topic_id, Topic.is_shown, groups_read_by(actor))
    )
    found: int | None = await session.scalar(query)
    if found is None:
        raise NotFound(_("There is no such discussion."))
    return found


async def report_comment(
    session: AsyncSession,
    actor: Actor,
    secrets: Secrets,
    comment_id: int,
    reason: str,
    note: str,
    *,
    address: str,
    has_limits: bool = True,
) -> Report:
    """Report something that one may read. Raises NotFound, Invalid without a reason, and TooMany."""
    note = checked(reason, note)
    await to_report(session, actor, comment_id)
    comment, thread = await locked_comment(session, comment_id)
    # Somebody may have taken it away, or to where the actor reads nothing, while this waited.
    await to_report(session, actor, comment_id)
    reporter, at = reporter_of(actor, secrets, address), clock.now()
    if has_limits:
        await require_pace(session, reporter, at)
    case = await locked_case(session, comment.kind, comment.id)
    if case is None:
        case = await open_case(session, case_of(comment, thread))
    report = Report(
        kind=comment.kind, item_id=comment.id, group_id=thread.group_id, user_id=actor.user_id,
        reporter=reporter, reason=reason, note=note, at=at,
    )  # fmt: skip
    await write_report(session, report)
    _put_before_moderators(session, comment, case)
    await session.flush()
    record(session, CommentReported(comment_id=comment.id, report_id=report.id))
    return report


def _put_before_moderators(session: AsyncSession, comment: Comment, case: Case) -> None:
    # What waits for them already for another reason stays where it is.
    if comment.status == CommentStatus.APPROVED and case.tab == Tab.RECENT:
        move_case(session, case, Tab.REPORTED, clock.now())
