"""What is asked of another server: what for, within which bounds, and what is sent along."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from app.core.outbound.turns import STRANGERS, Budget

# Nobody's server keeps one of ours busy for longer, the owner's own former site excepted.
MOST_SECONDS = 30.0


@dataclass(frozen=True)
class Kind:
    """What a fetch is for: the name in our agent text, and a pattern of content types."""

    name: str
    accepts: re.Pattern[str]


_PAGES = re.compile(r"text/html|(?:application|text)/(?:[\w.-]+\+)?xml|application/feed\+json")
PAGE = Kind("Page", _PAGES)
WEBMENTION = Kind("Webmention", _PAGES)
PINGBACK = Kind("Pingback", _PAGES)
TRACKBACK = Kind("Trackback", _PAGES)
# JSON Feed 1.0 was served as any other JSON.
FEED = Kind("Feed", re.compile(rf"{_PAGES.pattern}|application/json"))
_ANYTHING = re.compile(r"(?s).*")
# Anything but a page: old servers say 200 and "not found" in HTML.
HOOK = Kind("Hook", _ANYTHING)
LINK = Kind("Link", _ANYTHING)
MEDIA = Kind("Media", re.compile(r"(?!text/html|application/xhtml\+xml)\S*"))


@dataclass(frozen=True)
class Limits:
    """Bounds of one fetch: decoded bytes, and seconds from first connection to last byte."""

    max_bytes: int = 1_000_000
    seconds: float = 10.0


# Of an answer that is not read any length will do.
UNREAD = Limits(max_bytes=1 << 50)


def of_any_type(kind: Kind) -> Kind:
    """The same, where the headers alone are asked for: whatever they come with."""
    return Kind(kind.name, _ANYTHING)


@dataclass(frozen=True)
class Asking:
    """One fetch: what for, within which bounds, and whose address (IP) asked for it."""

    kind: Kind
    limits: Limits = field(default_factory=Limits)
    budget: Budget = STRANGERS
    asked_by: str = ""
    # These hosts alone, redirects too. None: any public one.
    hosts: frozenset[str] | None = None
    # False: NotNow instead of waiting for a turn. Who comes back then, as a job does, and says each
    # time who it is (80 letters or so), has its place in the queue kept.
    may_wait: bool = True
    kept_for: str = ""
    # Addresses that need not be asked once a redirect has led there: the redirect is then the answer.
    arrived: Callable[[str], bool] | None = None
    # False: a redirect is an answer as any other.
    follows: bool = True

    def __post_init__(self) -> None:
        if self.budget == STRANGERS and self.limits.seconds > MOST_SECONDS:
            raise ValueError(f"a stranger's server has {MOST_SECONDS:g} seconds at most")


@dataclass(frozen=True)
class Sending:
    """A body that is posted, and what it is."""

    content: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


def a_form(fields: Mapping[str, str], charset: str = "") -> Sending:
    """Fields in UTF-8, as a web page's form sends them: for webmention, trackback and WebSub.

    Trackback wants to be told the charset; the type knows no such parameter (WHATWG URL §5), and
    not every endpoint of a webmention would know it with one.
    """
    parameter = f"; charset={charset}" if charset else ""
    return Sending(urlencode(fields).encode(), f"application/x-www-form-urlencoded{parameter}")


def some_json(document: bytes, headers: Mapping[str, str]) -> Sending:
    """A document in UTF-8 (RFC 8259 §8.1), with headers that say what it is: for web hooks."""
    return Sending(document, "application/json", headers)


def some_xml(document: bytes) -> Sending:
    """A document in UTF-8: for pingback and other calls by XML-RPC."""
    return Sending(document, "text/xml; charset=utf-8")
