"""What authors do with their own comments: edit, withdraw, prove that they wrote them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.answers import require
from app.core.errors import Forbidden
from app.core.events import record
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.core.secrets import Secrets
from app.discussions.deciding import case_of
from app.discussions.edits import drop_waiting_edit, replace_text
from app.discussions.events import CheckWanted, FollowAsked
from app.discussions.judging import judge_again
from app.discussions.matters import WITHDRAWN, counts_as
from app.discussions.models import Comment, CommentEdit, CommentStatus, Thread
from app.discussions.policy import may_change_own, may_go
from app.discussions.showing import change_status, locked_comment
from app.groups.models import Topic
from app.moderation.authors import (
    author_of_key,
    count_author,
    key_of_email,
    key_of_member,
    locked_author,
)
from app.moderation.cases import find_case, locked_case, move_case, open_case, put_reason
from app.moderation.log import WITHDRAW
from app.moderation.models import Check, Decision, Tab
from app.moderation.reports import answer_reports
from app.site.models import SiteRow


async def edit_own(
    session: AsyncSession,
    site: SiteRow,
    comment_id: int,
    text: str,
    html: SafeHtml,
    *,
    asks_others: bool,
    user_id: int | None = None,
) -> Comment:
    """Say it otherwise; judged anew. Of one that is shown, the old text stays until the new one may be.

    Of a comment under a post. Raises NotFound, Forbidden.
    """
    comment, thread = await locked_comment(session, comment_id)
    if thread.topic_id is not None:
        # Whether somebody may still speak there is not known by a link alone.
        raise Forbidden(_("What was said in a group is changed where it stands."))
    require(may_change_own(comment, clock.now()))
    return await say_otherwise(
        session, site, (comment, thread), text, html, asks_others=asks_others, user_id=user_id
    )


async def say_otherwise(
    session: AsyncSession,
    site: SiteRow,
    place: tuple[Comment, Thread],
    text: str,
    html: SafeHtml,
    *,
    asks_others: bool,
    user_id: int | None = None,
) -> Comment:
    """Give a comment another text, judged anew; `place` is the comment and its thread, locked."""
    (comment, thread), at = place, clock.now()
    was_waiting = await drop_waiting_edit(session, comment.id)
    if text == comment.body_source:
        if was_waiting:
            await _nothing_waits(session, comment, at)
        return comment
    edit = CommentEdit(
        comment_id=comment.id, at=at, user_id=user_id, body_source=text, body_html=html,
        is_waiting=comment.is_approved,
    )  # fmt: skip
    session.add(edit)
    await session.flush()
    if not comment.is_approved:
        await replace_text(session, comment, thread, edit, at)
    case = await find_case(session, comment.kind, comment.id)
    if asks_others and case is not None:
        case.check_state, case.akismet, case.tries = Check.WAITING, "", 0
        # At once, and whoever asks about the old text just now asks in vain.
        case.retry_at = None
        comment.version += 1
        record(session, CheckWanted(comment_id=comment.id))
        return comment
    # What was said of the old text says nothing of this one.
    return await judge_again(session, site, comment.id, hook="")


async def _nothing_waits(session: AsyncSession, comment: Comment, at: datetime) -> None:
    """It says again what is shown: nobody need read it."""
    case = await find_case(session, comment.kind, comment.id)
    comment.version += 1
    if case is not None and case.tab == Tab.NEEDS:
        move_case(session, case, Tab.RECENT, at)
        case.check_state, case.retry_at = Check.DONE, None


async def withdraw_own(session: AsyncSession, comment_id: int) -> Comment:
    """Take it back: gone from the page at once, and for good in a month. Raises NotFound, Forbidden.

    Of a comment under a post, or of what was said in a group by whoever knows its own page.
    """
    comment, thread = await locked_comment(session, comment_id)
    require(may_change_own(comment, clock.now()))
    if thread.topic_id is not None:
        topic = await session.get_one(Topic, thread.topic_id, populate_existing=True)
        require(may_go(topic, comment))
    return await withdraw(session, comment, thread)


async def withdraw(session: AsyncSession, comment: Comment, thread: Thread) -> Comment:
    """The same once it is known that one may; comment and thread are locked. Moderators see whose wish it was."""
    was = comment.status
    await drop_waiting_edit(session, comment.id)
    await take_back(session, comment, thread)
    entry = Decision(
        at=comment.decided_at or clock.now(), user_id=comment.user_id, kind=comment.kind,
        item_id=comment.id, verb=WITHDRAW, was=was, became=comment.status, version=comment.version,
        author_key_id=comment.author_key_id,
    )  # fmt: skip
    session.add(entry)
    await session.flush()
    case = await find_case(session, comment.kind, comment.id)
    if case is None:
        # It came in before there was a queue; what keeps it out of sight stands there.
        case = await open_case(session, case_of(comment, thread))
    put_reason(case, WITHDRAWN, _("Its author has withdrawn it."))
    # It is gone, as whoever reported it wished.
    await answer_reports(
        session,
        (comment.kind, comment.id),
        is_upheld=True,
        by=None,
        decision_id=entry.id,
        at=entry.at,
    )
    return comment


async def take_back(session: AsyncSession, comment: Comment, thread: Thread) -> Comment:
    """Remove a comment as its author's own wish; it and its thread are locked."""
    at = clock.now()
    author, was = await locked_author(session, comment.author_key_id), comment.status
    await change_status(session, comment, thread, CommentStatus.REMOVED, at)
    # It counts neither for nor against them.
    count_author(author, was, "", written_at=comment.created_at, at=at)
    case = await locked_case(session, comment.kind, comment.id)
    if case is not None:
        move_case(session, case, Tab.REMOVED, at)
        case.check_state, case.retry_at = Check.DONE, None
    return comment


async def follow_own(session: AsyncSession, comment_id: int) -> None:
    """Be told by mail of answers to it. Raises NotFound."""
    comment, _thread = await locked_comment(session, comment_id)
    record(session, FollowAsked(comment_id=comment.id))


async def confirm_author(
    session: AsyncSession, secrets: Secrets, site: SiteRow, comment_id: int, user_id: int | None
) -> Comment:
    """The owner of its address has said by a mailed link that they wrote it: from now on it counts as theirs.

    `user_id` is whose account has that address, if anybody's. Raises NotFound.
    """
    at = clock.now()
    comment, _thread = await locked_comment(session, comment_id)
    key = (
        key_of_member(secrets, user_id)
        if user_id is not None
        else key_of_email(secrets, comment.author_email)
    )
    before = await locked_author(session, comment.author_key_id)
    author = await author_of_key(session, key, at)
    case = await find_case(session, comment.kind, comment_id)
    counted = counts_as(case, comment.status)
    count_author(before, counted, "", written_at=comment.created_at, at=at)
    count_author(author, "", counted, written_at=comment.created_at, at=at)
    author.user_id = author.user_id or user_id
    comment.author_key_id = author.id
    if case is None:
        return comment
    case.author_key_id, case.is_proved = author.id, True
    if case.check_state == Check.WAITING:
        return comment
    return await judge_again(session, site, comment_id)
