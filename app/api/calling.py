"""Who calls, with what token, and how often: known before anything of a call is read."""

from dataclasses import dataclass, replace
from math import ceil
from time import time
from urllib.parse import quote

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR, Actor
from app.accounts.api_tokens import Bearer, Scope, find_bearer, note_api_use
from app.core.errors import Forbidden, SignInNeeded, TooMany
from app.core.i18n import _, speak
from app.core.networks import household, kept_address
from app.core.secrets import secrets_of
from app.moderation.authors import key_of_member
from app.settings import Settings
from app.site.models import SiteRow
from app.web.deps import doors_of, frame_of, settings_of
from app.work import Doors

BASE = "/api/v1"
READS = ("GET", "HEAD")
# Calls of any kind; what changes something is counted once more, by all processes together.
WITH_TOKEN = RateLimitItemPerMinute(600)
WITHOUT = RateLimitItemPerMinute(120)


class CallLimit:
    """How often one token, or one household without any, may ask, in the memory of one process."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, limit: RateLimitItem, who: str) -> None:
        """Once more. Raises TooMany with the seconds to wait."""
        if self._limiter.hit(limit, who):
            return
        window = self._limiter.get_window_stats(limit, who)
        wait = max(1, ceil(window.reset_time - time()))
        words = _("That was too often. Try again in %(seconds)d seconds.") % {"seconds": wait}
        raise TooMany(words, headers={"Retry-After": str(wait)})


@dataclass(frozen=True)
class Call:
    """One call: who makes it, by which token, and the site as it is just now."""

    request: Request
    me: Actor
    site: SiteRow
    # None for a visitor, who only reads.
    token_id: int | None = None

    @property
    def doors(self) -> Doors:
        """The doors to the database."""
        return doors_of(self.request)

    @property
    def settings(self) -> Settings:
        """The deployment's settings."""
        return settings_of(self.request)

    def url(self, path: str) -> str:
        """The whole address of a path on this site."""
        return f"{self.settings.base_url}{path}"

    def api(self, path: str) -> str:
        """The whole address of a path in the API, which may be in any letters."""
        return self.url(f"{BASE}{quote(path)}")


async def call_of(request: Request, scope: Scope, *, is_public: bool) -> Call:
    """Who makes a call that needs `scope`; a visitor only where it `is_public`.

    A session's cookie counts for nothing here. Raises SignInNeeded, Forbidden, TooMany.
    """
    doors = doors_of(request)
    async with doors.reading() as db:
        site = (await frame_of(request, db)).site
        speak(site.language)
        bearer = await _bearer(request, db)
    _count(request, bearer)
    if bearer is None:
        if not is_public:
            raise SignInNeeded(_("This needs a token, sent as “Authorization: Bearer …”."))
        return Call(request, VISITOR, site)
    if scope not in bearer.scopes:
        says = _("This token is not for that: it lacks “%(scope)s”.") % {"scope": scope.value}
        raise Forbidden(says)
    if bearer.is_use_to_note:
        async with doors.unit_of_work() as db:
            await note_api_use(db, bearer.token_id)
    key = key_of_member(secrets_of(settings_of(request)), bearer.actor.user_id or 0)
    return Call(request, replace(bearer.actor, proved_key=key), site, bearer.token_id)


async def _bearer(request: Request, db: AsyncSession) -> Bearer | None:
    """Whose token came along; None for none. Raises SignInNeeded for one that opens nothing."""
    given = request.headers.get("authorization")
    if given is None:
        return None
    scheme, _blank, token = given.strip().partition(" ")
    bearer = await find_bearer(db, token.strip()) if scheme.lower() == "bearer" else None
    if bearer is None:
        raise SignInNeeded(
            _("That token opens nothing: it was revoked, its time is over, or it never was."),
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    return bearer


def _count(request: Request, bearer: Bearer | None) -> None:
    if settings_of(request).rate_limits == "off":
        return
    limit: CallLimit = request.app.state.call_limit
    if bearer is not None:
        limit.count(WITH_TOKEN, f"token:{bearer.token_id}")
        return
    host = request.client.host if request.client else ""
    limit.count(WITHOUT, household(kept_address(host))[0])
