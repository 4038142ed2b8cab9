"""The log of hooks is kept for a month; and what waits is sent, whatever became of a job."""

from datetime import timedelta

from sqlalchemy import delete, select

from app.core import clock
from app.core.jobs import Tools, job
from app.hooks.delivering import IS_WAITING, deliver_soon
from app.hooks.models import Hook, HookDelivery

KEPT = timedelta(days=30)
_AT_ONCE = 500


@job("tidy_hooks")
async def tidy_hooks(tools: Tools) -> None:
    """Forget deliveries that are a month old, and wake hooks for which something is due."""
    await _forget_old(tools)
    due = select(HookDelivery.hook_id).where(IS_WAITING, HookDelivery.due_at <= clock.now())
    async with tools.work.reading() as db:
        late = (await db.scalars(select(Hook.id).where(Hook.is_on, Hook.id.in_(due)))).all()
    if late:
        async with tools.work.unit_of_work() as db:
            for hook_id in late:
                await deliver_soon(db, hook_id)


async def _forget_old(tools: Tools) -> None:
    before = clock.now() - KEPT
    oldest = select(HookDelivery.id).where(HookDelivery.created_at < before).limit(_AT_ONCE)
    while True:
        async with tools.work.reading() as db:
            ids = (await db.scalars(oldest)).all()
        if not ids:
            return
        async with tools.work.unit_of_work() as db:
            await db.execute(delete(HookDelivery).where(HookDelivery.id.in_(ids)))
