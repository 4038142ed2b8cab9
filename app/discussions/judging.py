"""From a judgement to rows: the comment's status, its case, its author's counts, and who is told."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import record
from app.discussions.edits import replace_text, waiting_edit
from app.discussions.events import CommentArrived, CommentFiled
from app.discussions.matters import Matter
from app.discussions.models import Comment, CommentEdit, CommentStatus
from app.discussions.showing import change_status, locked_comment
from app.moderation.authors import count_author_now, is_trusted, locked_author
from app.moderation.cases import find_case, move_case
from app.moderation.doubt import Signs, doubt_of
from app.moderation.facts import gather_facts
from app.moderation.models import Case, Check, Standing, Tab
from app.moderation.opinions import local_opinion
from app.moderation.pipeline import judge, kept_of
from app.moderation.submission import Author, Facts, Submission
from app.moderation.verdicts import Judgement, Outcome
from app.site.models import SiteRow

TABS = {Outcome.APPROVED: Tab.RECENT, Outcome.PENDING: Tab.NEEDS, Outcome.SPAM: Tab.SPAM}


def write_reasons(case: Case, submission: Submission, facts: Facts, judgement: Judgement) -> None:
    """Keep on the case why it was judged so, and what lists are ordered by."""
    case.reasons, case.reason_codes = judgement.reasons, judgement.reason_codes[:500]
    case.score = facts.learned.score if facts.learned else None
    case.akismet = facts.akismet if facts.akismet != "unavailable" else case.akismet or ""
    case.links = len(submission.links)
    case.is_proved = facts.author.is_proved
    signs = Signs(
        is_proved=facts.author.is_proved,
        approved=facts.author.approved,
        links=len(submission.links),
        length=len(submission.text),
        score=case.score,
        akismet=case.akismet,
    )
    case.doubt = doubt_of(signs) if judgement.outcome == Outcome.SPAM else 0.0


async def settle(session: AsyncSession, matter: Matter, judgement: Judgement, at: datetime) -> None:
    """Do with a comment as it was judged; nothing is told twice."""
    move_case(session, matter.case, tab_of(judgement), at)
    await carry_out(session, matter, judgement, at)


def tab_of(judgement: Judgement) -> Tab:
    """Where in the console a case stands that was judged so."""
    return Tab.BLATANT if judgement.is_blatant else TABS[judgement.outcome]


async def carry_out(
    session: AsyncSession, matter: Matter, judgement: Judgement, at: datetime
) -> None:
    """Give a comment its status, and say so, for a case that stands where it should."""
    comment, was = matter.comment, matter.comment.status
    became = CommentStatus(judgement.outcome)
    await change_status(session, comment, matter.thread, became, at)
    await count_author_now(
        session, matter.author, was, became, written_at=comment.created_at, at=at
    )
    if judgement.outcome == Outcome.PENDING:
        record(session, CommentArrived(comment_id=comment.id))
    elif judgement.outcome == Outcome.SPAM:
        record(session, CommentFiled(comment_id=comment.id))


async def judge_again(
    session: AsyncSession,
    site: SiteRow,
    comment_id: int,
    akismet: str = "",
    *,
    hook: str | None = None,
) -> Comment:
    """Judge a comment that waits, by what is known now; `akismet` is an answer, or `unavailable`.

    `hook` is what an owner's program says, empty for nothing; None: what it said before.
    What a person has decided meanwhile stays as it is. Raises NotFound.
    """
    comment, thread = await locked_comment(session, comment_id)
    author = await locked_author(session, comment.author_key_id)
    case = await find_case(session, comment.kind, comment.id)
    if case is None:
        return comment
    matter, edit = Matter(thread, comment, author, case), await waiting_edit(session, comment.id)
    if edit is None and not _is_open(matter):
        case.akismet = akismet if akismet != "unavailable" else case.akismet
        return comment
    if not akismet and case.check_state == Check.UNAVAILABLE:
        # Something else has changed; it still could not be asked.
        akismet = "unavailable"
    submission = submission_from(comment, edit)
    facts = await _facts_now(session, site, matter, submission, akismet or case.akismet, hook or "")
    kept = kept_of(case.reasons, of_hook=hook is None)
    judgement = judge(submission, facts, kept=kept)
    write_reasons(case, submission, facts, judgement)
    case.check_state = Check.UNAVAILABLE if akismet == "unavailable" else Check.DONE
    if edit is not None:
        await settle_edit(session, matter, edit, judgement, clock.now())
    else:
        await settle(session, matter, judgement, clock.now())
    return comment


def _is_open(matter: Matter) -> bool:
    """Whether no person has decided about it: it waits, or was published while nobody could be asked."""
    was_published_unasked = (
        matter.comment.is_approved and matter.case.check_state == Check.UNAVAILABLE
    )
    return matter.comment.status == CommentStatus.PENDING or was_published_unasked


async def settle_edit(
    session: AsyncSession, matter: Matter, edit: CommentEdit, judgement: Judgement, at: datetime
) -> None:
    """A new text of a comment that is shown: it takes its place, or waits while the old one stays."""
    if judgement.outcome == Outcome.APPROVED:
        await replace_text(session, matter.comment, matter.thread, edit, at)
        move_case(session, matter.case, Tab.RECENT, at)
        return
    move_case(session, matter.case, Tab.NEEDS, at)
    # Whoever has seen the text that waited before has not seen this one.
    matter.comment.version += 1
    record(session, CommentArrived(comment_id=matter.comment.id))


def submission_from(comment: Comment, edit: CommentEdit | None = None) -> Submission:
    """What was sent, out of what is kept of it; with the new text of an edit that waits."""
    return Submission(
        text=edit.body_source if edit else comment.body_source,
        html=edit.body_html if edit else comment.body_html,
        name=comment.author_name,
        email=comment.author_email,
        url=comment.author_url,
        kind=comment.kind,
        user_id=comment.user_id,
        address=comment.author_ip,
        agent=comment.author_agent,
        referrer=comment.referrer,
    )


async def _facts_now(
    session: AsyncSession,
    site: SiteRow,
    matter: Matter,
    submission: Submission,
    akismet: str,
    hook: str,
) -> Facts:
    at, row, codes = clock.now(), matter.author, matter.case.reason_codes.split()
    author = Author(
        is_staff_here="staff" in codes,
        is_proved=matter.case.is_proved,
        approved=row.approved if row else 0,
        is_trusted=is_trusted(row, at) if row else False,
        standing=row.standing if row else Standing.OPEN,
        uses_members_address="members_address" in codes and not matter.case.is_proved,
    )
    learned = await local_opinion(session, submission, akismet)
    return await gather_facts(
        session, site, submission, author, at=at, said_elsewhere=int("said_before" in codes),
        learned=learned, akismet=akismet, hook=hook,
        is_new_here="new_here" in codes if matter.thread.group_id else None,
    )  # fmt: skip
