"""`/account/feeds/`: links by which a calendar or a feed reader reads one's own things."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.feed_tokens import (
    PrivateFeed,
    feed_of_group,
    feed_tokens_of,
    group_of_feed,
    make_feed_token,
    revoke_feed_token,
)
from app.accounts.policy import may_have_account_page
from app.core.answers import require
from app.core.errors import NotFound
from app.core.i18n import _, marked
from app.feeds.opml import MEDIA_TYPE, ListedFeed, feeds_of_group, write_opml
from app.groups.belonging import get_own_group, own_groups
from app.groups.models import Group, Visibility
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Frame, Me, doors_of
from app.web.groups.addresses import group_url
from app.web.head import Head, Link

router = APIRouter()

FEEDS = "/account/feeds/"
_LABELS = {
    PrivateFeed.PROMISES_CALENDAR: marked("My promises, for a calendar"),
    PrivateFeed.PROMISES: marked("My promises, for a feed reader"),
    PrivateFeed.INTRODUCTIONS: marked("Introductions that need my answer"),
    PrivateFeed.MENTIONS: marked("Where I am mentioned in groups"),
    PrivateFeed.QUEUE: marked("What waits for me to moderate"),
}
# These are files; all others are feeds in three formats, the first of which every reader knows.
_FILES = (PrivateFeed.PROMISES_CALENDAR, PrivateFeed.PROMISES)


@dataclass(frozen=True)
class PrivateFeedRow:
    """A feed of one's own, and since when there is a link to it."""

    name: str
    label: str
    since: datetime | None
    # Whether a link can be made; one to a group that was left can only be revoked.
    is_there: bool = True


@dataclass(frozen=True)
class FeedsPage:
    """`/account/feeds/`: links for calendars and feed readers; `made` are new ones, shown this once."""

    frame: Frame
    head: Head
    feeds: Sequence[PrivateFeedRow]
    groups: Sequence[PrivateFeedRow]
    # Whether they are in any group at all.
    has_groups: bool
    made: Sequence[Link] = ()
    done: str = ""


@router.api_route(FEEDS, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me) -> Response:
    """Which feeds there are, and to which there is a link."""
    require(may_have_account_page(me))
    done = _("That link opens nothing any more.") if request.query_params.get("done") else ""
    return await _page(request, db, me, done=done)


@router.post(FEEDS + "groups.opml")
async def all_of_groups(request: Request, me: Me) -> Response:
    """The feeds of all one's groups in one file, with new links to those for members.

    The links made before to these open nothing any more: there is one a group.
    """
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        frame = await spoken_frame(request, db)
        feeds: list[ListedFeed] = []
        for group in await own_groups(db, me):
            home = base = group_url(group.slug)
            if _needs_link(group):
                base = f"/f/{await make_feed_token(db, me, feed_of_group(group.id))}/"
            feeds += feeds_of_group(group.name, group.kinds, base, home)
        title = _("My groups on %(site)s") % {"site": frame.site.title}
    answer = Response(write_opml(title, frame.base_url, feeds), media_type=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="groups.opml"'
    return never_kept(answer)


@router.post(FEEDS + "{feed}")
async def make(request: Request, me: Me, feed: str) -> Response:
    """A new link: it is in the answer, and nowhere else. The one before it opens nothing any more."""
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        group = await _wanted(db, me, feed)
        token = await make_feed_token(db, me, feed)
    async with doors_of(request).reading() as db:
        frame = await spoken_frame(request, db)
        made = _links(frame.base_url, token, feed, group)
        return await _page(request, db, me, made=made)


@router.post(FEEDS + "{feed}/revocation")
async def revoke(request: Request, me: Me, feed: str) -> Response:
    """Let a link open nothing any more; also one to a group that was left."""
    if feed not in set(PrivateFeed) and group_of_feed(feed) is None:
        raise NotFound
    async with doors_of(request).unit_of_work() as db:
        await revoke_feed_token(db, me, feed)
    return never_kept(RedirectResponse(f"{FEEDS}?done=revoked", 303))


def _needs_link(group: Group) -> bool:
    """Whether what is said in a group is in no public feed."""
    return group.visibility != Visibility.PUBLIC


async def _wanted(db: AsyncSession, me: Actor, feed: str) -> Group | None:
    """The group of a feed of one; raises NotFound for what is not theirs to read."""
    group_id = group_of_feed(feed)
    if group_id is not None:
        return await get_own_group(db, me, group_id)
    if feed not in set(PrivateFeed) or (feed == PrivateFeed.QUEUE and not me.has_queue):
        raise NotFound
    return None


def _links(base_url: str, token: str, feed: str, group: Group | None) -> list[Link]:
    base = f"{base_url}/f/{token}/"
    if group is not None:
        below = feeds_of_group(group.name, group.kinds, base)
        return [Link(one.title, f"{one.page_path}feed/") for one in below]
    rest = feed if feed in _FILES else f"{feed}/feed/"
    return [Link(_(_LABELS[PrivateFeed(feed)]), base + rest)]


async def _page(
    request: Request, db: AsyncSession, me: Actor, *, made: Sequence[Link] = (), done: str = ""
) -> Response:
    frame = await spoken_frame(request, db)
    since = {token.feed: token.created_at for token in await feed_tokens_of(db, me)}
    inside = await own_groups(db, me)
    page = FeedsPage(
        frame=frame,
        head=head_of(frame, _("Private feeds"), FEEDS),
        feeds=[
            PrivateFeedRow(feed, _(label), since.get(feed))
            for feed, label in _LABELS.items()
            if feed != PrivateFeed.QUEUE or me.has_queue or feed in since
        ],
        groups=_group_rows([group for group in inside if _needs_link(group)], since),
        has_groups=bool(inside),
        made=made,
        done=done,
    )
    return unkept("account/feeds.html", page)


def _group_rows(groups: Sequence[Group], since: dict[str, datetime]) -> list[PrivateFeedRow]:
    """Groups that have no public feed, and links that were made to any other."""
    rows = [
        PrivateFeedRow(feed_of_group(group.id), group.name, since.get(feed_of_group(group.id)))
        for group in groups
    ]
    shown = {row.name for row in rows}
    # Not by its name: who is out of a hidden group does not know of it.
    elsewhere = _("A group that needs no link, or that you are not in")
    rows += [
        PrivateFeedRow(feed, elsewhere, at, is_there=False)
        for feed, at in since.items()
        if group_of_feed(feed) is not None and feed not in shown
    ]
    return rows
