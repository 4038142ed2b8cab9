"""Which feed a web page names as its own. Pure."""

from dataclasses import dataclass
from urllib.parse import urljoin

from app.core.foreign_html import read_tags

_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})


def feed_of_page(content: bytes, url: str) -> str:
    """The address of the first feed that the page at `url` names; empty where it names none."""
    page = _Page()
    read_tags(content, page, encoding=None)
    try:
        return urljoin(urljoin(url, page.base or ""), page.feed) if page.feed else ""
    except ValueError:
        # Such as an IPv6 address without its last bracket.
        return ""


@dataclass
class _Page:
    """What is looked for in a page."""

    base: str | None = None
    feed: str = ""
    _templates: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "template":
            self._templates += 1
        href = attributes.get("href", "").strip()
        # HTML §4.12.3: what stands in a template is not part of the page.
        if not href or self._templates:
            return
        # HTML §4.2.3: only the first `base` with an address counts, for links before it too.
        if tag == "base" and self.base is None:
            self.base = href
        if tag == "link" and not self.feed and _is_feed(attributes):
            self.feed = href

    def end(self, tag: str) -> None:
        if tag == "template" and self._templates:
            self._templates -= 1


def _is_feed(link: dict[str, str]) -> bool:
    kind = link.get("type", "").partition(";")[0].strip().lower()
    return kind in _FEEDS and "alternate" in link.get("rel", "").lower().split()
