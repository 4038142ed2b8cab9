"""Rounds of questions to Akismet: what waits for its opinion first, then what it is to be told."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.jobs import Tools, enqueue, job
from app.discussions.checking import check_waiting
from app.discussions.correcting import (
    correct_waiting,
    next_correction_at,
    wake_corrections,
    write_correction,
)
from app.discussions.events import CheckWanted, CommentDecided
from app.moderation.akismet.client import Akismet, open_akismet
from app.moderation.akismet.health import akismet_state, note_health
from app.moderation.akismet.waiting import next_check_at, wake


async def want_check(session: AsyncSession, event: CheckWanted) -> None:
    """Have Akismet asked what it thinks of a comment."""
    await _want_round(session)


async def note_correction(session: AsyncSession, event: CommentDecided) -> None:
    """Have Akismet told that it was mistaken, where it was."""
    if await write_correction(session, event.decision_id):
        await _want_round(session)


@job("ask_akismet")
async def ask_akismet(tools: Tools) -> None:
    """Ask and tell everything that waits; one round is for all of it, and arranges the next."""
    has_key = bool(tools.settings.akismet_key)
    async with open_akismet(tools.settings) as service:
        await check_waiting(tools, service)
        if has_key:
            await correct_waiting(tools, service)
    async with tools.work.unit_of_work() as db:
        if service.was_asked:
            await _note_round(db, service)
        await _arrange_next(db, has_key=has_key)


async def _note_round(session: AsyncSession, service: Akismet) -> None:
    """Keep how it went. The first answer after a failure wakes everything that sleeps."""
    at = clock.now()
    before = await akismet_state(session)
    await note_health(session, service.trouble, at)
    if before.trouble and not service.trouble:
        await wake(session, at)
        await wake_corrections(session, at)


async def _arrange_next(session: AsyncSession, *, has_key: bool) -> None:
    moments = [await next_check_at(session)]
    if has_key:
        moments.append(await next_correction_at(session))
    due = [moment for moment in moments if moment is not None]
    if due:
        await _want_round(session, max(min(due) - clock.now(), timedelta()))


async def _want_round(session: AsyncSession, delay: timedelta = timedelta()) -> None:
    await enqueue(session, ask_akismet, delay=delay, once="ask_akismet")
