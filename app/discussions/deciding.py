"""A person decides about a comment: status, counts, queue, log and lesson, all or nothing."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.policy import may_moderate_under
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Invalid
from app.core.events import record
from app.core.i18n import _
from app.discussions.appeals import answer, waiting_appeal
from app.discussions.edits import drop_waiting_edit, replace_text, waiting_edit
from app.discussions.events import CommentDecided
from app.discussions.lessons import lesson_of, write_lesson
from app.discussions.matters import Matter, counts_as, require_not_withdrawn
from app.discussions.models import Comment, CommentEdit, CommentStatus, Section, Thread
from app.discussions.reach import may_decide_in_group
from app.discussions.showing import change_status, locked_comment, touched_by
from app.discussions.verbs import said_of
from app.moderation.authors import count_author, locked_author
from app.moderation.cases import locked_case, move_case, open_case
from app.moderation.log import last_decision
from app.moderation.models import Case, Check, Decision, Tab
from app.moderation.reports import answer_reports
from app.moderation.sampling import answer_sample
from app.posts.models import PostAuthor

BECOMES: dict[str, CommentStatus] = {
    "approve": CommentStatus.APPROVED,
    "hold": CommentStatus.PENDING,
    "spam": CommentStatus.SPAM,
    "remove": CommentStatus.REMOVED,
}
TABS: dict[CommentStatus, Tab] = {
    CommentStatus.PENDING: Tab.NEEDS,
    CommentStatus.APPROVED: Tab.RECENT,
    CommentStatus.SPAM: Tab.SPAM,
    CommentStatus.REMOVED: Tab.REMOVED,
}
# What is shown, or waits to be.
SHOWS = frozenset({CommentStatus.APPROVED, CommentStatus.PENDING})


async def decide(
    session: AsyncSession,
    actor: Actor,
    comment_id: int,
    verb: str,
    *,
    version: int | None = None,
    reason: str = "",
    note: str = "",
    batch_id: int | None = None,
) -> tuple[Comment, Decision | None]:
    """Approve, hold, remove or call spam; no Decision where nothing was left to decide.

    `version` is the one the moderator saw. Raises NotFound, Forbidden, NotYours for an appeal that
    another answers, Conflict where somebody was faster, and Withdrawn.
    """
    if verb not in BECOMES:
        raise Invalid(_("There is no such decision."))
    matter = await locked_matter(session, actor, comment_id)
    await require_version(session, matter.comment, version)
    status, at = BECOMES[verb], clock.now()
    if status in SHOWS:
        require_not_withdrawn(matter.case)
    edit = await waiting_edit(session, comment_id)
    appeal = await waiting_appeal(session, actor, matter.case)
    if matter.comment.status == status and not (edit or appeal or _confirms(matter, status)):
        return matter.comment, None
    entry = Decision(
        at=at, user_id=actor.user_id, kind=matter.case.kind, item_id=comment_id, verb=verb,
        was=matter.comment.status, became=status, reason=reason, note=note.strip(), batch_id=batch_id,
        author_key_id=matter.comment.author_key_id,
    )  # fmt: skip
    if edit is not None:
        await _settle_edit(session, matter, edit, status, at)
    write_lesson(entry, await lesson_of(session, matter.comment, matter.case, status, at))
    await settle(session, matter, status, at)
    # A person has looked at it: it is no likely mistake any more.
    matter.case.doubt = 0.0
    await answer_sample(session, matter.case.id, was_mistake=status != CommentStatus.SPAM, at=at)
    await write_down(session, matter, entry)
    answer(appeal, matter.case, entry, matter.comment.created_at)
    await _answer_reports(session, matter, entry)
    return matter.comment, entry


async def _answer_reports(session: AsyncSession, matter: Matter, entry: Decision) -> None:
    """What is taken away, if only to be held, was rightly reported; what stays was not."""
    if entry.was != CommentStatus.APPROVED:
        # Only what is shown can be reported.
        return
    is_upheld, about = entry.became != CommentStatus.APPROVED, (entry.kind, entry.item_id)
    await answer_reports(
        session, about, is_upheld=is_upheld, by=entry.user_id, decision_id=entry.id, at=entry.at
    )


async def _settle_edit(
    session: AsyncSession, matter: Matter, edit: CommentEdit, status: CommentStatus, at: datetime
) -> None:
    """A new text waits: what was decided is about that one, which the moderator saw."""
    if status == CommentStatus.REMOVED:
        await drop_waiting_edit(session, matter.comment.id)
    elif status != CommentStatus.PENDING:
        await replace_text(session, matter.comment, matter.thread, edit, at)


async def locked_matter(session: AsyncSession, actor: Actor, comment_id: int) -> Matter:
    """A comment with all that hangs on it, locked in the order everybody keeps to.

    Raises NotFound, or Forbidden where the actor may not decide about it.
    """
    comment, thread = await locked_comment(session, comment_id)
    await require_decider(session, actor, thread, comment)
    author = await locked_author(session, comment.author_key_id)
    case = await locked_case(session, comment.kind, comment.id)
    if case is None:
        case = await open_case(session, case_of(comment, thread))
    return Matter(thread, comment, author, case)


async def require_decider(
    session: AsyncSession, actor: Actor, thread: Thread, comment: Comment | None = None
) -> None:
    """Refuse whoever may not decide about what is said in a thread. Raises Forbidden, SignInNeeded."""
    if thread.group_id is not None and not actor.is_owner:
        require(await may_decide_in_group(session, actor, thread, comment))
        return
    authors: set[int] = set()
    if not actor.moderates and actor.user_id is not None:
        query = select(PostAuthor.user_id).where(PostAuthor.post_id == thread.post_id)
        authors = set(await session.scalars(query))
    require(may_moderate_under(actor, authors))


async def require_version(session: AsyncSession, comment: Comment, version: int | None) -> None:
    """Refuse a decision about what looked otherwise when it was made. Raises Conflict."""
    if version is None or version == comment.version:
        return
    last = await last_decision(session, comment.kind, comment.id)
    if last is None or last.decision.version != comment.version:
        raise Conflict(_("This has changed since you saw it. It is shown here as it is now."))
    raise Conflict(said_of(last.decision, last.name or _("Somebody"), clock.now()))


async def settle(
    session: AsyncSession, matter: Matter, status: CommentStatus, at: datetime
) -> None:
    """Give a comment its status, and move all that counts and lists it along."""
    was = matter.comment.status
    await change_status(session, matter.comment, matter.thread, status, at)
    if was == status:
        matter.comment.version += 1
    before, after = (counts_as(matter.case, one) for one in (was, status))
    count_author(matter.author, before, after, written_at=matter.comment.created_at, at=at)
    move_case(session, matter.case, TABS[status], at)
    matter.case.check_state, matter.case.retry_at = Check.DONE, None
    matter.case.claimed_by = matter.case.claimed_at = matter.case.assigned_by = None
    matter.case.looked_by = matter.case.looked_at = None


async def write_down(session: AsyncSession, matter: Matter, entry: Decision) -> None:
    """Put a decision into the log, and tell whoever follows decisions."""
    entry.version = matter.comment.version
    session.add(entry)
    await session.flush()
    touches = touched_by(matter.thread) if matter.comment.is_shown else frozenset[str]()
    record(
        session,
        CommentDecided(comment_id=matter.comment.id, decision_id=entry.id, touches=touches),
    )


def case_of(comment: Comment, thread: Thread) -> Case:
    """The case of a comment that came in before there was a queue, or past it."""
    return Case(
        kind=comment.kind,
        item_id=comment.id,
        post_id=thread.post_id,
        group_id=thread.group_id,
        author_key_id=comment.author_key_id,
        tab=TABS[CommentStatus(comment.status)],
        arrived_at=comment.created_at,
        moved_at=comment.decided_at or comment.created_at,
        links=comment.body_html.count("<a "),
        is_proved=comment.user_id is not None,
        doubt=0.0,
    )


def _confirms(matter: Matter, status: CommentStatus) -> bool:
    """Whether to say the same again says something: that the program was right, or a report was not."""
    if matter.case.tab == Tab.REPORTED:
        return status == CommentStatus.APPROVED
    return (
        status == CommentStatus.SPAM
        and matter.case.doubt > 0
        and matter.comment.section == Section.COMMENTS
    )
