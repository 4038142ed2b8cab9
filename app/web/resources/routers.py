"""The library's addresses, in this order: the first that knows one answers."""

from app.web.resources import (
    addresses,
    desk,
    downloads,
    editing,
    feed,
    letters,
    library,
    of_groups,
    sharing,
)

RESOURCES = (
    desk.router,
    editing.router,
    feed.router,
    downloads.router,
    letters.router,
    addresses.router,
    library.router,
)

# These stand below groups: before whoever knows all addresses there.
GROUP_RESOURCES = (sharing.router, of_groups.router)
