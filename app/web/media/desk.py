"""`/write/media/`: all files that are somebody's to change, and a form for new ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import AppError
from app.core.i18n import _
from app.core.stores import store_of
from app.core.text import number_in, one_line
from app.media.library import PAGE_SIZE, Kind, Wanted, library, number_untold, sizes_of
from app.media.models import Upload
from app.media.policy import may_use_library
from app.media.uploading import ENDINGS, LARGEST_UPLOAD, NewUpload, add_upload
from app.site.queries import get_site
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Me, doors_of, settings_of
from app.web.forms import FieldError
from app.web.head import Link
from app.web.media.pages import DESK, DeskPage
from app.web.media.words import card_of, is_untold, kinds_in_words, said_done, title_of
from app.web.multipart import Room, SentForm, read_form_with_files
from app.web.resources.pages import Choice
from app.web.rpc.dates import local

MOST_FILES = 20
# Of more than that nothing is read; a browser shows why what is a little too large was refused.
_ROOM = Room(LARGEST_UPLOAD, files=MOST_FILES, past=8 << 20)
_LONGEST_SEARCH = 200
_READ = ["GET", "HEAD"]

router = APIRouter()


@dataclass
class _Outcome:
    """What became of the files of one form, one after the other."""

    taken: list[Upload] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    status: int = 200

    def refuse(self, name: str, refused: AppError) -> None:
        """One was not taken; the others may be."""
        name, why = one_line(name)[:80], _(refused.detail)
        says = why if name in why else _("%(name)s: %(why)s") % {"name": name, "why": why}
        self.errors.append(FieldError("file", says))
        self.status = max(self.status, refused.status)


@router.api_route(DESK.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(DESK, 301)


@router.api_route(DESK, methods=_READ)
async def show_desk(request: Request, me: Me) -> Response:
    """The newest first; `?q=` and `?kind=` narrow it, `?before=` goes on."""
    require(may_use_library(me))
    return await _page(request, me)


@router.post(DESK)
async def create(request: Request, me: Me) -> Response:
    """Take in the files of a form, each for itself: what is wrong with one keeps no other out."""
    require(may_use_library(me))
    sent = await read_form_with_files(request, _ROOM)
    outcome = await _taken_in(request, me, sent)
    if outcome.errors:
        return await _page(request, me, outcome)
    if len(outcome.taken) == 1:
        upload = outcome.taken[0]
        done = "added" if is_untold(upload) else "file"
        return onward(f"{DESK}{upload.id}/", done)
    return onward(DESK, "several")


def onward(url: str, done: str) -> Response:
    """On to a page that says what was done."""
    return never_kept(RedirectResponse(f"{url}?done={done}", 303))


async def _taken_in(request: Request, me: Actor, sent: SentForm) -> _Outcome:
    doors, folder, outcome = doors_of(request), store_of(settings_of(request)), _Outcome()
    async with doors.reading() as db:
        at = local(clock.now(), await get_site(db))
    try:
        async for file in sent.files():
            if not file.name:
                # Browsers send an empty one where none was chosen.
                continue
            try:
                new = NewUpload(name=file.name, chunks=file.chunks, at=at)
                outcome.taken.append(await add_upload(doors, folder, me, new))
            except AppError as refused:
                if refused.status not in (409, 413, 422):
                    raise
                outcome.refuse(file.name, refused)
    except AppError as refused:
        if refused.status != 413:
            raise
        if not outcome.errors:
            outcome.refuse("", refused)
    if not (outcome.taken or outcome.errors):
        outcome.errors.append(FieldError("file", _("Please choose a file.")))
        outcome.status = 422
    return outcome


async def _page(request: Request, me: Actor, outcome: _Outcome | None = None) -> Response:
    query = request.query_params
    wanted = _wanted(query.get("q", ""), query.get("kind", ""))
    outcome = outcome or _Outcome()
    # Words may stand anywhere in what is said of a file: all of them are looked through.
    async with doors_of(request).reading(slow=bool(wanted.words)) as db:
        frame = await spoken_frame(request, db)
        found = await library(db, me, wanted, number_in(query.get("before", "")))
        shown = found[:PAGE_SIZE]
        sizes = await sizes_of(db, [upload.id for upload in shown]) if shown else {}
        untold = await number_untold(db, me)
    next_url = _url(wanted, before=str(shown[-1].id)) if len(found) > PAGE_SIZE else ""
    page = DeskPage(
        frame=frame,
        head=head_of(frame, _("Files"), DESK),
        cards=[card_of(upload, sizes[upload.id]) for upload in shown],
        words=wanted.words,
        kind=wanted.kind or "",
        kinds=_choices(wanted),
        number_untold=untold,
        next_url=next_url,
        most_mb=LARGEST_UPLOAD >> 20,
        most_files=MOST_FILES,
        endings=",".join(f".{ending}" for ending in ENDINGS),
        done=said_done(request),
        taken=[Link(title_of(upload), f"{DESK}{upload.id}/") for upload in outcome.taken],
        errors=outcome.errors,
    )
    return unkept("media/desk.html", page, outcome.status)


def _wanted(words: str, kind: str) -> Wanted:
    words = one_line(words.replace("\0", ""))[:_LONGEST_SEARCH]
    return Wanted(words, Kind(kind) if kind in list(Kind) else None)


def _choices(wanted: Wanted) -> Sequence[Choice]:
    every = [Choice(_("All"), _url(Wanted(wanted.words)), wanted.kind is None)]
    return every + [
        Choice(words, _url(Wanted(wanted.words, kind)), wanted.kind == kind)
        for kind, words in kinds_in_words().items()
    ]


def _url(wanted: Wanted, before: str = "") -> str:
    said = {"q": wanted.words, "kind": wanted.kind or "", "before": before}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"{DESK}?{query}" if query else DESK
