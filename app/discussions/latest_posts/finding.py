"""Asks the website that a commenter has named for its newest post, through the guarded door."""

from app.core.errors import Unreachable
from app.core.foreign_html import read_apart
from app.core.i18n import _
from app.core.outbound.addresses import host_of
from app.core.outbound.asking import FEED, Asking, Limits
from app.core.outbound.door import Door, Fetched
from app.discussions.latest_posts.feeds import Item, newest, read_feed
from app.discussions.latest_posts.pages import feed_of_page

LIMITS = Limits()


async def newest_post(
    door: Door, website: str, *, asked_by: str, kept_for: str = ""
) -> Item | None:
    """The newest item of the website's feed; None where it has no feed, or its newest is elsewhere.

    Raises Unreachable where nothing is known for now, and NotNow.
    """
    asking = Asking(FEED, LIMITS, asked_by=asked_by, may_wait=False, kept_for=kept_for)
    page = await _fetched(door, website, asking)
    named = await read_apart(feed_of_page, page.content, page.url)
    feed = await _fetched(door, named, asking) if named else page
    items = await read_apart(read_feed, feed.content, feed.url)
    item = newest(items or ())
    return item if item and is_same_host(item.url, website) else None


def is_same_host(url: str, website: str) -> bool:
    """Whether a web address stands at the host of a website, `www.` or not."""
    host = _host(url)
    return bool(host) and host == _host(website)


async def _fetched(door: Door, url: str, asking: Asking) -> Fetched:
    answer = await door.fetch(url, asking)
    if not 200 <= answer.status < 300:
        raise Unreachable(_("That server answered with an error."))
    return answer


def _host(url: str) -> str:
    try:
        return host_of(url).rstrip(".").removeprefix("www.")
    except Unreachable:
        return ""
