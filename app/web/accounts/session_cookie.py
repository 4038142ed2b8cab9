"""The one cookie a signed-in browser carries: only the server reads it, and no other site sends it along."""

from fastapi import Request
from starlette.responses import Response

from app.accounts.sessions import LIFETIME
from app.settings import Settings


def cookie_name(settings: Settings) -> str:
    """`__Host-session`: bound to this host by the browser (RFC 6265bis §4.1.3.2); plain on http.

    The prefix needs `Secure`, which many programs refuse to send to http://127.0.0.1.
    """
    return "__Host-session" if _is_secure(settings) else "session"


def session_token(request: Request, settings: Settings) -> str:
    """The token a request brings, or the empty text."""
    return request.cookies.get(cookie_name(settings), "")


def keep_signed_in(response: Response, settings: Settings, token: str) -> None:
    """Hand the browser its session's token."""
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        httponly=True,
        secure=_is_secure(settings),
        samesite="lax",
    )


def forget_session(response: Response, settings: Settings) -> None:
    """Take the cookie back."""
    response.delete_cookie(
        cookie_name(settings), path="/", httponly=True, secure=_is_secure(settings), samesite="lax"
    )


def _is_secure(settings: Settings) -> bool:
    return settings.base_url.startswith("https:")
