"""Promises that both sides have said yes to before: what came of an ask, an offer or an introduction."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.i18n import _
from app.networking.introductions.events import WriteFirstPromised
from app.networking.promises.actions import Step, become
from app.networking.promises.dates import today_in
from app.networking.promises.making import zone_of
from app.networking.promises.models import LONGEST_TEXT, Promise, SourceKind
from app.networking.promises.moves import Act, Part, State

# Whoever was introduced writes first.
WRITES_WITHIN = timedelta(days=3)


async def agree(
    session: AsyncSession,
    promiser_id: int,
    promisee_id: int,
    text: str,
    due_on: date,
    source: tuple[SourceKind, int],
) -> Promise:
    """Write down a promise that is open from the beginning, as both agreed to it elsewhere."""
    at, zone = clock.now(), await zone_of(session, promiser_id)
    kind, source_id = source
    promise = Promise(
        promiser_id=promiser_id, promisee_id=promisee_id, by_promiser=True, goes_nowhere=False,
        text=text[:LONGEST_TEXT], due_on=due_on, zone=zone, source_kind=kind, source_id=source_id,
        state=State.OFFERED, made_at=at, version=0, moves=0, not_yets=0, reminders=0,
    )  # fmt: skip
    session.add(promise)
    await session.flush()
    become(session, promise, State.OPEN, Step(Act.ACCEPT, Part.PROMISEE, at))
    await session.flush()
    return promise


async def promise_to_write(session: AsyncSession, event: WriteFirstPromised) -> None:
    """Whoever asked to be introduced promises to write first."""
    due_on = today_in(await zone_of(session, event.user_id), clock.now()) + WRITES_WITHIN
    source = SourceKind.INTRODUCTION, event.introduction_id
    await agree(session, event.user_id, event.to_id, _("I write first."), due_on, source)
