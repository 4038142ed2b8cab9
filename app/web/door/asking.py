"""One request as the page cache sees it: who asks, and for which kept page."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from urllib.parse import parse_qsl, urlencode

from starlette.types import Receive, Scope, Send

# What endpoints read of a query. The rest changes nothing, so it does not make another page.
KNOWN_PARAMETERS = frozenset(("q", "page", "url", "format", "maxwidth", "before", "kind", "done"))
# WordPress's: answered by redirects and searches, each looked up anew.
LEFTOVERS = frozenset(
    (
        "__mode", "attachment_id", "author", "author_name", "cat", "category_name", "cpage", "day",
        "embed", "feed", "hour", "m", "minute", "monthnum", "name", "order", "orderby", "p",
        "page_id", "paged", "pagename", "post_type", "preview", "replytocom", "rest_route", "s",
        "second", "static", "tag", "taxonomy", "tb", "term", "w", "withcomments", "year",
    )
)  # fmt: skip
# Any cookie whose name ends so: rather one reader too many past the cache than a page with
# somebody's name on it inside.
_SESSION = b"session="
# Without any of these a request is answered as everybody's.
OF_ONE_READER = frozenset((b"cookie", b"authorization", b"hx-request"))


@dataclass(slots=True)
class Asking:
    """An ASGI request, its headers as a mapping."""

    scope: Scope
    receive: Receive
    send: Send
    headers: Mapping[bytes, bytes]


def headers_of(scope: Scope) -> Mapping[bytes, bytes]:
    """The headers of a request; what came more than once is one list (RFC 9110 §5.3)."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    if len(headers) != len(scope["headers"]):
        headers.clear()
        for name, value in scope["headers"]:
            # RFC 9113 §8.2.3: cookies alone are joined otherwise.
            comma = b"; " if name == b"cookie" else b", "
            headers[name] = headers[name] + comma + value if name in headers else value
    return headers


def address_of(scope: Scope, headers: Mapping[bytes, bytes]) -> str | None:
    """The key of the page that answers this request, None when only the application can.

    Who is signed in, asks as a program, or for a part of a page gets nothing from memory.
    Path as the application sees it, then what is known of the query, sorted.
    """
    if scope["method"] not in ("GET", "HEAD"):
        return None
    if not headers.keys().isdisjoint(OF_ONE_READER) and _is_for_one(headers):
        return None
    path: str = scope["path"]
    query: bytes = scope["query_string"]
    return with_query(path, query.decode("latin-1")) if query else path


def _is_for_one(headers: Mapping[bytes, bytes]) -> bool:
    return has_session(headers) or b"authorization" in headers or b"hx-request" in headers


def has_session(headers: Mapping[bytes, bytes]) -> bool:
    """Whether somebody may be signed in."""
    return b"cookie" in headers and _SESSION in headers[b"cookie"]


def with_query(path: str, query: str) -> str | None:
    """A page's key with what is known of its query; None with one of WordPress's leftovers."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return None
    names = {name.partition("[")[0] for name, _ in pairs}
    if not names.isdisjoint(LEFTOVERS):
        return None
    # By name alone: of two values of one name, endpoints read the last.
    known = sorted((pair for pair in pairs if pair[0] in KNOWN_PARAMETERS), key=itemgetter(0))
    return f"{path}?{urlencode(known)}" if known else path
