"""The page on which a moderator chooses keys, or switches them off."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.text import clean_text
from app.moderation.keys import ACTS, LISTS, Act, Keys, choose_keys, forget_keys, keys_of
from app.web.deps import Me, doors_of
from app.web.forms import typed_fields
from app.web.moderating.pages import ConsolePage
from app.web.moderating.surroundings import console_frame, head_of, require_console, tabs_of
from app.web.rendering import render

router = APIRouter()

PATH = "/mod/keys/"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An act, its key, and the one it has at first."""

    act: str
    words: str
    key: str
    at_first: str


@dataclass(frozen=True)
class KeysPage(ConsolePage):
    """`moderating/keys.html`: acts, then lists, each with its key."""

    title: str
    acts: list[KeyRow]
    lists: list[KeyRow]
    is_off: bool
    is_kept: bool
    trouble: str


@router.api_route("/mod/keys/", methods=["GET", "HEAD"])
async def show_keys(request: Request, me: Me) -> Response:
    """The table of keys. Raises SignInNeeded or Forbidden."""
    require_console(me)
    return await _page(request, me, is_kept=request.query_params.get("kept") == "1")


@router.post("/mod/keys/")
async def keep_keys(request: Request, me: Me) -> Response:
    """Keep what was chosen. The form again, with a sentence, where two acts would have the same key."""
    require_console(me)
    typed = await typed_fields(request)
    wanted = {act: clean_text(typed[act]).strip() for act in (*ACTS, *LISTS) if act in typed}
    is_off = bool(typed.get("off"))
    try:
        async with doors_of(request).unit_of_work() as db:
            await choose_keys(db, me, wanted, is_off=is_off)
    except Invalid as refused:
        return await _page(request, me, Keys(wanted, is_off), trouble=refused.detail, status=422)
    return RedirectResponse(f"{PATH}?kept=1", 303)


@router.post("/mod/keys/reset")
async def reset_keys(request: Request, me: Me) -> Response:
    """Back to the keys there are at first."""
    require_console(me)
    async with doors_of(request).unit_of_work() as db:
        await forget_keys(db, me)
    return RedirectResponse(f"{PATH}?kept=1", 303)


async def _page(
    request: Request,
    me: Actor,
    typed: Keys | None = None,
    *,
    is_kept: bool = False,
    trouble: str = "",
    status: int = 200,
) -> Response:
    async with doors_of(request).reading() as db:
        frame = await console_frame(request, db)
        keys = await keys_of(db, me)
        shown, title = typed or keys, _("Keys")
        page = KeysPage(
            frame=frame,
            head=head_of(frame, title),
            tabs=await tabs_of(db, me, "", keys),
            title=title,
            acts=_rows(ACTS, shown),
            lists=_rows(LISTS, shown),
            is_off=shown.is_off,
            is_kept=is_kept,
            trouble=trouble,
        )
    response = render("moderating/keys.html", page, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _rows(acts: Mapping[str, Act], keys: Keys) -> list[KeyRow]:
    return [KeyRow(name, _(act.words), keys.set_for(name), act.key) for name, act in acts.items()]
