"""`/admin/settings/permalinks/`: where posts stand. What would change is shown first, then done by a job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.errors import AppError, Conflict, Invalid
from app.core.i18n import _, marked
from app.core.jobs import enqueue
from app.posts.jobs import move_addresses
from app.posts.moving import count_moving, start_move
from app.posts.previewing import Preview, preview_move
from app.site.models import Permalinks
from app.site.queries import ensure_site
from app.web.accounts.pages import never_kept, spoken_frame, unkept
from app.web.admin.pages import PERMALINKS, SETTINGS, Surroundings, admin_head, surroundings
from app.web.admin.settings import part_links
from app.web.deps import Frame, Me, SlowDb, doors_of, settings_of
from app.web.forms import FieldError, read_form, value_of
from app.web.head import Head, Link

router = APIRouter()

_READ = ["GET", "HEAD"]
_ONCE = "move"
_SCHEMES: Mapping[Permalinks, tuple[str, str]] = {
    Permalinks.MONTH: (marked("Month and name"), "/2026/11/a-letter-a-week/"),
    Permalinks.DAY: (marked("Day and name"), "/2026/11/29/a-letter-a-week/"),
    Permalinks.NAME: (marked("Name alone"), "/a-letter-a-week/"),
    Permalinks.CATEGORY: (marked("Category and name"), "/letters/a-letter-a-week/"),
    Permalinks.NUMBER: (marked("Number"), "/archives/12/"),
}
_DONE = {
    "all": marked("Done. Every post stands at its new address, and the old ones lead there."),
    "begun": marked(
        "Begun. Readers notice nothing: each old address leads on as soon as its post has moved."
    ),
}


class MoveForm(BaseModel):
    """The scheme that is wanted, and the one there was when its preview was shown."""

    to: Permalinks
    was: str = ""


@dataclass(frozen=True)
class SchemeChoice:
    """A scheme, and an address as it would be."""

    value: str
    label: str
    example: str
    is_chosen: bool
    is_present: bool


@dataclass(frozen=True)
class Progress:
    """How many of all have moved."""

    done: int
    all: int


@dataclass(frozen=True)
class PermalinksPage:
    """`admin/permalinks.html`; with a `preview`, what would change; with `progress`, how far it is."""

    frame: Frame
    head: Head
    around: Surroundings
    parts: Sequence[Link]
    url: str
    present: str
    choices: Sequence[SchemeChoice]
    preview: Preview | None
    progress: Progress | None
    done: str = ""
    errors: Sequence[FieldError] = ()


@router.api_route(PERMALINKS, methods=_READ)
async def show(request: Request, db: SlowDb, me: Me) -> Response:
    """The schemes there are; with `?to=`, what another one would change. Nothing is changed by looking."""
    require(may_run_the_site(me))
    to = request.query_params.get("to", "")
    done = _DONE.get(request.query_params.get("done", ""))
    return await _page(request, db, _scheme(to), done=_(done) if done else "")


@router.post(PERMALINKS)
async def change(request: Request, me: Me) -> Response:
    """Let all posts follow a scheme. 409 in words while another change is under way."""
    require(may_run_the_site(me))
    form = await read_form(request, MoveForm)
    try:
        wanted = value_of(form)
        async with doors_of(request).reading(slow=True) as db:
            number = await count_moving(db)
        async with doors_of(request).unit_of_work() as db:
            site = await ensure_site(db, settings_of(request).base_host, locked=True)
            is_over = await start_move(db, me, site, wanted.to, was=wanted.was, number=number)
            if not is_over:
                await enqueue(db, move_addresses, once=_ONCE)
    except (Invalid, Conflict) as error:
        async with doors_of(request).reading(slow=True) as db:
            return await _page(request, db, _scheme(form.typed.get("to", "")), error=error)
    done = "all" if is_over else "begun"
    return never_kept(RedirectResponse(f"{PERMALINKS}?done={done}", 303))


@router.post(f"{PERMALINKS}continuation")
async def go_on(request: Request, me: Me) -> Response:
    """Have a change that has stopped go on where it was; harmless for one that has not."""
    require(may_run_the_site(me))
    async with doors_of(request).unit_of_work() as db:
        site = await ensure_site(db, settings_of(request).base_host, locked=True)
        if site.move is not None:
            await enqueue(db, move_addresses, once=_ONCE)
    return never_kept(RedirectResponse(PERMALINKS, 303))


def _scheme(typed: str) -> Permalinks | None:
    return Permalinks(typed) if typed in set(Permalinks) else None


async def _page(
    request: Request,
    db: AsyncSession,
    to: Permalinks | None,
    *,
    error: AppError | None = None,
    done: str = "",
) -> Response:
    frame = await spoken_frame(request, db)
    site = frame.site
    # While posts are on their way, nobody can say what would be where.
    may_look = to is not None and site.move is None
    page = PermalinksPage(
        frame=frame,
        head=admin_head(frame, _("Permalinks"), PERMALINKS),
        around=surroundings(SETTINGS),
        parts=part_links(),
        url=PERMALINKS,
        present=site.permalinks,
        choices=[
            SchemeChoice(
                one, _(label), example, one == (to or site.permalinks), one == site.permalinks
            )
            for one, (label, example) in _SCHEMES.items()
        ],
        preview=await preview_move(db, to) if may_look and to is not None else None,
        progress=Progress(site.move["done"], site.move["all"]) if site.move else None,
        done=done,
        errors=(FieldError("", error.detail),) if error else (),
    )
    return unkept("admin/permalinks.html", page, error.status if error else 200)
