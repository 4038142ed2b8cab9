"""Whoever wrote a comment appeals, once, against its removal; somebody else than who removed it looks again.

An appeal stands in the queue as the comment's own case, among what needs a person. Every decision
about the comment answers it: what is not removed any more was appealed against with success.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.accounts.queries import MODERATES
from app.core import clock
from app.core.db import BigId
from app.core.errors import AppError, Conflict, Forbidden, Gone, Invalid
from app.core.events import record
from app.core.i18n import _
from app.core.prepared import Prepared
from app.core.rows import flush_changes
from app.core.text import clean_text
from app.discussions.events import AppealMade
from app.discussions.models import Appeal, AppealState, Comment, CommentStatus, Section
from app.discussions.showing import locked_comment
from app.groups.models import Membership
from app.groups.queries import keeps_group
from app.moderation.authors import locked_author
from app.moderation.cases import drop_reason, locked_case, move_case, put_reason
from app.moderation.log import WITHDRAW
from app.moderation.models import Case, Decision, Tab

LASTS = timedelta(days=14)
LONGEST = 2_000
# On the case, as long as the appeal waits.
APPEALED = "appealed"
# More is hardly ever decided about one comment.
_REMEMBERED = 50
_ANSWERED = Prepared(
    select(Appeal.id).where(Appeal.answer_id == bindparam("answer", type_=BigId)).limit(1)
)


class NotYours(Forbidden):
    """403: the appeal is for another moderator."""


async def appeal(
    session: AsyncSession, comment_id: int, text: str, *, against: int | None = None
) -> Appeal:
    """Have a removal looked at once more; `against` is the decision a mailed link is about.

    Raises NotFound, Invalid for no text or too long a one, and Conflict, Forbidden or Gone where there
    is nothing to appeal against (any more).
    """
    text = clean_text(text).strip()
    if not 0 < len(text) <= LONGEST:
        raise Invalid(_("An appeal has 1 to 2,000 characters."))
    comment, _thread = await locked_comment(session, comment_id)
    await locked_author(session, comment.author_key_id)
    case = await locked_case(session, comment.kind, comment.id)
    removal, at = await removal_of(session, comment), clock.now()
    earlier = await appeal_against(session, removal)
    if refusal := why_not(comment, removal, earlier, at):
        raise refusal
    if case is None or removal is None or against not in (None, removal.id):
        raise Conflict(
            _("This has been decided about anew since. The newest letter has a link, too.")
        )
    made = Appeal(comment_id=comment.id, decision_id=removal.id, text=text, at=at)
    session.add(made)
    await session.flush()
    _mark(session, case, made)
    record(session, AppealMade(comment_id=comment.id))
    return made


async def removal_of(session: AsyncSession, comment: Comment) -> Decision | None:
    """The decision by which a person removed a comment that is removed; not of spam, nor of what was withdrawn."""
    if comment.status != CommentStatus.REMOVED or comment.section != Section.COMMENTS:
        return None
    query = (
        select(Decision)
        .where(
            Decision.kind == comment.kind,
            Decision.item_id == comment.id,
            Decision.became != "",
        )
        .order_by(Decision.id.desc())
        .limit(_REMEMBERED)
    )
    entries = (await session.scalars(query)).all()
    if not entries or entries[0].became != CommentStatus.REMOVED or entries[0].verb == WITHDRAW:
        return None
    if comment.decided_at is not None and comment.decided_at > entries[0].at:
        # Its author took it back since, when nobody logged that yet.
        return None
    removal = next((entry for entry in entries if removes(entry)), None)
    if removal is None or removal.was == CommentStatus.SPAM or not removal.is_by_person:
        return None
    by_themselves = removal.user_id is not None and removal.user_id == comment.user_id
    return None if by_themselves else removal


def removes(decision: Decision) -> bool:
    """Whether something was taken away by a decision, which was there before."""
    return decision.verb == "remove" and decision.was != CommentStatus.REMOVED


async def appeal_against(session: AsyncSession, removal: Decision | None) -> Appeal | None:
    """The appeal against a removal, whatever became of it."""
    if removal is None:
        return None
    query = select(Appeal).where(Appeal.decision_id == removal.id)
    found: Appeal | None = await session.scalar(query)
    return found


def why_not(
    comment: Comment, removal: Decision | None, earlier: Appeal | None, at: datetime
) -> AppError | None:
    """Why there is nothing to appeal against; None where there is."""
    if comment.status != CommentStatus.REMOVED:
        return Conflict(_("This comment is not removed any more."))
    if removal is None:
        return Forbidden(_("There is nothing to appeal against: no moderator has removed this."))
    if earlier is not None:
        return Conflict(_("There was an appeal already. It can be made once."))
    if at - removal.at > LASTS:
        return Gone(_("An appeal can be made for 14 days after a comment was removed."))
    return None


def is_appealed(case: Case) -> bool:
    """Whether an appeal waits to be answered."""
    return f" {APPEALED} " in case.reason_codes


def is_not_appealed() -> ColumnElement[bool]:
    """The cases that may be decided about by the hundred: an appeal is read by itself."""
    return not_(Case.reason_codes.contains(f" {APPEALED} ", autoescape=True))


async def waiting_appeal(session: AsyncSession, actor: Actor, case: Case) -> Appeal | None:
    """The appeal that a decision about a case would answer, if one waits.

    Raises NotYours for whoever removed the comment or wrote it, as long as there is another moderator.
    """
    if not is_appealed(case):
        return None
    query = (
        select(Appeal, Decision.user_id, Comment.user_id)
        .join(Decision, Decision.id == Appeal.decision_id)
        .join(Comment, Comment.id == Appeal.comment_id)
        .where(Appeal.comment_id == case.item_id, Appeal.state == AppealState.WAITING)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    found, remover, author = row
    if actor.user_id is not None and actor.user_id in (remover, author):
        involved = [one for one in (remover, author) if one is not None]
        if await is_another_moderator(session, involved, case.group_id):
            raise NotYours(_("You have a part in this: another moderator answers the appeal."))
    waiting: Appeal = found
    return waiting


def answer(found: Appeal | None, case: Case, entry: Decision, written_at: datetime) -> None:
    """A decision was made, and is in the log: whatever it was, the appeal is answered by it."""
    if found is None:
        return
    is_gone = entry.became in (CommentStatus.REMOVED, CommentStatus.SPAM)
    found.state = AppealState.REJECTED if is_gone else AppealState.ACCEPTED
    found.answer_id = entry.id
    drop_reason(case, APPEALED)
    case.arrived_at = written_at


async def appeal_answered_by(session: AsyncSession, decision_id: int) -> Appeal | None:
    """The appeal that a decision has answered."""
    await flush_changes(session)
    rows = await _ANSWERED.rows(session, {"answer": decision_id})
    return await session.get(Appeal, rows[0][0]) if rows else None


async def reopen(session: AsyncSession, case: Case, decision: Decision) -> None:
    """The answer was taken back: the appeal waits once more."""
    found = await appeal_answered_by(session, decision.id)
    if found is None or decision.was != CommentStatus.REMOVED:
        return
    found.state, found.answer_id = AppealState.WAITING, None
    _mark(session, case, found)


def _mark(session: AsyncSession, case: Case, made: Appeal) -> None:
    put_reason(case, APPEALED, _("Its author appeals against its removal."))
    move_case(session, case, Tab.NEEDS, clock.now())
    # From here on it waits; the comment knows when it was written.
    case.arrived_at = made.at


async def is_another_moderator(
    session: AsyncSession, involved: list[int], group_id: int | None
) -> bool:
    """Whether there is somebody else to whom the case is given, in its group or on the whole site."""
    can_come_in = (User.password_hash != "") | (User.email != "")
    keeps = select(Membership.user_id).where(
        Membership.group_id == group_id, keeps_group(Membership, clock.now())
    )
    decides = or_(MODERATES, User.id.in_(keeps))
    query = select(User.id).where(decides, can_come_in, User.id.not_in(involved)).limit(1)
    return await session.scalar(query) is not None
