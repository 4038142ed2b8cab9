"""`/admin/hooks/`: owners add hooks, change them and take them away, and see what was delivered."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.errors import AppError, Conflict, Invalid
from app.core.secrets import secrets_of
from app.core.text import number_in
from app.hooks.keeping import (
    NewHook,
    add_hook,
    edit_hook,
    remove_hook,
    renew_secret,
    send_again,
    send_test,
    switch_hook,
)
from app.hooks.kinds import CHOICES
from app.hooks.signing import secret_of
from app.web.accounts.pages import never_kept
from app.web.admin.pages import HOOKS
from app.web.deps import Db, Me, doors_of, settings_of
from app.web.forms import typed_fields
from app.web.hooks.pages import hook_page, hooks_page

router = APIRouter()

_READ = ["GET", "HEAD"]


@router.api_route(HOOKS.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(HOOKS, 301)


@router.api_route(HOOKS, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """All hooks, and the form for one more."""
    return await hooks_page(request, db, me)


@router.post(HOOKS)
async def add(request: Request, me: Me) -> Response:
    """One more; its secret is in the answer, and nowhere else."""
    require(may_run_the_site(me))
    typed = await typed_fields(request)
    settings = settings_of(request)
    try:
        async with doors_of(request).unit_of_work() as db:
            hook = await add_hook(db, me, settings, _new_in(typed))
            hook_id, secret = hook.id, secret_of(secrets_of(settings), hook)
    except Invalid as refused:
        return await _again(request, me, typed, refused)
    async with doors_of(request).reading() as db:
        return await hook_page(request, db, me, hook_id, secret=secret, status=201)


@router.api_route(f"{HOOKS}{{hook_id:int}}/", methods=_READ)
async def show_one(request: Request, db: Db, me: Me, hook_id: int) -> Response:
    """One hook, with its log. Raises NotFound."""
    before = number_in(request.query_params.get("before", ""))
    return await hook_page(request, db, me, hook_id, before=before)


@router.post(f"{HOOKS}{{hook_id:int}}/")
async def change(request: Request, me: Me, hook_id: int) -> Response:
    """Another name, address, or choice of what it hears of."""
    require(may_run_the_site(me))
    typed = await typed_fields(request)
    try:
        async with doors_of(request).unit_of_work() as db:
            await edit_hook(
                db, me, settings_of(request), hook_id, _new_in(typed), typed.get("seen", "")
            )
    except (Invalid, Conflict) as refused:
        async with doors_of(request).reading() as db:
            return await hook_page(request, db, me, hook_id, typed=typed, refused=refused)
    return _onward(hook_id, "changed")


@router.post(f"{HOOKS}{{hook_id:int}}/switch")
async def switch(request: Request, me: Me, hook_id: int) -> Response:
    """Tell it, or tell it no more."""
    require(may_run_the_site(me))
    is_on = (await typed_fields(request)).get("on", "") == "1"
    async with doors_of(request).unit_of_work() as db:
        await switch_hook(db, me, hook_id, is_on=is_on)
    return _onward(hook_id, "on" if is_on else "off")


@router.post(f"{HOOKS}{{hook_id:int}}/secret")
async def renew(request: Request, me: Me, hook_id: int) -> Response:
    """Another secret, shown in the answer."""
    async with doors_of(request).unit_of_work() as db:
        hook = await renew_secret(db, me, hook_id)
        secret = secret_of(secrets_of(settings_of(request)), hook)
    async with doors_of(request).reading() as db:
        return await hook_page(request, db, me, hook_id, secret=secret)


@router.post(f"{HOOKS}{{hook_id:int}}/test")
async def test(request: Request, me: Me, hook_id: int) -> Response:
    """Send something that means nothing."""
    async with doors_of(request).unit_of_work() as db:
        await send_test(db, me, hook_id)
    return _onward(hook_id, "test")


@router.post(f"{HOOKS}{{hook_id:int}}/deliveries/{{delivery_id:int}}/again")
async def again(request: Request, me: Me, hook_id: int, delivery_id: int) -> Response:
    """Send one delivery once more."""
    async with doors_of(request).unit_of_work() as db:
        await send_again(db, me, hook_id, delivery_id)
    return _onward(hook_id, "again")


@router.post(f"{HOOKS}{{hook_id:int}}/removal")
async def remove(request: Request, me: Me, hook_id: int) -> Response:
    """Forget a hook, with its log."""
    async with doors_of(request).unit_of_work() as db:
        await remove_hook(db, me, hook_id)
    return never_kept(RedirectResponse(f"{HOOKS}?done=removed", 303))


async def _again(request: Request, me: Me, typed: dict[str, str], refused: AppError) -> Response:
    """The form as it was filled in, with what is wrong."""
    async with doors_of(request).reading() as db:
        return await hooks_page(request, db, me, typed=typed, refused=refused)


def _new_in(typed: Mapping[str, str]) -> NewHook:
    # A box that is not ticked is not sent.
    events = tuple(name for name in CHOICES if typed.get(name))
    return NewHook(typed.get("name", ""), typed.get("url", ""), events)


def _onward(hook_id: int, done: str) -> Response:
    return never_kept(RedirectResponse(f"{HOOKS}{hook_id}/?done={done}", 303))
