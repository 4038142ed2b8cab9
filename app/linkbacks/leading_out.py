"""Which links of a post lead to other sites, and which to others here. Pure."""

from collections.abc import Iterable, Sequence
from itertools import islice

from app.linkbacks.addresses import is_web_address, normalised
from app.linkbacks.reading.html import read_html
from app.linkbacks.reading.links import absolute
from app.linkbacks.sent import LONGEST_ADDRESS
from app.posts.local_addresses import local_path

MOST_LINKS = 100


def links_out(html: str, base_urls: Sequence[str]) -> dict[str, str]:
    """The first links to other sites than those at `base_urls`: each address in its one spelling,
    and as the post has it."""
    found: dict[str, str] = {}
    for url in _hrefs(html):
        # Relative ones are our own.
        if not is_web_address(url, LONGEST_ADDRESS):
            continue
        address = normalised(url)
        if len(address) <= LONGEST_ADDRESS and local_path(address, base_urls) is None:
            found.setdefault(address, url)
        if len(found) == MOST_LINKS:
            break
    return found


def links_within(html: str, page_url: str, base_urls: Sequence[str]) -> list[str]:
    """The first links of the page at `page_url` to the same site, as whole addresses, each once."""
    found = dict.fromkeys(absolute(page_url, href) for href in _hrefs(html))
    own = (url for url in found if local_path(url, base_urls) is not None)
    return list(islice(own, MOST_LINKS))


def _hrefs(html: str) -> Iterable[str]:
    for node in read_html(html).all():
        if node.tag in ("a", "area"):
            yield node.get("href")
