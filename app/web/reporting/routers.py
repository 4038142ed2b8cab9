"""The list of routers about reports, for `app/web/routers.py`."""

from app.web.reporting import making, own

REPORTING = (own.router, making.router)
