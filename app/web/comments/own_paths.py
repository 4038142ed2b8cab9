"""Addresses that somebody brings along to be sent to later: only paths of this site, whatever they look like."""

import re
from urllib.parse import quote, urlsplit

# Browsers drop tabs and line breaks, and read a backslash as a slash (WHATWG URL §4.4).
_NEVER = re.compile(r"[\x00-\x20\x7f\\]")
_LONGEST = 2_000
# What may stand unescaped in a path and its query (RFC 3986 §3.3, §3.4), and escapes that are there already.
_KEPT = "/?&=%:@!$'()*+,;~-._"


def own_path(given: str, otherwise: str = "/") -> str:
    """`given` as a path of this site with its query, fit for a header; else `otherwise`."""
    if not given.startswith("/") or given.startswith("//") or len(given) > _LONGEST:
        return otherwise
    if _NEVER.search(given):
        return otherwise
    try:
        parts = urlsplit(given)
    except ValueError:
        return otherwise
    segments = parts.path.split("/")
    # `//host` leads elsewhere; so does `/.//host` once somebody has tidied it up.
    if parts.scheme or parts.netloc or "" in segments[1:-1] or {".", ".."} & set(segments):
        return otherwise
    query = f"?{parts.query}" if parts.query else ""
    return quote(parts.path + query, safe=_KEPT, errors="replace")
