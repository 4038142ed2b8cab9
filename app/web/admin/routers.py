"""All pages of `/admin/` that are new here, in the order in which addresses are looked for."""

from app.web.admin import front, log, look, menus, redirects, settings

# Before the files of the program, which know every address below `/static/`.
LOOK = (look.style,)
# Pictures before the parts, whose address takes any name.
ADMIN_PAGES = (
    front.router,
    look.router,
    settings.router,
    menus.router,
    redirects.router,
    log.router,
)
