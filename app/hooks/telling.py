"""From what was noted to deliveries: one for each hook that wants it, with what any visitor may see of it."""

import hashlib
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.jobs import Tools, job
from app.hooks.delivering import deliver_soon
from app.hooks.models import Hook, HookDelivery
from app.hooks.objects import READERS


@job("tell_hooks")
async def tell_hooks(tools: Tools, *, name: str, subject: int, key: str, at: str) -> None:
    """Write down what is to be delivered of an event. Done twice, it is written once."""
    read = READERS.get(name)
    if read is None:
        return
    async with tools.work.reading() as db:
        found = await read(db, tools.settings.base_url, subject)
        read_at = clock.now().isoformat(timespec="seconds")
    if found is None:
        return
    event, thing = found
    body = body_of(key, event, at, thing, read_at)
    async with tools.work.unit_of_work() as db:
        # Held until the commit: who switches one off then finds what was written for it meanwhile.
        query = select(Hook).where(Hook.is_on).order_by(Hook.id).with_for_update(read=True)
        for hook in (await db.scalars(query)).all():
            if event in hook.events:
                await add_delivery(db, hook, key, event, body)


async def add_delivery(
    session: AsyncSession, hook: Hook, key: str, event: str, body: str
) -> HookDelivery | None:
    """One more thing for a hook; None where it was written down before."""
    own = hashlib.sha256(f"{key} {hook.id}".encode()).hexdigest()[:32]
    if await session.scalar(select(HookDelivery.id).where(HookDelivery.key == own)) is not None:
        return None
    now = clock.now()
    delivery = HookDelivery(
        hook_id=hook.id, key=own, event=event, body=body, created_at=now, due_at=now
    )
    session.add(delivery)
    await session.flush()
    await deliver_soon(session, hook.id)
    return delivery


def body_of(key: str, event: str, at: str, thing: dict[str, Any], read_at: str = "") -> str:
    """What is sent: `id` is the event's own, the same for every hook; `read_at` is when the thing was as it is told."""
    whole = {"id": key, "type": event, "at": at, "read_at": read_at or at, "object": thing}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
