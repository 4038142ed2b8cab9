"""What was meant by an address at which nothing was found: a page with a slash at its end, or another method.

Told by the addresses there are, not by what stands there: it reveals nothing of that. Asked only
where nothing was found, so that it costs nobody else anything.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse, Response

# What stands for any number of segments swallows the slash, too, and says for itself what it knows.
_ANY_LENGTH = ":path}"


class KnownAddresses:
    """All addresses of an application's routes, as they were written down."""

    def __init__(self, routes: Iterable[Any]) -> None:
        known = [route for route in _one_by_one(routes) if getattr(route, "methods", None)]
        self._pages = [
            route.path_regex
            for route in known
            if "GET" in route.methods and route.path.endswith("/") and _ANY_LENGTH not in route.path
        ]
        # What ends with anything is tried for every address below, whether something stands there or not.
        self._own, self._below = (
            [
                (route.path_regex, frozenset(route.methods))
                for route in known
                if route.path.endswith(_ANY_LENGTH) == is_below
            ]
            for is_below in (False, True)
        )

    def led_to_slash(self, request: Request) -> Response | None:
        """301 to the page that stands at this address and a slash; None where none does."""
        path: str = request.scope["path"]
        if request.method not in ("GET", "HEAD") or path.endswith("/"):
            return None
        if not any(pattern.match(f"{path}/") for pattern in self._pages):
            return None
        query = request.url.query
        where = "/" + f"{path}/".lstrip("/") + (f"?{query}" if query else "")
        return RedirectResponse(where, status_code=301)

    def methods_at(self, request: Request) -> Sequence[str]:
        """All that can be done at this address, by whichever of its routes (RFC 9110 §15.5.6); empty for none."""
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        methods = _matching(self._own, path) or _matching(self._below, path)
        # The door answers HEAD wherever GET is.
        return sorted(methods | {"HEAD"} if "GET" in methods else methods)


def _matching(known: Iterable[tuple[re.Pattern[str], frozenset[str]]], path: str) -> frozenset[str]:
    return frozenset().union(*(methods for pattern, methods in known if pattern.match(path)))


def _one_by_one(routes: Iterable[Any]) -> Iterator[Any]:
    for route in routes:
        # FastAPI keeps a router that was taken into another whole.
        taken_in = getattr(route, "original_router", None)
        if taken_in is not None:
            yield from _one_by_one(taken_in.routes)
        else:
            yield route
