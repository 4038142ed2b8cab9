"""Deliveries leave here: one at a time for each hook, so that a slow receiver waits for itself alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.errors import Unreachable
from app.core.jobs import Tools, enqueue, job
from app.core.outbound.addresses import read_allowed
from app.core.outbound.asking import HOOK, Asking, Limits, some_json
from app.core.outbound.door import Door
from app.core.outbound.turns import Budget, HostPort
from app.core.secrets import Secrets, secrets_of
from app.core.text import clean_text
from app.hooks.models import ANSWER_LENGTH, DeliveryState, Hook, HookDelivery
from app.hooks.signing import headers_of
from app.hooks.switching import switch_off_failing

# After each try that fails: a moment, an evening, a night. All of them are a day.
GAPS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 920))
SECONDS = 8.0
_GONE = 410

IS_WAITING = HookDelivery.state == literal_column("'waiting'")


@dataclass(frozen=True)
class Errand:
    """One try of one delivery."""

    id: int
    hook_id: int
    url: str
    tries: int
    body: bytes
    headers: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """What was answered; no status where nobody answered."""

    status: int | None
    answer: str

    @property
    def is_taken(self) -> bool:
        """Whether it has arrived."""
        return self.status is not None and 200 <= self.status < 300


class _OwnersChoice:
    """Turns at a server that an owner named to be told of everything: one request after the other is enough."""

    async def reserve(self, _server: HostPort, _budget: Budget) -> float:
        return 0.0

    async def claim(self, _server: HostPort, _budget: Budget, _kept_for: str) -> float:
        return 0.0

    async def count(self, _server: HostPort) -> None:
        """Nothing is counted."""

    async def until(self, _server: HostPort, _budget: Budget) -> float:
        return 0.0


async def deliver_soon(session: AsyncSession, hook_id: int, delay: timedelta | None = None) -> None:
    """Have a hook's next delivery sent. Of one hook no two jobs run at once, and all that wait are one."""
    await enqueue(session, deliver_next, delay=delay, once=f"hook {hook_id}", hook_id=hook_id)


@job("deliver_hook", asks_strangers=True)
async def deliver_next(tools: Tools, *, hook_id: int) -> None:
    """Send what is due first. What was sent and not written down, by a kill in between, is sent again
    under the same key, by which its receiver knows it."""
    async with tools.work.reading() as db:
        errand = await _next_errand(db, secrets_of(tools.settings), hook_id)
    outcome = await sent(tools, errand) if errand else None
    async with tools.work.unit_of_work() as db:
        if errand and outcome:
            await _settle(db, errand, outcome)
        wait = await _wait(db, hook_id)
        if wait is not None:
            await deliver_soon(db, hook_id, wait)


async def _next_errand(session: AsyncSession, secrets: Secrets, hook_id: int) -> Errand | None:
    query = (
        select(Hook, HookDelivery)
        .join(HookDelivery, HookDelivery.hook_id == Hook.id)
        .where(Hook.id == hook_id, Hook.is_on, IS_WAITING, HookDelivery.due_at <= clock.now())
        .order_by(HookDelivery.due_at, HookDelivery.id)
        .limit(1)
    )
    found = (await session.execute(query)).first()
    if found is None:
        return None
    hook, delivery = found
    body = delivery.body.encode()
    headers = headers_of(secrets, hook, delivery.event, delivery.key, body)
    return Errand(delivery.id, hook.id, hook.url, delivery.tries, body, headers)


async def sent(tools: Tools, errand: Errand, seconds: float = SECONDS) -> Outcome:
    """Send it, and hear what is answered within so many seconds."""
    allow = read_allowed(tools.settings.outbound_allow)
    door = Door(tools.settings.base_url, allow, turns=_OwnersChoice())
    asking = Asking(HOOK, Limits(seconds=seconds), follows=False)
    try:
        answer = await door.send(errand.url, some_json(errand.body, errand.headers), asking)
    except Unreachable as error:
        return Outcome(None, error.detail)
    return Outcome(answer.status, clean_text(answer.content.decode(errors="replace")))


async def _settle(session: AsyncSession, errand: Errand, outcome: Outcome) -> None:
    """Write down how it went. Raises nothing where the hook is gone, or was switched off meanwhile."""
    hook = await session.get(Hook, errand.hook_id, with_for_update=True, populate_existing=True)
    row = await session.get(HookDelivery, errand.id, with_for_update=True, populate_existing=True)
    if hook is None or row is None:
        return
    now = clock.now()
    row.tries, row.tried_at = row.tries + 1, now
    row.status, row.answer = outcome.status, outcome.answer[:ANSWER_LENGTH]
    if outcome.is_taken:
        row.state = DeliveryState.DELIVERED
    elif row.state != DeliveryState.WAITING:
        pass
    elif row.tries > len(GAPS):
        row.state = DeliveryState.FAILED
    else:
        row.due_at = now + GAPS[row.tries - 1]
    await count_outcome(session, hook, outcome, now)


async def count_outcome(session: AsyncSession, hook: Hook, outcome: Outcome, now: datetime) -> None:
    """Remember how it goes with a hook, which is locked; one that fails for days is switched off."""
    if outcome.is_taken:
        hook.failures, hook.failing_since = 0, None
        return
    hook.failures, hook.failing_since = hook.failures + 1, hook.failing_since or now
    await switch_off_failing(session, hook, now, is_gone=outcome.status == _GONE)


async def _wait(session: AsyncSession, hook_id: int) -> timedelta | None:
    """How long until the hook's next delivery is due; None where none waits."""
    query = (
        select(HookDelivery.due_at)
        .join(Hook, Hook.id == HookDelivery.hook_id)
        .where(and_(HookDelivery.hook_id == hook_id, Hook.is_on, IS_WAITING))
        .order_by(HookDelivery.due_at)
        .limit(1)
    )
    due_at: datetime | None = await session.scalar(query)
    return None if due_at is None else max(due_at - clock.now(), timedelta())
