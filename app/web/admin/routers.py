"""All pages of `/admin/` that are new here, in the order in which addresses are looked for."""

from app.web.admin import (
    authors,
    front,
    health,
    importing,
    log,
    look,
    menus,
    permalinks,
    redirects,
    settings,
    start,
)

# Before the files of the program, which know every address below `/static/`.
LOOK = (look.style,)
# Some before the parts of the settings, whose address takes any name.
ADMIN_PAGES = (
    front.router,
    start.router,
    authors.router,
    look.router,
    permalinks.router,
    settings.router,
    menus.router,
    redirects.router,
    log.router,
    importing.router,
    health.router,
)
