"""The cookie of a reader who asked to be remembered: what to fill in, and which browser this is.

It proves one thing only: that this browser is the one that wrote what was written with it. So what
was approved counts for the browser, not for whoever's address was typed into it; an address is
proved by a mailed link, and the cookie then says so.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from fastapi import Request
from itsdangerous import BadData
from starlette.responses import Response

from app.accounts.actor import Actor
from app.core.secrets import new_token, secrets_of
from app.moderation.authors import key_of_browser, key_of_email, normalised_email
from app.settings import Settings
from app.web.cookies import bound_name, hand_out, take_back
from app.web.deps import settings_of

# Ends in `session`, so that whoever has it passes the page cache by: pages show them more.
_NAME = "commenter-session"
_LASTS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Remembered:
    """Who said last that this is them; `browser` is a secret of this browser alone."""

    browser: str
    name: str = ""
    email: str = ""
    url: str = ""
    # Whether a mailed link has proved the address.
    is_confirmed: bool = False


def remembered(request: Request) -> Remembered | None:
    """What this browser was asked to remember; None when it was not, or the cookie was altered."""
    settings = settings_of(request)
    kept = request.cookies.get(bound_name(settings, _NAME))
    if not kept:
        return None
    try:
        found: Any = secrets_of(settings).signer(_NAME).loads(kept, int(_LASTS.total_seconds()))
    except BadData:
        return None
    return Remembered(**found) if isinstance(found, Mapping) else None


def newly_remembered(name: str, email: str, url: str) -> Remembered:
    """A browser begins to remember."""
    return Remembered(new_token(), name, email, url)


def key_of(settings: Settings, known: Remembered) -> str:
    """The author key that this browser proves."""
    if known.is_confirmed:
        return key_of_email(secrets_of(settings), known.email)
    return key_of_browser(secrets_of(settings), known.browser)


def as_known(settings: Settings, actor: Actor, known: Remembered | None, email: str) -> Actor:
    """The actor, with what the cookie proves: nothing for somebody else's address."""
    if known is None or actor.is_signed_in:
        return actor
    if normalised_email(known.email) != normalised_email(email):
        return actor
    return replace(actor, proved_key=key_of(settings, known))


def remember(response: Response, settings: Settings, known: Remembered) -> None:
    """Ask the browser to keep it for a year."""
    hand_out(
        response, settings, _NAME, secrets_of(settings).signer(_NAME).dumps(asdict(known)), _LASTS
    )


def forget(response: Response, settings: Settings) -> None:
    """Ask the browser to forget."""
    take_back(response, settings, _NAME)
