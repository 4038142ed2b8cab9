"""`/admin/menus/`: what stands at the top and at the foot of every page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.errors import AppError, Conflict, Invalid
from app.core.i18n import _, marked
from app.core.text import number_in
from app.posts.menus import (
    LABEL_LENGTH,
    MOST_ENTRIES,
    MenuEntry,
    TypedEntry,
    entries_to_edit,
    read_entries,
)
from app.posts.queries import TopPage, pages_to_choose
from app.site.changing import Part, change_settings, state_of
from app.site.queries import ensure_site
from app.web.accounts.pages import never_kept, spoken_frame, unkept
from app.web.admin.pages import MENUS, Surroundings, admin_head, surroundings
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.forms import FieldError, typed_fields
from app.web.head import Head

router = APIRouter()

_READ = ["GET", "HEAD"]
_EMPTY_ROWS = 3
_TITLES = {"top": marked("At the top"), "foot": marked("At the foot")}
_SAYS = {
    "top": marked(
        "Below the name of the site. Groups get an entry by themselves, once there are any."
    ),
    "foot": marked("After the ways home and to the feeds."),
}


@dataclass(frozen=True)
class EntryRow:
    """One row of a menu's form."""

    name: str
    number: int
    place: str
    label: str
    url: str


@dataclass(frozen=True)
class Menu:
    """One menu; `is_own` where somebody chose what stands in it."""

    name: str
    title: str
    says: str
    is_own: bool
    rows: Sequence[EntryRow]


@dataclass(frozen=True)
class MenusPage:
    """`admin/menus.html`; `top` and `foot` are what readers see at present."""

    frame: Frame
    head: Head
    around: Surroundings
    menus: Sequence[Menu]
    pages: Sequence[TopPage]
    opened_on: str
    longest: int = LABEL_LENGTH
    done: str = ""
    errors: Sequence[FieldError] = ()


@router.api_route(MENUS.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(MENUS, 301)


@router.api_route(MENUS, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """Both menus, as they stand."""
    require(may_run_the_site(me))
    done = _("Kept. Every page shows it from now on.") if "done" in request.query_params else ""
    return await _page(request, db, done=done)


@router.post(MENUS)
async def change(request: Request, me: Me) -> Response:
    """Keep both as they were typed. 422 for what leads nowhere, 409 where somebody else was faster."""
    require(may_run_the_site(me))
    typed = await typed_fields(request)
    try:
        async with doors_of(request).unit_of_work() as db:
            site = await ensure_site(db, settings_of(request).base_host, locked=True)
            own = (settings_of(request).base_url, *site.former_urls)
            wanted: dict[str, Any] = {"top_menu": None}
            if typed.get("top_own"):
                wanted["top_menu"] = await read_entries(db, _typed("top", typed), own)
            wanted["foot_menu"] = await read_entries(db, _typed("foot", typed), own) or None
            opened_on = typed.get("opened_on", "")
            await change_settings(db, me, site, Part.MENUS, wanted, opened_on=opened_on)
    except (Invalid, Conflict) as error:
        async with doors_of(request).reading() as db:
            return await _page(request, db, typed=typed, error=error)
    return never_kept(RedirectResponse(f"{MENUS}?done=1", 303))


def _typed(menu: str, typed: Mapping[str, str]) -> dict[str, TypedEntry]:
    """The rows of one menu, by the names of their fields."""
    return {
        f"{menu}_{number}": TypedEntry(
            number_in(typed.get(f"{menu}_{number}_place", "").strip()) or number,
            typed.get(f"{menu}_{number}_label", ""),
            typed.get(f"{menu}_{number}_url", ""),
        )
        for number in range(1, MOST_ENTRIES + 1)
        if f"{menu}_{number}_url" in typed
    }


async def _page(
    request: Request,
    db: AsyncSession,
    *,
    typed: Mapping[str, str] | None = None,
    error: AppError | None = None,
    done: str = "",
) -> Response:
    frame = await spoken_frame(request, db)
    site = frame.site
    top = frame.menu if site.top_menu is None else await entries_to_edit(db, site.top_menu)
    foot = await entries_to_edit(db, site.foot_menu or [])
    fields = error.fields if isinstance(error, Invalid) else {}
    errors = tuple(FieldError(*one) for one in fields.items())
    if error is not None and not errors:
        errors = (FieldError("", error.detail),)
    is_own = bool(typed.get("top_own")) if typed is not None else site.top_menu is not None
    page = MenusPage(
        frame=frame,
        head=admin_head(frame, _("Menus"), MENUS),
        around=surroundings(MENUS),
        menus=[
            _menu("top", is_own, _rows("top", top, typed)),
            _menu("foot", True, _rows("foot", foot, typed)),
        ],
        pages=await pages_to_choose(db),
        opened_on=state_of(site, Part.MENUS),
        done=done,
        errors=errors,
    )
    return unkept("admin/menus.html", page, error.status if error else 200)


def _menu(name: str, is_own: bool, rows: Sequence[EntryRow]) -> Menu:
    return Menu(name, _(_TITLES[name]), _(_SAYS[name]), is_own, rows)


def _rows(menu: str, kept: Sequence[MenuEntry], typed: Mapping[str, str] | None) -> list[EntryRow]:
    if typed is not None:
        shown = [TypedEntry(one.place, one.label, one.url) for one in _typed(menu, typed).values()]
    else:
        shown = [TypedEntry(at, one.title, one.url) for at, one in enumerate(kept, 1)]
        empty = min(_EMPTY_ROWS, MOST_ENTRIES - len(shown))
        shown += [TypedEntry(len(shown) + at, "", "") for at in range(1, empty + 1)]
    return [
        EntryRow(f"{menu}_{number}", number, str(one.place), one.label, one.url)
        for number, one in enumerate(shown, 1)
    ]
