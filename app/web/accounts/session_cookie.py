"""The one cookie a signed-in browser carries."""

from fastapi import Request
from starlette.responses import Response

from app.accounts.sessions import LIFETIME
from app.settings import Settings
from app.web.cookies import bound_name, hand_out, take_back

_NAME = "session"


def cookie_name(settings: Settings) -> str:
    """The name under which browsers bring it."""
    return bound_name(settings, _NAME)


def session_token(request: Request, settings: Settings) -> str:
    """The token a request brings, or the empty text."""
    return request.cookies.get(cookie_name(settings), "")


def keep_signed_in(response: Response, settings: Settings, token: str) -> None:
    """Hand the browser its session's token."""
    hand_out(response, settings, _NAME, token, LIFETIME)


def forget_session(response: Response, settings: Settings) -> None:
    """Take the cookie back."""
    take_back(response, settings, _NAME)
