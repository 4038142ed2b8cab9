"""The boards of asks and offers, of one group and of all that somebody reads."""

import re
from datetime import date, timedelta

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import Answer, no
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.text import number_in, one_line
from app.groups.models import TopicKind, Visibility
from app.groups.policy import may_start
from app.groups.queries import Standing, get_group_to_read
from app.networking.asks.balance import balance_of
from app.networking.asks.boards import (
    ON_BOARD,
    BoardCursor,
    Listed,
    asks_listed,
    cursor_behind,
    offers_listed,
    public_groups,
)
from app.networking.asks.queries import get_matter
from app.web.accounts.pages import spoken_frame
from app.web.asks.addresses import ASKS, BOARDS, board_url
from app.web.asks.pages import BoardPage
from app.web.asks.rows import rows_of
from app.web.deps import Db, Frame, Me
from app.web.door.page_cache import mark_cacheable
from app.web.groups.addresses import GROUPS, topic_url
from app.web.groups.entering import entered
from app.web.groups.topics import named
from app.web.groups.tops import top_of
from app.web.head import Head
from app.web.pages.discovery import discovery
from app.web.rendering import render

router = APIRouter()

_READ = ["GET", "HEAD"]
_CURSOR = re.compile(r"(\d)-(\d{4}-\d\d-\d\d)-(\d{1,18})")
# What has run out is gone from a kept page so soon, should nothing else change.
KEPT_FOR = timedelta(minutes=5)
_LISTS = {TopicKind.ASK: asks_listed, TopicKind.OFFER: offers_listed}


@router.api_route(GROUPS + "{slug}/asks/", methods=_READ)
async def show_asks(request: Request, db: Db, me: Me, slug: str) -> Response:
    """What is asked for in a group; `?tag=` of one kind, `?page=` further down. Raises NotFound."""
    return await _board(request, db, me, slug, TopicKind.ASK)


@router.api_route(GROUPS + "{slug}/offers/", methods=_READ)
async def show_offers(request: Request, db: Db, me: Me, slug: str) -> Response:
    """What is offered in a group. Raises NotFound."""
    return await _board(request, db, me, slug, TopicKind.OFFER)


@router.api_route(GROUPS + "{slug}/asks/{name}/", methods=_READ)
@router.api_route(GROUPS + "{slug}/asks/{name}", methods=_READ)
async def show_ask(db: Db, me: Me, slug: str, name: str) -> Response:
    """The one address of an ask is its discussion's. Raises NotFound."""
    return await _on_to_topic(db, me, slug, name, TopicKind.ASK)


@router.api_route(GROUPS + "{slug}/offers/{name}/", methods=_READ)
@router.api_route(GROUPS + "{slug}/offers/{name}", methods=_READ)
async def show_offer(db: Db, me: Me, slug: str, name: str) -> Response:
    """The same for an offer. Raises NotFound."""
    return await _on_to_topic(db, me, slug, name, TopicKind.OFFER)


@router.api_route(ASKS, methods=_READ)
async def show_everywhere(request: Request, db: Db, me: Me) -> Response:
    """What is asked for in every group that somebody reads."""
    frame = await spoken_frame(request, db)
    tag, after = _asked_for(request)
    found = await asks_listed(db, me, tag=tag, after=after)
    title = _("Asks")
    page = BoardPage(
        frame=frame,
        head=_head(frame, title, ASKS, is_public=True, is_first=not (tag or after)),
        top=None,
        title=title,
        is_ask=True,
        rows=rows_of(frame.site, found[:ON_BOARD]),
        url=ASKS,
        tag=tag,
        further=_further(ASKS, found, tag),
        may_start=no(_("Asks are made in a group.")),
        balance=await balance_of(db, me, clock.now()) if me.is_signed_in else None,
    )
    if not me.is_signed_in:
        groups = {f"group:{number}" for number in await public_groups(db)}
        mark_cacheable(request.scope, {"site", "groups"} | groups, max_age=KEPT_FOR)
    return render("asks/board.html", page)


@router.api_route(ASKS.rstrip("/"), methods=_READ)
async def everywhere_with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(ASKS, 301)


def takes(here: Standing, kind: TopicKind) -> None:
    """Whether a group has such a board at all. Raises NotFound."""
    if kind not in here.group.kinds:
        raise NotFound


async def _board(
    request: Request, db: AsyncSession, me: Actor, slug: str, kind: TopicKind
) -> Response:
    here = await get_group_to_read(db, me, slug)
    takes(here, kind)
    entered(request, me, here)
    frame, group = await spoken_frame(request, db), here.group
    tag, after = _asked_for(request)
    found = await _LISTS[kind](db, me, group_id=group.id, tag=tag, after=after)
    url, is_ask = board_url(slug, kind), kind == TopicKind.ASK
    name = _("Asks") if is_ask else _("Offers")
    is_public = group.visibility == Visibility.PUBLIC
    title = f"{name} – {group.name}"
    page = BoardPage(
        frame=frame,
        head=_head(frame, title, url, is_public=is_public, is_first=not (tag or after)),
        top=await top_of(db, me, here, BOARDS[kind], may_read=True),
        title=name,
        is_ask=is_ask,
        rows=rows_of(frame.site, found[:ON_BOARD]),
        url=url,
        tag=tag,
        further=_further(url, found, tag),
        may_start=_may_start(me, here, kind),
        balance=await balance_of(db, me, clock.now()) if is_ask and here.is_inside else None,
    )
    if not me.is_signed_in:
        mark_cacheable(request.scope, {"site", f"group:{group.id}"}, max_age=KEPT_FOR)
    return render("asks/board.html", page)


def _may_start(me: Actor, here: Standing, kind: TopicKind) -> Answer:
    return may_start(me, here, kind, clock.now())


async def _on_to_topic(
    db: AsyncSession, me: Actor, slug: str, name: str, kind: TopicKind
) -> Response:
    matter = await get_matter(db, me, slug, named(name))
    if matter.topic.kind != kind:
        raise NotFound
    return RedirectResponse(topic_url(slug, matter.topic.id, matter.topic.slug), 301)


def _head(frame: Frame, title: str, path: str, *, is_public: bool, is_first: bool) -> Head:
    feed = (title, f"{path}feed/") if is_public else None
    return Head(
        title=f"{title} – {frame.site.title}",
        path=path,
        canonical=frame.base_url + path,
        robots="max-image-preview:large" if is_public and is_first else "noindex",
        links=discovery(frame.base_url, frame.site.title, own_feed=feed),
    )


def _asked_for(request: Request) -> tuple[str, BoardCursor | None]:
    query = request.query_params
    return one_line(query.get("tag", ""))[:40].casefold(), _cursor(query.get("page", ""))


def _cursor(written: str) -> BoardCursor | None:
    found = _CURSOR.fullmatch(written)
    number = number_in(found[3]) if found else None
    if found is None or number is None or not found[1].isascii():
        return None
    try:
        return BoardCursor(int(found[1]), date.fromisoformat(found[2]), number)
    except ValueError:
        return None


def _further(url: str, found: list[Listed], tag: str) -> str:
    """Where the board goes on; empty at its end."""
    if len(found) <= ON_BOARD:
        return ""
    key = cursor_behind(found[ON_BOARD - 1])
    query = f"?page={key.rank}-{key.day.isoformat()}-{key.topic_id}"
    return url + query + (f"&tag={tag}" if tag else "")
