"""Akismet is told of its mistakes: a person's decision against its opinion, once, in the words it was asked in."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import anyio
from sqlalchemy import delete, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.jobs import Tools
from app.discussions.models import CommentStatus
from app.discussions.questions import first_questions_about
from app.moderation.akismet.client import AT_ONCE, Akismet, Label, Unavailable
from app.moderation.akismet.models import Correction, Sending
from app.moderation.akismet.question import Question
from app.moderation.akismet.waiting import WAITS
from app.moderation.cases import find_case
from app.moderation.models import Case, Decision

# Nobody learns from what is older than this.
LASTS = timedelta(days=3)

# Written out, not bound: SQLite uses a partial index only where the query names the same constant.
_IS_WAITING = Correction.state == literal_column("'waiting'")
_OUT = (Sending.STARTED, Sending.SENT)
_LABELS = {
    CommentStatus.APPROVED: Label.HAM,
    CommentStatus.SPAM: Label.SPAM,
    "ham": Label.HAM,
    "spam": Label.SPAM,
    "discard": Label.SPAM,
}


async def write_correction(session: AsyncSession, decision_id: int) -> bool:
    """Write down what Akismet is to be told, if it does not believe what a person decided.

    What was to be told of the same comment before, and was not yet, is forgotten.
    """
    decision = await session.get_one(Decision, decision_id)
    case = await find_case(session, decision.kind, decision.item_id)
    if case is None or not (case.akismet or case.tries):
        # It was never asked.
        return False
    comment_id, at = decision.item_id, clock.now()
    await session.execute(
        delete(Correction).where(Correction.comment_id == comment_id, _IS_WAITING)
    )
    label = _LABELS.get(decision.became)
    believed = await _believed(session, case)
    if label is None or believed in (None, label):
        return False
    session.add(
        Correction(
            comment_id=comment_id, decision_id=decision.id, label=label, written_at=at, retry_at=at
        )
    )
    return True


async def _believed(session: AsyncSession, case: Case) -> Label | None:
    """What it was told last, or said itself; where it said nothing, what the program did without it."""
    told = (
        select(Correction.label)
        .where(Correction.comment_id == case.item_id, Correction.state.in_(_OUT))
        .order_by(Correction.id.desc())
        .limit(1)
    )
    if label := await session.scalar(told):
        return Label(label)
    if case.akismet:
        return _LABELS.get(case.akismet)
    before = (
        select(Decision.was)
        .where(Decision.kind == case.kind, Decision.item_id == case.item_id, Decision.is_by_person)
        .order_by(Decision.id)
        .limit(1)
    )
    return _LABELS.get(await session.scalar(before) or "")


async def correct_waiting(tools: Tools, service: Akismet) -> None:
    """Tell everything that is due."""
    while started := await _start(tools):
        async with anyio.create_task_group() as tasks:
            for correction, question in started:
                tasks.start_soon(_send, tools, service, correction, question)


async def next_correction_at(session: AsyncSession) -> datetime | None:
    """When the next of them is due."""
    first: datetime | None = await session.scalar(
        select(func.min(Correction.retry_at)).where(_IS_WAITING)
    )
    return first


async def wake_corrections(session: AsyncSession, at: datetime) -> None:
    """Akismet can be heard again: whatever still was to be told is told now."""
    # Whoever sends one just now knows better when it is due.
    free = select(Correction.id).where(_IS_WAITING, Correction.retry_at > at)
    free = free.with_for_update(skip_locked=True)
    await session.execute(update(Correction).where(Correction.id.in_(free)).values(retry_at=at))


async def _start(tools: Tools) -> Sequence[tuple[Correction, Question]]:
    """Take the next few; from here on they count as told, unless it is known that they were not.

    Whoever dies in between may have told or not: a mistake that is never reported does less harm
    than one that is reported twice.
    """
    due = (
        select(Correction)
        .where(_IS_WAITING, Correction.retry_at <= clock.now())
        .order_by(Correction.retry_at, Correction.id)
        # No more than are on their way at the same time.
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    async with tools.work.unit_of_work() as db:
        found = (await db.scalars(due)).all()
        ids = [correction.comment_id for correction in found]
        questions = await first_questions_about(db, tools.settings, ids) if found else {}
        for correction in found:
            correction.state = Sending.STARTED
    return [(correction, questions[correction.comment_id]) for correction in found]


async def _send(tools: Tools, service: Akismet, correction: Correction, question: Question) -> None:
    trouble = ""
    try:
        await service.teach(question, Label(correction.label))
    except Unavailable as error:
        trouble = error.trouble
    async with tools.work.unit_of_work() as db:
        kept = await db.get(Correction, correction.id, with_for_update=True)
        if kept is not None:
            await _settle(db, kept, trouble)


async def _settle(session: AsyncSession, correction: Correction, trouble: str) -> None:
    at = clock.now()
    correction.tries, correction.trouble = correction.tries + 1, trouble
    if not trouble:
        correction.state, correction.sent_at = Sending.SENT, at
        return
    newer = select(Correction.id).where(
        Correction.comment_id == correction.comment_id, Correction.id > correction.id
    )
    if await session.scalar(newer.limit(1)):
        # Decided otherwise meanwhile: never told, it need not be told any more.
        await session.delete(correction)
        return
    correction.retry_at = at + WAITS[min(correction.tries, len(WAITS)) - 1]
    is_over = correction.retry_at > correction.written_at + LASTS
    correction.state = Sending.GIVEN_UP if is_over else Sending.WAITING
