"""An address without its last slash leads to the same with it, as every page's address ends with one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse, Response

# What stands for any number of segments swallows the slash, too, and says for itself what it knows.
_ANY_LENGTH = ":path}"


def ending_with_slash(routers: Iterable[Any]) -> Sequence[re.Pattern[str]]:
    """The addresses of all pages in `routers`, as patterns of paths."""
    return [
        route.path_regex
        for router in routers
        for route in _inner(router)
        if "GET" in (route.methods or ())
        and route.path.endswith("/")
        and _ANY_LENGTH not in route.path
    ]


def led_to_slash(request: Request) -> Response | None:
    """301 to the page that stands at this address and a slash; None where none does.

    Told by the addresses there are, not by what stands there: it reveals nothing of that.
    """
    path: str = request.scope["path"]
    if request.method not in ("GET", "HEAD") or path.endswith("/"):
        return None
    known: Sequence[re.Pattern[str]] = request.app.state.ending_with_slash
    if not any(pattern.match(f"{path}/") for pattern in known):
        return None
    query = request.url.query
    where = "/" + f"{path}/".lstrip("/") + (f"?{query}" if query else "")
    return RedirectResponse(where, status_code=301)


def _inner(router: Any) -> Iterator[Any]:
    for route in router.routes:
        # FastAPI keeps a router that was taken into another whole.
        taken_in = getattr(route, "original_router", None)
        if taken_in is not None:
            yield from _inner(taken_in)
        else:
            yield route
