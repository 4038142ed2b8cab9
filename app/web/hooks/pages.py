"""What the pages of hooks show; see `frontend/templates/hooks`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.core.errors import AppError
from app.core.i18n import _, marked
from app.hooks.keeping import PAGE_SIZE, deliveries, get_hook, hooks, state_of
from app.hooks.kinds import CHECK, CHOICES, TEST
from app.hooks.models import NAME_LENGTH, URL_LENGTH, DeliveryState, HookDelivery
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.admin.pages import HOOKS, Surroundings, surroundings
from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.head import Head
from app.web.refusals import errors_of

_STATES = {
    DeliveryState.WAITING: marked("waits"),
    DeliveryState.DELIVERED: marked("delivered"),
    DeliveryState.FAILED: marked("failed"),
}
_DONE = {
    "removed": marked("The hook is gone, and its log with it."),
    "changed": marked("It is told that from now on."),
    "on": marked("It is told what happens from now on."),
    "off": marked("It is told nothing more. What waited is not sent."),
    "test": marked("A test is on its way. Look at this page again in a moment."),
    "again": marked("It is sent once more."),
}


@dataclass(frozen=True)
class EventChoice:
    """Something a hook may hear of."""

    name: str
    says: str
    is_ticked: bool


@dataclass(frozen=True)
class HookRow:
    """One hook in the list."""

    id: int
    name: str
    url: str
    events: Sequence[str]
    is_on: bool
    waiting: int
    failing_since: datetime | None
    trouble: str


@dataclass(frozen=True)
class HooksPage:
    """`hooks/all.html`: all hooks, and the form for one more as it was typed."""

    frame: Frame
    head: Head
    around: Surroundings
    hooks: Sequence[HookRow]
    choices: Sequence[EventChoice]
    typed: Mapping[str, str]
    done: str
    errors: Sequence[FieldError]
    longest_name: int = NAME_LENGTH
    longest_url: int = URL_LENGTH


@dataclass(frozen=True)
class DeliveryRow:
    """One line of the log; `next_at` while it waits, `status` where anybody answered."""

    id: int
    key: str
    event: str
    state: str
    went_well: bool
    at: datetime
    tries: int
    status: int | None
    answer: str
    next_at: datetime | None
    may_go_again: bool


@dataclass(frozen=True)
class HookPage:
    """`hooks/one.html`: a hook with its log, and the form that changes it; `secret` is shown this once."""

    frame: Frame
    head: Head
    around: Surroundings
    hook: HookRow
    # Of the hook as it is shown here; the form sends it back.
    seen: str
    choices: Sequence[EventChoice]
    typed: Mapping[str, str]
    errors: Sequence[FieldError]
    log: Sequence[DeliveryRow]
    next_url: str
    secret: str
    done: str
    longest_name: int = NAME_LENGTH
    longest_url: int = URL_LENGTH


async def hooks_page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    *,
    typed: Mapping[str, str] | None = None,
    refused: AppError | None = None,
) -> Response:
    """All hooks, and the form for one more. Raises SignInNeeded, Forbidden."""
    found = await hooks(db, me)
    frame = await spoken_frame(request, db)
    typed = typed or {}
    page = HooksPage(
        frame=frame,
        head=head_of(frame, _("Web hooks"), HOOKS),
        around=surroundings(HOOKS),
        hooks=[
            HookRow(
                hook.id, hook.name, hook.url, hook.events, hook.is_on, waiting,
                hook.failing_since, hook.trouble,
            )
            for hook, waiting in found
        ],
        choices=_choices(typed),
        typed=typed,
        done=_done(request),
        errors=errors_of(refused) if refused else (),
    )  # fmt: skip
    return unkept("hooks/all.html", page, refused.status if refused else 200)


async def hook_page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    hook_id: int,
    *,
    before: int | None = None,
    secret: str = "",
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    refused: AppError | None = None,
) -> Response:
    """One hook with its log; the form as it was `typed`, if that was `refused`. Raises what `get_hook` does."""
    hook = await get_hook(db, me, hook_id)
    found = await deliveries(db, me, hook_id, before)
    frame = await spoken_frame(request, db)
    shown, has_more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    path = f"{HOOKS}{hook.id}/"
    if typed is None:
        typed = {"name": hook.name, "url": hook.url} | dict.fromkeys(hook.events, "1")
    page = HookPage(
        frame=frame,
        head=head_of(frame, hook.name, path),
        around=surroundings(HOOKS),
        hook=HookRow(
            hook.id, hook.name, hook.url, [_(CHOICES[name]) for name in hook.events if name in CHOICES],
            hook.is_on, 0, hook.failing_since, hook.trouble,
        ),
        seen=state_of(hook),
        choices=_choices(typed),
        typed=typed,
        errors=errors_of(refused) if refused else (),
        log=[_line(row) for row in shown],
        next_url=f"{path}?before={shown[-1].id}" if has_more else "",
        secret=secret,
        done=_done(request),
    )  # fmt: skip
    return unkept("hooks/one.html", page, refused.status if refused else status)


def _choices(typed: Mapping[str, str]) -> list[EventChoice]:
    return [EventChoice(name, _(says), bool(typed.get(name))) for name, says in CHOICES.items()]


def _line(row: HookDelivery) -> DeliveryRow:
    is_waiting = row.state == DeliveryState.WAITING
    return DeliveryRow(
        id=row.id,
        key=row.key,
        event=_("a test") if row.event == TEST else row.event,
        state=_("tried again") if is_waiting and row.tries else _(_STATES[row.state]),
        went_well=row.state == DeliveryState.DELIVERED or (is_waiting and not row.tries),
        at=row.tried_at or row.created_at,
        tries=row.tries,
        status=row.status,
        answer=row.answer,
        next_at=row.due_at if is_waiting and row.tries else None,
        may_go_again=row.event != CHECK,
    )


def _done(request: Request) -> str:
    said = _DONE.get(request.query_params.get("done", ""))
    return _(said) if said else ""
