"""Where a page wants to be told of links to it: by webmention, pingback or trackback.

W3C Webmention §3.1.2, Pingback 1.0 §2.2 and §2.3, and TrackBack 1.2's RDF. Everything read here was
written by strangers: it is bounded in bytes, and whatever cannot be read offers nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin

from app.core.foreign_html import LONGEST_PAGE, read_tags
from app.core.text import unescaped
from app.linkbacks.addresses import is_web_address, same_place
from app.linkbacks.charsets import decoded_page

# Some endpoints carry a token; the door to other servers takes as much.
LONGEST_ENDPOINT = 4096
# Nobody offers a thing twenty times; what comes first and leads somewhere counts.
_MOST_OFFERED = 20
# To compare an address takes a while, by its length, and somewhat for the shortest.
_MOST_LETTERS, _AT_LEAST = 30_000, 50

# RFC 8288 §3: an address in angle brackets, and its parameters up to a comma outside quotes. An
# open quote reaches to the end (appendix B.3).
_LINK = re.compile(r'(?s)<([^<>]*)>((?:[^,"]|"(?:[^"\\]|\\.?)*(?:"|\Z))*)')
_PARAMETER = re.compile(r'(?s);\s*([^\s=;,"]+)\s*=\s*(?:"((?:[^"\\]|\\.?)*)"?|([^\s;"]*))')
_QUOTED_PAIR = re.compile(r"(?s)\\(.)")
# Read by hand, not as XML: an address with a bare "&" is no XML, and most of them have one.
_DESCRIPTION = re.compile(r"""<rdf:Description((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*/?>""")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass(frozen=True)
class Answered:
    """A page as a server gave it: the address after all redirects, and what came from there."""

    url: str
    headers: Sequence[tuple[str, str]]
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Endpoints:
    """Whom to tell of a link to a page; empty where the page offers nothing of that kind."""

    webmention: str = ""
    pingback: str = ""
    trackback: str = ""


def endpoints(answered: Answered, asked_url: str) -> Endpoints:
    """What a page offers to those who link to it as `asked_url`."""
    page = _read_page(answered)
    base = _resolved(answered.url, page.base or "") or answered.url
    return Endpoints(
        webmention=_first(
            _linked_in_headers(answered, "webmention"), _each(base, page.webmentions)
        ),
        pingback=_first(
            _each(answered.url, _headers(answered, "x-pingback")), _each(base, page.pingbacks)
        ),
        trackback=_first(_trackbacks(page.comments, (asked_url, answered.url))),
    )


@dataclass
class _Page:
    """What the parser meets in a page, in document order; no tree is built, however deep it is."""

    base: str | None = None
    webmentions: list[str] = field(default_factory=list)
    pingbacks: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    _templates: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "template":
            self._templates += 1
        href = attributes.get("href")
        # HTML §4.12.3: what stands in a template is not part of the page.
        if href is None or self._templates:
            return
        relations = attributes.get("rel", "").lower().split()
        # HTML §4.2.3: only the first `base` with an address counts, for links before it too.
        if tag == "base" and self.base is None:
            self.base = href
        if tag in ("link", "a") and "webmention" in relations:
            _keep(self.webmentions, href)
        # Pingback 1.0 §2.3 wants a whole address, so an empty one is none.
        if tag == "link" and "pingback" in relations and href.strip():
            _keep(self.pingbacks, href)

    def end(self, tag: str) -> None:
        if tag == "template" and self._templates:
            self._templates -= 1

    def comment(self, text: str) -> None:
        if not self._templates and "trackback:ping" in text:
            self.comments.append(text)


def _keep(offered: list[str], href: str) -> None:
    if len(offered) < _MOST_OFFERED:
        offered.append(href)


def _read_page(answered: Answered) -> _Page:
    page = _Page()
    kind = answered.content_type.lower()
    text = decoded_page(answered.content[:LONGEST_PAGE], kind).replace("\0", "")
    if text.strip() and (not kind.strip() or "html" in kind):
        read_tags(text.encode("utf-8", "replace"), page)
    return page


def _headers(answered: Answered, name: str) -> Iterator[str]:
    return (value for said, value in answered.headers if said.lower() == name and value.strip())


def _linked_in_headers(answered: Answered, relation: str) -> Iterator[str]:
    for header in _headers(answered, "link"):
        for address, written in _LINK.findall(header):
            parameters = _parameters(written)
            if relation in parameters.get("rel", "").lower().split():
                # RFC 8288 §3.2: with an anchor it is a link of something else.
                anchor = _resolved(answered.url, parameters.get("anchor", ""))
                if same_place(anchor, answered.url):
                    yield _resolved(answered.url, address)


def _parameters(written: str) -> dict[str, str]:
    # RFC 8288 §3.3: of a parameter given twice the first counts.
    return {
        name.lower(): _QUOTED_PAIR.sub(r"\1", quoted) or plain
        for name, quoted, plain in reversed(_PARAMETER.findall(written))
    }


def _trackbacks(comments: Sequence[str], pages: tuple[str, str]) -> Iterator[str]:
    # A page that lists many posts has a block for each: only the asked one's is meant.
    letters_left = _MOST_LETTERS
    for found in _DESCRIPTION.finditer("\n".join(comments)):
        said = _attributes(found[1])
        post = said.get("dc:identifier") or said.get("rdf:about", "")
        letters_left -= max(len(post), _AT_LEAST)
        if letters_left < 0:
            break
        ping = said.get("trackback:ping")
        if ping and any(same_place(post, page) for page in pages):
            yield _resolved(post, ping)


def _attributes(written: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(written)
    return {name: unescaped(one or other).strip() for name, one, other in found}


def _each(base: str, addresses: Sequence[str] | Iterator[str]) -> Iterator[str]:
    return (_resolved(base, address) for address in addresses)


def _first(*found: Iterator[str]) -> str:
    return next((url for urls in found for url in urls if url), "")


def _resolved(base: str, address: str) -> str:
    """The address as seen from the page (RFC 3986 §5), or nothing where it leads to no web site."""
    try:
        url = urldefrag(urljoin(base, address.strip())).url
    except ValueError:
        return ""
    return url if is_web_address(url, LONGEST_ENDPOINT) else ""
