"""A hook that fails for days is switched off, and owners find that in their inbox."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.accounts.queries import IS_OWNER
from app.core.events import Event, record
from app.core.i18n import _
from app.hooks.kinds import CHECK
from app.hooks.models import DeliveryState, Hook, HookDelivery
from app.notifications.notices.kinds import HOOK_OFF
from app.notifications.notices.telling import News, tell_all
from app.site.models import SiteRow

FAILING_FOR = timedelta(days=3)
# A hook that hears of something once a month has not failed for a month after two tries.
FAILED_TIMES = 10


async def switch_off_failing(
    session: AsyncSession, hook: Hook, at: datetime, *, is_gone: bool
) -> None:
    """Let it be, where nothing has arrived for days, or the receiver says that it is gone for good (410)."""
    since = hook.failing_since or at
    has_failed = hook.failures >= FAILED_TIMES and at - since >= FAILING_FOR
    if not hook.is_on or not (is_gone or has_failed):
        return
    hook.is_on = False
    hook.trouble = (
        _("Its receiver says that it is gone for good.")
        if is_gone
        else _("Nothing has arrived there for days.")
    )
    await forget_waiting(session, hook)
    await note_whether_asked(session)
    record(session, Event(touches=frozenset({"hooks"})))
    owners = await session.scalars(select(User.id).where(IS_OWNER))
    news = News(
        kind=HOOK_OFF,
        once=f"hook:{hook.id} off {at.isoformat()}",
        about=f"hook:{hook.id}",
        path=f"/admin/hooks/{hook.id}/",
        facts={"title": hook.name},
    )
    await tell_all(session, owners, news)


async def note_whether_asked(session: AsyncSession) -> None:
    """Let whoever takes comments in know whether there is a hook that is asked about them."""
    await session.flush()
    # Two who change a hook each count one after the other.
    locked = select(SiteRow).with_for_update().execution_options(populate_existing=True)
    site = await session.scalar(locked)
    lists = await session.scalars(select(Hook.events).where(Hook.is_on))
    asks = any(CHECK in names for names in lists)
    if site is not None and site.asks_hooks != asks:
        site.asks_hooks = asks
        record(session, Event(touches=frozenset({"site"})))


async def forget_waiting(
    session: AsyncSession, hook: Hook, events: Collection[str] | None = None
) -> None:
    """What waits for a hook waits no more: all of it, or what is told of these events."""
    query = update(HookDelivery).where(
        HookDelivery.hook_id == hook.id, HookDelivery.state == DeliveryState.WAITING
    )
    if events is not None:
        query = query.where(HookDelivery.event.in_(events))
    await session.execute(query.values(state=DeliveryState.FAILED))
