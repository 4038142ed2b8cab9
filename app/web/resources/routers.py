"""The library's addresses, in this order: the first that knows one answers."""

from app.web.resources import addresses, desk, downloads, editing, feed, letters, library

RESOURCES = (
    desk.router,
    editing.router,
    feed.router,
    downloads.router,
    letters.router,
    addresses.router,
    library.router,
)
