"""`/admin/import/`: an export is handed in, looked into, brought in, and what came of it stays to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.errors import AppError, Invalid
from app.core.i18n import _, marked
from app.health.words import size as size_in_words
from app.porting.handed_in.actions import (
    bring_in,
    get_import,
    hand_in,
    imports,
    let_go,
    require_none_open,
)
from app.porting.handed_in.models import AT_WORK, OPEN, ImportKind, ImportState, SiteImport
from app.porting.handed_in.receiving import receive_export
from app.porting.handed_in.telling import ToldReport, told_again
from app.web.accounts.pages import never_kept, spoken_frame, unkept
from app.web.admin.pages import IMPORT, Surroundings, admin_head, surroundings
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.forms import FieldError, typed_fields
from app.web.head import Head
from app.web.multipart import read_form_with_file

router = APIRouter()

_ONE = IMPORT + "{import_id:int}/"
_READ = ["GET", "HEAD"]
_KINDS = {ImportKind.WORDPRESS: marked("WordPress"), ImportKind.DISQUS: marked("Disqus")}
_STATES = {
    ImportState.LOOKING: marked("being looked into"),
    ImportState.LOOKED: marked("waits for your yes"),
    ImportState.BRINGING: marked("being brought in"),
    ImportState.DONE: marked("brought in"),
    ImportState.FAILED: marked("failed"),
    ImportState.GIVEN_UP: marked("let go"),
}
_ROWS = {
    "authors": marked("Authors"),
    "categories": marked("Categories"),
    "tags": marked("Tags"),
    "uploads": marked("Uploads"),
    "posts": marked("Posts"),
    "pages": marked("Pages"),
    "comments": marked("Comments"),
}


@dataclass(frozen=True)
class ImportLine:
    """One import in the list of all."""

    url: str
    name: str
    state: str
    by: str
    at: datetime
    is_open: bool


@dataclass(frozen=True)
class ImportsPage:
    """`admin/imports.html`. As long as one is open, no other can be handed in."""

    frame: Frame
    head: Head
    around: Surroundings
    lines: Sequence[ImportLine]
    is_one_open: bool
    most_mb: int
    errors: Sequence[FieldError]


@dataclass(frozen=True)
class ImportPage:
    """`admin/import.html`. `report` is of the dry run as long as nothing was brought in."""

    frame: Frame
    head: Head
    around: Surroundings
    url: str
    name: str
    facts: Sequence[str]
    at: datetime
    state: ImportState
    is_at_work: bool
    is_open: bool
    step: str
    percent: int
    asks_for_files: bool
    because: str
    report: ToldReport | None
    rows: Sequence[tuple[str, Sequence[int]]]
    errors: Sequence[FieldError]


@router.api_route(IMPORT.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(IMPORT, 301)


@router.api_route(_ONE.rstrip("/"), methods=_READ)
async def one_with_slash(import_id: int) -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(f"{IMPORT}{import_id}/", 301)


@router.api_route(IMPORT, methods=_READ)
async def show_all(request: Request, db: Db, me: Me) -> Response:
    """The form, and what was handed in so far. Raises SignInNeeded or Forbidden."""
    return await _all(request, db, me)


@router.post(IMPORT)
async def take_in(request: Request, me: Me) -> Response:
    """Take an export in, to be looked into. The form again for what is none, or while another is open."""
    settings, doors = settings_of(request), doors_of(request)
    try:
        async with doors.reading() as db:
            # Before anybody has sent hundreds of megabytes for nothing.
            await require_none_open(db, me)
        form = await read_form_with_file(request, settings.import_mb << 20)
        if not form.file_name:
            await form.rest()
            raise Invalid(_("Please choose a file."))
        received = await receive_export(settings, form.file())
        async with doors.unit_of_work() as db:
            row = await hand_in(db, me, form.file_name, received, settings.base_host)
    except AppError as refused:
        if refused.status not in (409, 413, 422):
            raise
        async with doors.reading() as db:
            return await _all(request, db, me, refused)
    return never_kept(RedirectResponse(f"{IMPORT}{row.id}/", 303))


@router.api_route(_ONE, methods=_READ)
async def show(request: Request, db: Db, me: Me, import_id: int) -> Response:
    """How one of them stands. Raises SignInNeeded, Forbidden, NotFound."""
    return await _one(request, db, me, import_id)


@router.post(_ONE + "confirmation")
async def confirm(request: Request, me: Me, import_id: int) -> Response:
    """Bring in what was looked into. The page as it is now where that is not to be done any more."""
    require(may_run_the_site(me))
    typed = await typed_fields(request)
    try:
        async with doors_of(request).unit_of_work() as db:
            row = await get_import(db, me, import_id, locked=True)
            await bring_in(db, me, row, fetches_files=bool(typed.get("fetch_files")))
    except AppError as refused:
        return await _again(request, me, import_id, refused)
    return never_kept(RedirectResponse(f"{IMPORT}{import_id}/", 303))


@router.post(_ONE + "dismissal")
async def dismiss(request: Request, me: Me, import_id: int) -> Response:
    """Let it go; what is in by now stays. The page as it is now where it is over already."""
    try:
        async with doors_of(request).unit_of_work() as db:
            await let_go(db, me, await get_import(db, me, import_id, locked=True))
    except AppError as refused:
        return await _again(request, me, import_id, refused)
    return never_kept(RedirectResponse(f"{IMPORT}{import_id}/", 303))


async def _again(request: Request, me: Me, import_id: int, refused: AppError) -> Response:
    if refused.status != 409:
        raise refused
    async with doors_of(request).reading() as db:
        return await _one(request, db, me, import_id, refused)


async def _all(request: Request, db: Db, me: Me, refused: AppError | None = None) -> Response:
    require(may_run_the_site(me))
    frame = await spoken_frame(request, db)
    found = await imports(db, me)
    page = ImportsPage(
        frame=frame,
        head=admin_head(frame, _("Import"), IMPORT),
        around=surroundings(IMPORT),
        lines=[_line(row, name) for row, name in found],
        is_one_open=any(row.state in OPEN for row, _name in found),
        most_mb=settings_of(request).import_mb,
        errors=(FieldError("file", _(refused.detail)),) if refused else (),
    )
    return unkept("admin/imports.html", page, refused.status if refused else 200)


async def _one(
    request: Request, db: Db, me: Me, import_id: int, refused: AppError | None = None
) -> Response:
    row = await get_import(db, me, import_id)
    frame = await spoken_frame(request, db)
    url, report = f"{IMPORT}{row.id}/", told_again(row.report) if row.report else None
    page = ImportPage(
        frame=frame,
        head=admin_head(frame, row.source, url),
        around=surroundings(IMPORT),
        url=url,
        name=row.source,
        facts=[_(_KINDS[row.kind]), size_in_words(row.size), _(_STATES[row.state])],
        at=row.ended_at or row.handed_in_at,
        state=ImportState(row.state),
        is_at_work=row.state in AT_WORK,
        is_open=row.state in OPEN,
        step=row.step,
        percent=min(100, 100 * row.done // row.all) if row.all else 0,
        asks_for_files=row.kind == ImportKind.WORDPRESS,
        because=row.because,
        report=report,
        rows=_rows(report),
        errors=(FieldError("", refused.detail),) if refused else (),
    )
    return unkept("admin/import.html", page, refused.status if refused else 200)


def _rows(report: ToldReport | None) -> Sequence[tuple[str, Sequence[int]]]:
    """The sums, each under the name of what it is of."""
    return [
        (_(_ROWS.get(name, name)), numbers) for name, *numbers in (report.rows if report else ())
    ]


def _line(row: SiteImport, by: str) -> ImportLine:
    return ImportLine(
        url=f"{IMPORT}{row.id}/",
        name=row.source,
        state=_(_STATES[row.state]),
        by=by,
        at=row.handed_in_at,
        is_open=row.state in OPEN,
    )
