"""`/groups/g/handles?q=mi`: who may be meant by `@mi`, while it is typed."""

from math import ceil
from time import time

from fastapi import APIRouter, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.responses import JSONResponse, Response

from app.accounts.handles import read_handle
from app.core.answers import YES, no, not_signed_in, require
from app.core.errors import TooMany
from app.core.i18n import _
from app.groups.handles import members_named
from app.groups.policy import may_moderate_here
from app.groups.queries import get_group
from app.web.deps import Me, SlowDb, settings_of
from app.web.groups.addresses import GROUPS

router = APIRouter()

# One a letter, for somebody who types without a pause.
OFTEN = RateLimitItemPerMinute(90)


class HandleLimit:
    """How often one session may ask, in the memory of one process: it keeps nobody from typing."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, session_id: int) -> None:
        """Once more. Raises TooMany."""
        if self._limiter.hit(OFTEN, str(session_id)):
            return
        window = self._limiter.get_window_stats(OFTEN, str(session_id))
        wait = max(1, ceil(window.reset_time - time()))
        raise TooMany(_("You ask too often. Type it out."), headers={"Retry-After": str(wait)})


@router.api_route(GROUPS + "{slug}/handles", methods=["GET", "HEAD"])
async def handles(request: Request, db: SlowDb, me: Me, slug: str) -> Response:
    """At most eight members whose handle begins so. Raises SignInNeeded, Forbidden, NotFound, TooMany."""
    here = await get_group(db, me, slug)
    words = _("Only members see who belongs to this group.")
    is_theirs = here.is_inside or bool(may_moderate_here(me, here))
    require(YES if is_theirs else no(words) if me.is_signed_in else not_signed_in(words))
    if settings_of(request).rate_limits != "off":
        limit: HandleLimit = request.app.state.handle_limit
        limit.count(me.session_id or 0)
    begins = read_handle(request.query_params.get("q", ""))
    found = await members_named(db, me, here.group.id, begins) if begins else []
    people = [{"handle": one.handle, "name": one.name} for one in found]
    return JSONResponse({"people": people}, headers={"Cache-Control": "no-store"})
