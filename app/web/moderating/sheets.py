"""Forms of their own, for what takes more than one key: an answer, other words, a note, a reason, a block.

Each has an address, so that it works without script; script puts it into a dialog over the queue.
"""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.queries import moderators
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.secrets import Secrets
from app.core.text import clean_text
from app.discussions.queue import QueueItem, queue_item
from app.discussions.verbs import REASONS, said_of
from app.moderation.log import last_warning
from app.notifications.warnings import why_not_warned
from app.web.deps import Frame, Me, doors_of, secrets_of_app
from app.web.moderating.addresses import back_to, row_in
from app.web.moderating.answers import Where, sought_of, wants_part
from app.web.moderating.pages import Row, RowPage, Tab
from app.web.moderating.places import places_meant, why_not_moved
from app.web.moderating.queue import around_of
from app.web.moderating.rows import Place, row_of
from app.web.moderating.sheet_pages import SheetPage
from app.web.moderating.surroundings import (
    console_frame,
    head_of,
    require_console,
    require_moderators_console,
    tabs_of,
)
from app.web.rendering import render

router = APIRouter()

_FOR_MODERATORS = frozenset(("note", "block", "assignment"))
_ABOUT_AUTHORS = frozenset(("note", "block"))


@router.get("/mod/comments/{comment_id:int}/answer")
@router.get("/mod/comments/{comment_id:int}/edition")
@router.get("/mod/comments/{comment_id:int}/note")
@router.get("/mod/comments/{comment_id:int}/removal")
@router.get("/mod/comments/{comment_id:int}/block")
@router.get("/mod/comments/{comment_id:int}/assignment")
@router.get("/mod/comments/{comment_id:int}/warning")
@router.get("/mod/comments/{comment_id:int}/place")
async def show_sheet(request: Request, comment_id: int, me: Me) -> Response:
    """One of the forms about a comment or its author. Raises NotFound."""
    kind = request.url.path.rsplit("/", 1)[1]
    typed = clean_text(request.query_params.get("q", ""))
    return await sheet(request, me, comment_id, kind, _where(request), typed=typed or None)


@router.get("/mod/comments/{comment_id:int}")
async def show_case(request: Request, comment_id: int, me: Me) -> Response:
    """One case by itself: where the log and letters lead. Raises NotFound."""
    require_console(me)
    place = _place(_where(request))
    async with doors_of(request).reading() as db:
        frame = await console_frame(request, db)
        item = await queue_item(db, me, comment_id)
        if item is None:
            raise NotFound(_("There is no such comment."))
        row = row_of(item, await around_of(db, me, [item]), me, place, clock.now())
        page = RowPage(frame, head_of(frame, row.title), await tabs_of(db, me, ""), row, None)
    response = render("moderating/row_page.html", page)
    response.headers["Cache-Control"] = "no-store"
    return response


async def sheet(
    request: Request,
    me: Actor,
    comment_id: int,
    kind: str,
    said: Where,
    *,
    trouble: str = "",
    typed: str | None = None,
    status: int = 200,
) -> Response:
    """A form as it is at first, or again with what was typed and what is wrong with it."""
    require_console(me)
    if kind in _FOR_MODERATORS:
        require_moderators_console(me)
    async with doors_of(request).reading() as db:
        frame = await console_frame(request, db)
        item = await queue_item(db, me, comment_id)
        if item is None or (kind in _ABOUT_AUTHORS and item.author is None):
            raise NotFound(_("There is no such comment."))
        row = row_of(item, await around_of(db, me, [item]), me, _place(said), clock.now())
        tabs = () if wants_part(request) else await tabs_of(db, me, "")
        page = _page(frame, item, row, kind, tabs)
        if typed is not None:
            page = replace(page, text=typed)
        page = await _filled(db, secrets_of_app(request), item, page)
    template = "moderating/sheet.html" if wants_part(request) else "moderating/sheet_page.html"
    response = render(template, replace(page, trouble=trouble or page.trouble), status=status)
    response.headers["Cache-Control"] = "no-store"
    if trouble:
        # Into the dialog in which it was typed, not into the row it is about.
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#sheet", "innerHTML"
    return response


def _where(request: Request) -> Where:
    """Where the row stood from which a form was opened, as its address says."""
    given = request.query_params
    return Where(back=given.get("back", ""), next=row_in(given.get("next", "")))


def _place(said: Where) -> Place:
    return Place(sought_of(said.back), back_to(said.back), said.next)


def _page(frame: Frame, item: QueueItem, row: Row, kind: str, tabs: Sequence[Tab]) -> SheetPage:
    title, author = _title(kind, row.name), item.author
    here = int(item.comment.status in ("pending", "approved"))
    others = author.pending + author.approved - here if author else 0
    return SheetPage(
        frame=frame,
        head=head_of(frame, title),
        tabs=tabs,
        kind=kind,
        title=title,
        row=row,
        author_id=author.id if author else 0,
        text=item.comment.body_source if kind == "edition" else "",
        reasons=[(code, _(words)) for code, words in REASONS.items()],
        others=max(others, 0),
    )


async def _filled(
    db: AsyncSession, secrets: Secrets, item: QueueItem, page: SheetPage
) -> SheetPage:
    """What forms of one kind alone have to ask the database for."""
    if page.kind == "assignment":
        people = [(one.id, one.name) for one in await moderators(db)]
        return replace(page, people=people, held_by=item.case.claimed_by or 0)
    if page.kind == "warning":
        refusal = await why_not_warned(db, secrets, item.comment)
        last = await last_warning(db, item.case.kind, item.comment.id)
        if last is None:
            return replace(page, refusal=refusal)
        before = said_of(last.decision, last.name or _("Somebody"), clock.now())
        earlier = [(before, last.decision.note)]
        return replace(page, refusal=refusal, earlier=earlier, seen=last.decision.id)
    if page.kind == "place":
        found = await places_meant(db, page.frame.me, page.frame, page.text)
        places = [one for one in found if one.id != item.post_id]
        here = _("It stands under that post already.") if found and not places else ""
        refusal = await why_not_moved(db, item.comment)
        return replace(page, refusal=refusal, places=places, trouble=here)
    return page


def _title(kind: str, name: str) -> str:
    return {
        "answer": _("Answer %(name)s"),
        "edition": _("Edit what %(name)s wrote"),
        "note": _("A note on %(name)s, for moderators"),
        "removal": _("Remove what %(name)s wrote"),
        "block": _("Block %(name)s"),
        "place": _("Move what %(name)s wrote"),
        "warning": _("A letter to %(name)s"),
        "assignment": _("Who is to see to what %(name)s wrote?"),
    }[kind] % {"name": name}
