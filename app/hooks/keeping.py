"""What owners do with hooks: add, change, switch, give another secret, test, look at, send again, take away."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.policy import may_run_the_site
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Invalid, NotFound, Unreachable
from app.core.events import Event, record
from app.core.i18n import _
from app.core.outbound.addresses import read_allowed, read_target
from app.core.secrets import new_token
from app.core.text import one_line
from app.hooks.delivering import deliver_soon
from app.hooks.kinds import CHECK, CHOICES, TEST
from app.hooks.models import (
    NAME_LENGTH,
    URL_LENGTH,
    DeliveryState,
    Hook,
    HookDelivery,
)
from app.hooks.switching import forget_waiting, note_whether_asked
from app.hooks.telling import add_delivery, body_of
from app.settings import Settings
from app.site.queries import ensure_site

MOST = 20
PAGE_SIZE = 50


@dataclass(frozen=True)
class NewHook:
    """What an owner wants told where."""

    name: str
    url: str
    events: tuple[str, ...]


class Listed(NamedTuple):
    """A hook, and how much waits for it."""

    hook: Hook
    waiting: int


async def hooks(session: AsyncSession, actor: Actor) -> list[Listed]:
    """All of them. Raises SignInNeeded, Forbidden."""
    require(may_run_the_site(actor))
    waiting = (
        select(func.count())
        .where(HookDelivery.hook_id == Hook.id, HookDelivery.state == DeliveryState.WAITING)
        .scalar_subquery()
    )
    return [Listed(*row) for row in await session.execute(select(Hook, waiting).order_by(Hook.id))]


async def get_hook(
    session: AsyncSession, actor: Actor, hook_id: int, *, locked: bool = False
) -> Hook:
    """One of them. Raises SignInNeeded, Forbidden, NotFound."""
    require(may_run_the_site(actor))
    hook = await session.get(Hook, hook_id, with_for_update=locked, populate_existing=locked)
    if hook is None:
        raise NotFound(_("There is no such hook."))
    return hook


async def add_hook(session: AsyncSession, actor: Actor, settings: Settings, new: NewHook) -> Hook:
    """Have an address told from now on. Raises SignInNeeded, Forbidden, Invalid."""
    require(may_run_the_site(actor))
    new = _checked(new, settings)
    if (await session.scalar(select(func.count()).select_from(Hook)) or 0) >= MOST:
        raise Invalid(_("A site has at most %(number)d hooks.") % {"number": MOST})
    hook = Hook(
        name=new.name, url=new.url, events=[*new.events], nonce=new_token(), created_at=clock.now()
    )
    session.add(hook)
    await ensure_site(session, settings.base_host)
    await note_whether_asked(session)
    _note(session, actor, "hook added", hook)
    return hook


async def edit_hook(
    session: AsyncSession, actor: Actor, settings: Settings, hook_id: int, new: NewHook, seen: str
) -> Hook:
    """Have it told something else, or elsewhere; what waits goes to the new address, if it is still wanted.

    `seen` is the `state_of` what was looked at. Raises SignInNeeded, Forbidden, NotFound, Invalid, Conflict.
    """
    hook = await get_hook(session, actor, hook_id, locked=True)
    new = _checked(new, settings)
    if state_of(hook) != seen:
        raise Conflict(_("Somebody changed it meanwhile. Look at what it says now."))
    before = _logged(hook)
    unwanted = set(hook.events) - set(new.events)
    hook.name, hook.url, hook.events = new.name, new.url, [*new.events]
    if state_of(hook) != seen:
        await forget_waiting(session, hook, unwanted)
        await note_whether_asked(session)
        record_audit(
            session, actor, "hook changed", f"hook:{hook.id}", before=before, after=_logged(hook)
        )
        record(session, Event(touches=frozenset({"hooks"})))
    return hook


def state_of(hook: Hook) -> str:
    """Names what a hook is told, and where, as it is now."""
    return hashlib.sha256(repr(_told_of(hook)).encode()).hexdigest()[:16]


async def switch_hook(session: AsyncSession, actor: Actor, hook_id: int, *, is_on: bool) -> Hook:
    """Tell it from now on, or no more; what waits then is not sent. Raises SignInNeeded, Forbidden, NotFound."""
    hook = await get_hook(session, actor, hook_id, locked=True)
    if hook.is_on == is_on:
        return hook
    hook.is_on, hook.trouble, hook.failures, hook.failing_since = is_on, "", 0, None
    if not is_on:
        await forget_waiting(session, hook)
    await note_whether_asked(session)
    _note(session, actor, "hook switched on" if is_on else "hook switched off", hook)
    return hook


async def renew_secret(session: AsyncSession, actor: Actor, hook_id: int) -> Hook:
    """Sign with another secret from now on. Raises SignInNeeded, Forbidden, NotFound."""
    hook = await get_hook(session, actor, hook_id, locked=True)
    hook.nonce = new_token()
    _note(session, actor, "secret of a hook renewed", hook)
    return hook


async def remove_hook(session: AsyncSession, actor: Actor, hook_id: int) -> None:
    """Forget it, with its log. Raises SignInNeeded, Forbidden, NotFound."""
    hook = await get_hook(session, actor, hook_id, locked=True)
    _note(session, actor, "hook removed", hook)
    await session.delete(hook)
    await note_whether_asked(session)


async def send_test(session: AsyncSession, actor: Actor, hook_id: int) -> None:
    """Have something sent that means nothing. Raises SignInNeeded, Forbidden, NotFound, Conflict."""
    hook = await get_hook(session, actor, hook_id, locked=True)
    _require_on(hook)
    key, at = new_token()[:32], clock.now().isoformat(timespec="seconds")
    body = body_of(key, TEST, at, {"says": "This is a test. Nothing has happened."})
    await add_delivery(session, hook, key, TEST, body)


async def send_again(session: AsyncSession, actor: Actor, hook_id: int, delivery_id: int) -> None:
    """Have a delivery sent once more, under its old key. Raises SignInNeeded, Forbidden, NotFound, Conflict."""
    hook = await get_hook(session, actor, hook_id, locked=True)
    _require_on(hook)
    row = await session.get(HookDelivery, delivery_id, with_for_update=True, populate_existing=True)
    if row is None or row.hook_id != hook.id:
        raise NotFound(_("There is no such delivery. Old ones are not kept."))
    if row.event == CHECK:
        raise Conflict(_("It is asked about a comment once, before that is shown."))
    row.state, row.tries, row.due_at = DeliveryState.WAITING, 0, clock.now()
    await session.flush()
    await deliver_soon(session, hook.id)


async def deliveries(
    session: AsyncSession, actor: Actor, hook_id: int, before: int | None = None
) -> Sequence[HookDelivery]:
    """The log of a hook, newest first: one page, and one more where there are more. Raises as `get_hook`."""
    require(may_run_the_site(actor))
    query = select(HookDelivery).where(HookDelivery.hook_id == hook_id)
    if before is not None:
        query = query.where(HookDelivery.id < before)
    query = query.order_by(HookDelivery.id.desc()).limit(PAGE_SIZE + 1)
    return (await session.scalars(query)).all()


def _require_on(hook: Hook) -> None:
    if not hook.is_on:
        raise Conflict(_("This hook is off. Switch it on first."))


def _note(session: AsyncSession, actor: Actor, what: str, hook: Hook) -> None:
    record_audit(session, actor, what, f"hook:{hook.id}", after={"name": hook.name})
    record(session, Event(touches=frozenset({"hooks"})))


def _logged(hook: Hook) -> dict[str, Any]:
    """What the log may know for good: whoever has the whole address of some receivers may write there."""
    return _told_of(hook) | {"url": urlsplit(hook.url).hostname}


def _told_of(hook: Hook) -> dict[str, Any]:
    return {"name": hook.name, "url": hook.url, "events": list(hook.events)}


def _checked(new: NewHook, settings: Settings) -> NewHook:
    """The same, tidied. Raises Invalid, with every field that is wrong."""
    name, url = one_line(new.name), new.url.strip()
    fields = {**_wrong_name(name), **_wrong_address(url, settings), **_wrong_events(new.events)}
    if fields:
        raise Invalid(next(iter(fields.values())), fields=fields)
    return NewHook(name, url, tuple(event for event in CHOICES if event in new.events))


def _wrong_name(name: str) -> dict[str, str]:
    if not name:
        return {"name": _("Please fill this in.")}
    if len(name) > NAME_LENGTH:
        return {"name": _("At most %(number)s characters, please.") % {"number": NAME_LENGTH}}
    return {}


def _wrong_address(url: str, settings: Settings) -> dict[str, str]:
    if len(url) > URL_LENGTH:
        return {"url": _("At most %(number)s characters, please.") % {"number": URL_LENGTH}}
    try:
        read_target(url, read_allowed(settings.outbound_allow))
    except Unreachable as error:
        return {"url": error.detail}
    return {}


def _wrong_events(events: Iterable[str]) -> dict[str, str]:
    if not set(events) or set(events) - set(CHOICES):
        return {"events": _("Tick what it is to hear of.")}
    return {}
