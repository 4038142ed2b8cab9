"""`/admin/redirects/`: old addresses, where they lead, how many came by them; and new ones by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.errors import AppError, Conflict, Invalid
from app.core.i18n import _, marked
from app.core.text import number_in, one_line
from app.posts.models import RedirectSource
from app.posts.redirecting import (
    PATH_LENGTH,
    TARGET_LENGTH,
    Listed,
    add_redirect,
    redirects_listed,
    remove_redirect,
)
from app.site.queries import get_site
from app.web.accounts.pages import never_kept, spoken_frame, unkept
from app.web.admin.pages import REDIRECTS, Surroundings, admin_head, surroundings
from app.web.admin.settings_forms import Line
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.forms import FieldError, Form, read_form, value_of, wrong_with
from app.web.head import Head

router = APIRouter()

PAGE_SIZE = 50
_READ = ["GET", "HEAD"]
_SOURCES = {
    RedirectSource.IMPORT: marked("came with an import"),
    RedirectSource.SLUG: marked("the post moved"),
    RedirectSource.MANUAL: marked("made by hand"),
}
_DONE = {
    "made": marked("Kept. Whoever comes by the old address is led on from now."),
    "removed": marked("Removed. The old address leads nowhere any more."),
}


class RedirectForm(BaseModel):
    """An old address, and a new one; none says that what stood there is gone."""

    path: Annotated[str, Field(min_length=1, max_length=PATH_LENGTH), Line]
    target: Annotated[str, Field(max_length=TARGET_LENGTH), Line] = ""


@dataclass(frozen=True)
class RedirectRow:
    """One of them, as it is listed; no target: gone for good."""

    id: int
    path: str
    target: str
    source: str
    hits: int
    hit_at: datetime | None


@dataclass(frozen=True)
class RedirectsPage:
    """`admin/redirects.html`; `next_url` is empty on the last page."""

    frame: Frame
    head: Head
    around: Surroundings
    rows: Sequence[RedirectRow]
    sources: Mapping[str, str]
    sought: Mapping[str, str]
    is_narrowed: bool
    typed: Mapping[str, str]
    next_url: str
    done: str = ""
    errors: Sequence[FieldError] = ()


@router.api_route(REDIRECTS.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(REDIRECTS, 301)


@router.api_route(REDIRECTS, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """One page of them, the newest first, and the form for one more."""
    require(may_run_the_site(me))
    return await _page(request, db)


@router.post(REDIRECTS)
async def add(request: Request, me: Me) -> Response:
    """Lead an old address on. 422 for a circle, or what stands there; 409 for what leads on already."""
    require(may_run_the_site(me))
    form = await read_form(request, RedirectForm)
    try:
        wanted = value_of(form)
        async with doors_of(request).unit_of_work() as db:
            own = (settings_of(request).base_url, *(await get_site(db)).former_urls)
            await add_redirect(db, me, wanted.path, wanted.target, own)
    except (Invalid, Conflict) as error:
        async with doors_of(request).reading() as db:
            return await _page(request, db, form, error)
    return never_kept(RedirectResponse(f"{REDIRECTS}?done=made", 303))


@router.post(f"{REDIRECTS}{{redirect_id:int}}/removal")
async def remove(request: Request, me: Me, redirect_id: int) -> Response:
    """Let an old address lead nowhere any more. Raises NotFound."""
    async with doors_of(request).unit_of_work() as db:
        await remove_redirect(db, me, redirect_id)
    return never_kept(RedirectResponse(f"{REDIRECTS}?done=removed", 303))


async def _page(
    request: Request,
    db: AsyncSession,
    form: Form[RedirectForm] | None = None,
    error: AppError | None = None,
) -> Response:
    frame = await spoken_frame(request, db)
    query = request.query_params
    words, source = one_line(query.get("q", ""))[:PATH_LENGTH], query.get("source", "")
    if isinstance(error, Conflict) and form is not None:
        words = form.typed.get("path", "").strip().rstrip("/")
    found = await redirects_listed(
        db,
        words=words,
        source=RedirectSource(source) if source in set(RedirectSource) else None,
        before=number_in(query.get("before", "")),
        most=PAGE_SIZE + 1,
    )
    sought = {"q": words, "source": source}
    done = query.get("done", "")
    page = RedirectsPage(
        frame=frame,
        head=admin_head(frame, _("Redirects"), REDIRECTS),
        around=surroundings(REDIRECTS),
        rows=[_row(one) for one in found[:PAGE_SIZE]],
        sources={"": _("all"), **{one: _(says) for one, says in _SOURCES.items()}},
        sought=sought,
        is_narrowed=any(sought.values()),
        typed={"path": "", "target": "", **(form.typed if form else {})},
        next_url=_next(sought, found),
        done=_(_DONE[done]) if done in _DONE else "",
        errors=wrong_with(form, error),
    )
    return unkept("admin/redirects.html", page, error.status if error else 200)


def _row(one: Listed) -> RedirectRow:
    row = one.redirect
    return RedirectRow(row.id, row.path, one.target, _(_SOURCES[row.source]), row.hits, row.hit_at)


def _next(sought: Mapping[str, str], found: Sequence[Listed]) -> str:
    if len(found) <= PAGE_SIZE:
        return ""
    given = {name: value for name, value in sought.items() if value}
    before = str(found[PAGE_SIZE - 1].redirect.id)
    return f"{REDIRECTS}?{urlencode({**given, 'before': before})}"
