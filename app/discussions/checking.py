"""Akismet and an owner's own program are asked about what came in; it is judged by that and all that is known."""

from dataclasses import dataclass
from datetime import datetime

import anyio
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.errors import NotFound
from app.core.jobs import Tools
from app.discussions.judging import judge_again
from app.discussions.questions import questions_about
from app.discussions.showing import locked_comment
from app.moderation.akismet.client import Akismet, Unavailable
from app.moderation.akismet.question import Question
from app.moderation.akismet.waiting import put_off, take_waiting
from app.moderation.cases import find_case
from app.moderation.models import Check
from app.site.queries import get_site

# What one worker has in hand at a time.
_IN_HAND = 20
_UNAVAILABLE = "unavailable"
_NOT_ASKED = ""


@dataclass(frozen=True)
class _Asked:
    """A comment that is being asked about, by this worker until that time."""

    kind: str
    comment_id: int
    until: datetime
    question: Question
    # Whether it was judged before, when Akismet could not be asked: a hook has been asked then, and is no more.
    is_again: bool


async def check_waiting(tools: Tools, service: Akismet) -> None:
    """Ask about everything that is due. Without a key they are judged without Akismet's answer."""
    while in_hand := await _take(tools):
        async with anyio.create_task_group() as tasks:
            for asked in in_hand:
                tasks.start_soon(_check, tools, service, asked)


async def _take(tools: Tools) -> list[_Asked]:
    async with tools.work.unit_of_work() as db:
        cases = await take_waiting(db, clock.now(), most=_IN_HAND)
        ids = [case.item_id for case in cases]
        questions = await questions_about(db, tools.settings, ids) if ids else {}
        for case in cases:
            if case.item_id not in questions:
                # What it was about is gone.
                case.check_state, case.retry_at = Check.DONE, None
        return [
            _Asked(
                case.kind, case.item_id, case.retry_at, questions[case.item_id],
                is_again=case.check_state == Check.UNAVAILABLE,
            )
            for case in cases
            if case.retry_at is not None
        ]  # fmt: skip


async def _check(tools: Tools, service: Akismet, asked: _Asked) -> None:
    answer = _NOT_ASKED
    if tools.settings.akismet_key:
        try:
            answer = await service.opinion_on(asked.question)
        except Unavailable:
            answer = _UNAVAILABLE
    hook = None if asked.is_again else await tools.second_opinion(tools, asked.comment_id)
    async with tools.work.unit_of_work() as db:
        await _hear(db, asked, answer, hook)


async def _hear(session: AsyncSession, asked: _Asked, answer: str, hook: str | None) -> None:
    try:
        # Whoever changes a case has locked its thread before.
        await locked_comment(session, asked.comment_id)
    except NotFound:
        return
    case = await find_case(session, asked.kind, asked.comment_id)
    if case is None:
        return
    if case.check_state == Check.DONE or case.retry_at != asked.until:
        # Decided by a person meanwhile, which stays so; or edited, and about to be asked about again.
        if case.check_state == Check.DONE and answer != _UNAVAILABLE:
            case.akismet = answer or case.akismet
        return
    if answer == _UNAVAILABLE:
        was_known = case.check_state == Check.UNAVAILABLE
        put_off(case, clock.now())
        if was_known:
            # Judged without an answer already.
            return
    elif answer == _NOT_ASKED:
        case.check_state = Check.DONE
    await judge_again(session, await get_site(session), asked.comment_id, answer, hook=hook)
    if answer != _UNAVAILABLE:
        case.check_state, case.retry_at = Check.DONE, None
