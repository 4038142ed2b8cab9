"""A decision is taken back: everything is as it was before, and the log says so."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.db import BigId, UtcDateTime
from app.core.errors import Conflict, NotFound
from app.core.i18n import _
from app.core.prepared import Prepared
from app.discussions.appeals import answer, reopen, waiting_appeal
from app.discussions.deciding import BECOMES, SHOWS, locked_matter, settle, write_down
from app.discussions.edits import latest_edit, restore_text
from app.discussions.lessons import unlearn
from app.discussions.matters import Matter, require_not_withdrawn
from app.discussions.models import Comment, CommentStatus
from app.discussions.verbs import said_of
from app.moderation.authors import TRUSTED_DAYS
from app.moderation.cases import move_case
from app.moderation.doubt import Signs, doubt_of
from app.moderation.log import AUTHOR, last_decision
from app.moderation.models import AuthorKey, Case, Decision, Tab
from app.moderation.reports import reopen_reports
from app.moderation.sampling import forget_answer
from app.moderation.standing import undo_standing

_THEIRS = Comment.author_key_id == bindparam("author", type_=BigId)
_LAST_SPAM = Prepared(
    select(func.max(Comment.decided_at)).where(_THEIRS, Comment.status == CommentStatus.SPAM)
)
_FIRST_APPROVED = Prepared(
    select(func.min(Comment.created_at)).where(
        _THEIRS,
        Comment.status == CommentStatus.APPROVED,
        Comment.created_at >= bindparam("since", type_=UtcDateTime()),
    )
)


async def undo(session: AsyncSession, actor: Actor, decision_id: int) -> Decision:
    """Take a decision back, as long as nobody has decided otherwise since. Returns the reversal.

    Raises NotFound, Forbidden, and Conflict where something else has happened in between.
    """
    decision = await session.get(Decision, decision_id)
    if decision is None:
        raise NotFound(_("There is no such decision."))
    if decision.kind == AUTHOR:
        return await undo_standing(session, actor, decision)
    if decision.verb not in (*BECOMES, "undo") or not decision.was:
        raise Conflict(_("This can't be taken back here."))
    matter = await locked_matter(session, actor, decision.item_id)
    await _require_newest(session, matter.comment, decision)
    if decision.was in SHOWS:
        require_not_withdrawn(matter.case)
    return await _take_back(session, actor, matter, decision)


async def _require_newest(session: AsyncSession, comment: Comment, decision: Decision) -> None:
    if comment.version == decision.version:
        return
    last = await last_decision(session, comment.kind, comment.id)
    if last is None or last.decision.id == decision.id:
        raise Conflict(_("This has changed since you saw it. It is shown here as it is now."))
    raise Conflict(said_of(last.decision, last.name or _("Somebody"), clock.now()))


async def _take_back(
    session: AsyncSession, actor: Actor, matter: Matter, decision: Decision
) -> Decision:
    comment, at = matter.comment, clock.now()
    status, status_before = CommentStatus(decision.was), comment.status_before
    entry = Decision(
        at=at, user_id=actor.user_id, kind=decision.kind, item_id=comment.id, verb="undo",
        was=comment.status, became=status, reverses_id=decision.id, batch_id=decision.batch_id,
        author_key_id=comment.author_key_id,
    )  # fmt: skip
    unlearn(entry, decision)
    appeal = await waiting_appeal(session, actor, matter.case)
    await _take_back_text(session, matter, decision)
    await settle(session, matter, status, at)
    # What it goes back to once it is not removed any more is known as before, or not asked for.
    is_restored = decision.became == CommentStatus.REMOVED != decision.was
    comment.status_before = "" if is_restored else status_before
    if comment.approved_at == decision.at and status != CommentStatus.APPROVED:
        # It was never approved before.
        comment.approved_at = None
    await session.flush()
    if matter.author is not None:
        await _remember_anew(session, matter.author)
    _doubt_again(matter)
    await forget_answer(session, matter.case.id)
    await write_down(session, matter, entry)
    answer(appeal, matter.case, entry, comment.created_at)
    await reopen(session, matter.case, decision)
    if status == CommentStatus.APPROVED and await reopen_reports(session, decision.id):
        move_case(session, matter.case, Tab.REPORTED, at)
        await session.flush()
    return entry


async def _take_back_text(session: AsyncSession, matter: Matter, decision: Decision) -> None:
    """Where the decision let a new text take the place of an older one, that waits once more."""
    if decision.became != CommentStatus.REMOVED and matter.comment.edited_at == decision.at:
        edit = await latest_edit(session, matter.comment.id)
        if edit is not None:
            await restore_text(session, matter.comment, matter.thread, edit)


def _doubt_again(matter: Matter) -> None:
    """What stands in spam by the program's verdict alone is a likely mistake once more."""
    case, author = matter.case, matter.author
    if case.tab != Tab.SPAM or not case.reasons:
        return
    if case.akismet == "discard":
        case.doubt = 0.0
        return
    case.doubt = doubt_of(signs_of(case, matter.comment, author))


def signs_of(case: Case, comment: Comment, author: AuthorKey | None) -> Signs:
    """What speaks for and against a comment that was taken for spam."""
    return Signs(
        is_proved=case.is_proved,
        approved=author.approved if author else 0,
        links=case.links,
        length=len(comment.body_source),
        score=case.score,
        akismet=case.akismet,
    )


async def _remember_anew(session: AsyncSession, author: AuthorKey) -> None:
    """What an author is trusted for, read from their comments: a slip of a finger leaves no mark."""
    ((author.last_spam_at,),) = await _LAST_SPAM.rows(session, {"author": author.id})
    author.approved_days = await _approved_days(session, author)
    await session.flush()


async def _approved_days(session: AsyncSession, author: AuthorKey) -> list[str]:
    """The first days on which they wrote something that is approved, each found by one step."""
    days: list[str] = []
    since = datetime(1, 1, 1, tzinfo=UTC)
    while len(days) < TRUSTED_DAYS:
        values = {"author": author.id, "since": since}
        ((first,),) = await _FIRST_APPROVED.rows(session, values)
        if first is None:
            break
        days.append(f"{first:%Y-%m-%d}")
        since = datetime.combine(first.date(), time(), UTC) + timedelta(days=1)
    return days
