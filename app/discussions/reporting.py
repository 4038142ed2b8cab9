"""A reader says that something should not be there: moderators are told, and it stays until they decide."""

from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.core import clock
from app.core.errors import Invalid, NotFound
from app.core.events import record
from app.core.i18n import _
from app.core.limits import take
from app.core.networks import household
from app.core.secrets import Secrets
from app.core.text import clean_text
from app.discussions.deciding import case_of
from app.discussions.events import CommentReported
from app.discussions.models import Comment, CommentStatus, Thread
from app.discussions.pace import too_many
from app.discussions.showing import locked_comment
from app.groups.models import Group, Topic
from app.groups.queries import groups_read_by
from app.moderation.cases import locked_case, move_case, open_case
from app.moderation.models import Case, Tab
from app.moderation.report_models import Report, ReportState
from app.moderation.reports import LONGEST_NOTE, PACE, REPORT_REASONS, open_report
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
    note = clean_text(note).strip()
    if reason not in REPORT_REASONS:
        raise Invalid(_("Please choose a reason."), fields={"reason": _("Please choose one.")})
    if len(note) > LONGEST_NOTE:
        raise Invalid(_("A note has up to 1,000 characters."))
    await to_report(session, actor, comment_id)
    comment, thread = await locked_comment(session, comment_id)
    reporter, at = _reporter(actor, secrets, address), clock.now()
    if has_limits and (wait := await take(session, f"report:{reporter}", PACE, at)) is not None:
        raise too_many(_("You have reported a lot. Please wait a little."), wait)
    case = await locked_case(session, comment.kind, comment.id)
    if case is None:
        case = await open_case(session, case_of(comment, thread))
    is_new = await open_report(session, comment.kind, comment.id, reporter) is None
    report = Report(
        kind=comment.kind, item_id=comment.id, group_id=thread.group_id, user_id=actor.user_id,
        reporter=reporter, reason=reason, note=note, at=at,
        state=ReportState.OPEN if is_new else ReportState.DUPLICATE,
    )  # fmt: skip
    session.add(report)
    _put_before_moderators(session, comment, case)
    await session.flush()
    record(session, CommentReported(comment_id=comment.id, report_id=report.id))
    return report


def _put_before_moderators(session: AsyncSession, comment: Comment, case: Case) -> None:
    # What waits for them already for another reason stays where it is.
    if comment.status == CommentStatus.APPROVED and case.tab == Tab.RECENT:
        move_case(session, case, Tab.REPORTED, clock.now())


def _reporter(actor: Actor, secrets: Secrets, address: str) -> str:
    """Whom two reports have in common: a member, or a network, of which a keyed hash is kept alone."""
    if actor.user_id is not None:
        return f"user:{actor.user_id}"
    return secrets.keyed_hash("report", household(address)[0])
