"""`/account/feeds/`: links by which a calendar or a feed reader reads one's own things."""

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.feed_tokens import (
    PrivateFeed,
    feed_tokens_of,
    make_feed_token,
    revoke_feed_token,
)
from app.accounts.policy import may_have_account_page
from app.core.answers import require
from app.core.errors import NotFound
from app.core.i18n import _, marked
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.promises.pages import FeedsPage, PrivateFeedRow

router = APIRouter()

FEEDS = "/account/feeds/"
_LABELS = {
    PrivateFeed.PROMISES_CALENDAR: marked("My promises, for a calendar"),
    PrivateFeed.PROMISES: marked("My promises, for a feed reader"),
}


@router.api_route(FEEDS, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me) -> Response:
    """Which feeds there are, and to which there is a link."""
    require(may_have_account_page(me))
    done = _("That link opens nothing any more.") if request.query_params.get("done") else ""
    return await _page(request, db, me, done=done)


@router.post(FEEDS + "{feed}")
async def make(request: Request, me: Me, feed: str) -> Response:
    """A new link: it is in the answer, and nowhere else. The one before it opens nothing any more."""
    wanted = _feed(feed)
    async with doors_of(request).unit_of_work() as db:
        token = await make_feed_token(db, me, wanted)
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, made=f"/f/{token}/{wanted}")


@router.post(FEEDS + "{feed}/revocation")
async def revoke(request: Request, me: Me, feed: str) -> Response:
    """Let a link open nothing any more."""
    wanted = _feed(feed)
    async with doors_of(request).unit_of_work() as db:
        await revoke_feed_token(db, me, wanted)
    return never_kept(RedirectResponse(f"{FEEDS}?done=revoked", 303))


def _feed(name: str) -> PrivateFeed:
    if name not in set(PrivateFeed):
        raise NotFound
    return PrivateFeed(name)


async def _page(
    request: Request, db: AsyncSession, me: Actor, *, made: str = "", done: str = ""
) -> Response:
    frame = await spoken_frame(request, db)
    since = {token.feed: token.created_at for token in await feed_tokens_of(db, me)}
    page = FeedsPage(
        frame=frame,
        head=head_of(frame, _("Private feeds"), FEEDS),
        feeds=[PrivateFeedRow(feed, _(label), since.get(feed)) for feed, label in _LABELS.items()],
        made=f"{frame.base_url}{made}" if made else "",
        done=done,
    )
    return unkept("account/feeds.html", page)
