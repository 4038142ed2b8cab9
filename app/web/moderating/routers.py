"""The console's own list of routers, for `app/web/routers.py`."""

from app.web.moderating import (
    authors,
    batches,
    changes,
    decisions,
    keys,
    log,
    others,
    outbox,
    queue,
    records,
    sheets,
)

MODERATING = (
    queue.router,
    decisions.router,
    sheets.router,
    changes.router,
    authors.router,
    batches.router,
    log.router,
    others.router,
    keys.router,
    records.router,
    outbox.router,
)
