"""What a reader's browser fetches for the first page it ever sees of the site, compressed as it travels."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import brotli
import httpx

_FETCHED = re.compile(
    r"""<link[^>]*rel="(?:stylesheet|icon|modulepreload|preload)"[^>]*>|<(?:script|img)[^>]*\ssrc="[^"]+"[^>]*>"""
)
_ADDRESS = re.compile(r'\s(?:href|src)="([^"]+)"')
_IN_STYLES = re.compile(r"""(?:@import\s+(?:url\()?|url\()["']?([^"')]+)""")
_ARTICLE = re.compile(r"(?s)<article\b.*?</article>")


@dataclass(frozen=True)
class FirstView:
    """Bytes over the wire: all of it, and what is left when the article and what is said below is taken out."""

    total: int
    beyond_the_article: int
    requests: int


def first_view(url: str) -> FirstView:
    """Fetch a page, and all that it makes a browser fetch from its own site."""
    with httpx.Client(trust_env=False, headers={"accept-encoding": "br"}, timeout=60) as client:
        seen = {url: _fetch(client, url)}
        waiting = [urljoin(url, link) for link in _links(seen[url][1])]
        while waiting:
            address = waiting.pop()
            if address in seen or urlsplit(address).netloc != urlsplit(url).netloc:
                continue
            seen[address] = _fetch(client, address)
            if urlsplit(address).path.endswith(".css"):
                waiting += [urljoin(address, link) for link in _IN_STYLES.findall(seen[address][1])]
    total = sum(size for size, _ in seen.values())
    page = seen[url][1]
    bare_page = len(brotli.compress(_ARTICLE.sub("", page).encode()))
    return FirstView(total, total - seen[url][0] + bare_page, len(seen))


def _fetch(client: httpx.Client, url: str) -> tuple[int, str]:
    with client.stream("GET", url) as response:
        raw = b"".join(response.iter_raw())
    packed = response.headers.get("content-encoding") == "br"
    return len(raw), (brotli.decompress(raw) if packed else raw).decode("utf-8", "replace")


def _links(html: str) -> list[str]:
    return [address for tag in _FETCHED.findall(html) for address in _ADDRESS.findall(tag)]
