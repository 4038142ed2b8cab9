"""What a page says of itself to programs, and the small values that several pages share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """Words, and where they lead."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class HeadLink:
    """One `<link>` of a page's head."""

    rel: str
    href: str
    type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What a page tells those who show links to it (Open Graph)."""

    title: str
    kind: str = "website"
    # A whole URL, or nothing.
    image: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a page. `path` is the page's own address; `canonical`, `previous` and `next` are whole URLs."""

    title: str
    path: str = ""
    description: str = ""
    canonical: str = ""
    robots: str = "max-image-preview:large"
    previous: str = ""
    next: str = ""
    links: tuple[HeadLink, ...] = ()
    card: Card | None = None
    # Schema.org's words for what is on the page, as one JSON-LD document.
    facts: Mapping[str, Any] = field(default_factory=dict)
