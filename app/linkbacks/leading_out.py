"""Which links of a post lead to other sites. Pure."""

from collections.abc import Iterable, Sequence

from app.linkbacks.addresses import is_web_address, normalised
from app.linkbacks.reading.html import read_html
from app.linkbacks.sent import LONGEST_ADDRESS
from app.posts.local_addresses import local_path

MOST_LINKS = 100


def links_out(html: str, base_urls: Sequence[str]) -> dict[str, str]:
    """The first links to other sites than those at `base_urls`: each address in its one spelling,
    and as the post has it."""
    found: dict[str, str] = {}
    for url in _links(html):
        address = normalised(url)
        if len(address) <= LONGEST_ADDRESS and local_path(address, base_urls) is None:
            found.setdefault(address, url)
        if len(found) == MOST_LINKS:
            break
    return found


def _links(html: str) -> Iterable[str]:
    for node in read_html(html).all():
        if node.tag in ("a", "area"):
            url = node.get("href")
            # Relative ones are our own.
            if is_web_address(url, LONGEST_ADDRESS):
                yield url
