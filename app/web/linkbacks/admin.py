"""`/admin/links/`: which links from elsewhere are taken in, and the log of what other sites were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.errors import Invalid
from app.core.i18n import _, marked
from app.core.text import number_in
from app.linkbacks.announced import PAGE_SIZE, Announced, announced_lately, announced_of
from app.linkbacks.announcing import try_again
from app.linkbacks.announcing_jobs import tell_soon
from app.linkbacks.sent import AnnouncementState
from app.posts.switches import switch_all_pings
from app.site.actions import LinkSwitches, link_switches_of, switch_links
from app.site.queries import ensure_site
from app.web.accounts.pages import never_kept, spoken_frame, unkept
from app.web.admin.pages import LINKS, Surroundings, admin_head, surroundings_of
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.forms import typed_fields
from app.web.head import Head
from app.web.moderating.rows import kind_words

router = APIRouter()

_READ = ["GET", "HEAD"]
_STATES = {
    AnnouncementState.WAITING: marked("waits"),
    AnnouncementState.SENT: marked("told"),
    AnnouncementState.NONE_OFFERED: marked("takes nothing"),
    AnnouncementState.REFUSED: marked("refused"),
    AnnouncementState.FAILED: marked("failed, and is tried again"),
    AnnouncementState.GIVEN_UP: marked("given up"),
}
_AGAIN = (AnnouncementState.REFUSED, AnnouncementState.GIVEN_UP, AnnouncementState.NONE_OFFERED)
_DONE = {
    "switches": marked("Noted. It counts from the next link on."),
    "open": marked("All posts collect links now."),
    "closed": marked("No post collects links any more. Those collected stay."),
    "again": marked("What went wrong is tried once more."),
}


@dataclass(frozen=True)
class Told:
    """One line of the log."""

    post_id: int
    title: str
    target: str
    kind: str
    state: str
    went_well: bool
    answer: str
    status_url: str
    at: datetime


@dataclass(frozen=True)
class LinksPage:
    """`linkbacks/admin.html`. Switches for owners alone; `next_url` is empty on the last page."""

    frame: Frame
    head: Head
    around: Surroundings
    switches: LinkSwitches | None
    log: Sequence[Told]
    next_url: str
    done: str


@dataclass(frozen=True)
class PostLinksPage:
    """`linkbacks/announced.html`: whom the links of one post were announced to."""

    frame: Frame
    head: Head
    around: Surroundings
    post_id: int
    title: str
    log: Sequence[Told]
    can_be_tried_again: bool
    done: str


@router.api_route(LINKS.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(LINKS, 301)


@router.api_route(LINKS, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """The switches, for owners; the log, for whoever writes, of the posts that are theirs to write."""
    before = request.query_params.get("before", "")
    found = await announced_lately(db, me, number_in(before))
    frame = await spoken_frame(request, db)
    has_more = len(found) > PAGE_SIZE
    page = LinksPage(
        frame=frame,
        head=admin_head(frame, _("Links from and to other sites"), LINKS),
        around=surroundings_of(me, LINKS),
        switches=link_switches_of(frame.site) if may_run_the_site(me) else None,
        log=[_told(one) for one in found[:PAGE_SIZE]],
        next_url=f"{LINKS}?before={found[PAGE_SIZE - 1].told.id}" if has_more else "",
        done=_done(request),
    )
    return unkept("linkbacks/admin.html", page)


@router.post(f"{LINKS}switches")
async def switch(request: Request, me: Me) -> Response:
    """Take links in by these ways and no others."""
    require(may_run_the_site(me))
    # A box that is not ticked is not sent.
    typed = await typed_fields(request)
    wanted = LinkSwitches(
        **{name: bool(typed.get(name)) for name in LinkSwitches.__dataclass_fields__}
    )
    async with doors_of(request).unit_of_work() as db:
        await switch_links(db, me, await ensure_site(db, settings_of(request).base_host), wanted)
    return _onward(LINKS, "switches")


@router.post(f"{LINKS}all-posts")
async def switch_all(request: Request, me: Me) -> Response:
    """Let all existing posts collect links, or none. Raises Invalid for a form that says neither."""
    require(may_run_the_site(me))
    said = (await typed_fields(request)).get("open", "")
    if said not in ("0", "1"):
        raise Invalid(_("Say whether all posts are to collect links, or none."))
    is_open = said == "1"
    async with doors_of(request).unit_of_work() as db:
        await switch_all_pings(db, me, is_open=is_open)
    return _onward(LINKS, "open" if is_open else "closed")


@router.api_route(f"{LINKS}{{post_id:int}}/", methods=_READ)
async def show_post(request: Request, db: Db, me: Me, post_id: int) -> Response:
    """Whom one post's links were announced to. Raises NotFound."""
    post, found = await announced_of(db, me, post_id)
    frame = await spoken_frame(request, db)
    page = PostLinksPage(
        frame=frame,
        head=admin_head(frame, _("Links of a post"), f"{LINKS}{post_id}/"),
        around=surroundings_of(me, LINKS),
        post_id=post_id,
        title=post.title or _("Untitled"),
        log=[_told(one) for one in found],
        can_be_tried_again=any(one.told.state in _AGAIN for one in found),
        done=_done(request),
    )
    return unkept("linkbacks/announced.html", page)


@router.post(f"{LINKS}{{post_id:int}}/again")
async def tell_again(request: Request, me: Me, post_id: int) -> Response:
    """Try what went wrong once more. Raises NotFound."""
    async with doors_of(request).unit_of_work() as db:
        await tell_soon(db, await try_again(db, me, post_id))
    return _onward(f"{LINKS}{post_id}/", "again")


def _told(one: Announced) -> Told:
    row = one.told
    return Told(
        post_id=row.post_id,
        title=one.title or _("Untitled"),
        target=row.target,
        kind=kind_words(row.kind) if row.kind else "",
        state=_(_STATES[row.state]),
        went_well=row.state in (AnnouncementState.SENT, AnnouncementState.WAITING),
        answer=row.answer,
        status_url=row.status_url,
        at=row.updated_at,
    )


def _done(request: Request) -> str:
    said = _DONE.get(request.query_params.get("done", ""))
    return _(said) if said else ""


def _onward(url: str, done: str) -> Response:
    return never_kept(RedirectResponse(f"{url}?done={done}", 303))
