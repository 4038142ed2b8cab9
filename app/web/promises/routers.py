"""The doors to promises, in the order in which they are asked."""

from app.web.accounts import private_feeds
from app.web.promises import feeds, lists, making, one

PROMISING = (
    lists.router,
    making.router,
    one.router,
    feeds.router,
    private_feeds.router,
)
