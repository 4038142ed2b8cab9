"""Cookies that only the server reads: no script can, and no other site sends them along."""

from datetime import timedelta

from starlette.responses import Response

from app.settings import Settings


def bound_name(settings: Settings, name: str) -> str:
    """`__Host-NAME`: bound to this host by the browser (RFC 6265bis §4.1.3.2); plain on http.

    The prefix needs `Secure`, which many programs refuse to send to http://127.0.0.1.
    """
    return f"__Host-{name}" if _is_secure(settings) else name


def hand_out(
    response: Response, settings: Settings, name: str, value: str, lasts: timedelta
) -> None:
    """Ask the browser to keep a value under a name for so long."""
    response.set_cookie(
        bound_name(settings, name),
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        httponly=True,
        secure=_is_secure(settings),
        samesite="lax",
    )


def take_back(response: Response, settings: Settings, name: str) -> None:
    """Ask the browser to forget it."""
    response.delete_cookie(
        bound_name(settings, name), path="/", httponly=True, secure=_is_secure(settings),
        samesite="lax",
    )  # fmt: skip


def _is_secure(settings: Settings) -> bool:
    return settings.base_url.startswith("https:")
