"""Where a page's links lead, and which of them lead to us."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from urllib.parse import unquote, urldefrag, urljoin

from app.linkbacks.addresses import is_web_address, normalised
from app.linkbacks.reading.html import Node

LONGEST_ADDRESS = 2_000
MOST_FOUND = 20
# So many are asked for where a page leads to us by none of its links.
MOST_WAYS_ROUND = 3
# Comparing takes a while: of a page with more links to our hosts the rest is not looked at.
_MOST_COMPARED = 500
# So does following an address, by its length, and somewhat for the shortest: so much of it for a page.
_MOST_LETTERS, _AT_LEAST = 60_000, 50

# W3C Webmention §3.2.2: a link, a picture, a recording "and other similar links"; HTML §4.4.4,
# §4.4.7 and §4.7: a quotation and a change say where they are from. Text is no link.
_LINKING = {
    "a": ("href",), "area": ("href",), "link": ("href",),
    "img": ("src",), "audio": ("src",), "video": ("src", "poster"), "source": ("src",),
    "iframe": ("src",), "embed": ("src",), "object": ("data",),
    "blockquote": ("cite",), "q": ("cite",), "del": ("cite",), "ins": ("cite",),
}  # fmt: skip
_WHOLE = re.compile(r"(?i)(?:https?:)?[/\\]{2}([^/\\?#]*)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DEFAULT_PORT = re.compile(r":(?:80|443)?$")
_LONGEST_HOST = 300
# A short host, and one short word with a digit or a capital letter in it: what no person would call a page.
_SHORT = re.compile(
    r"https?://[A-Za-z0-9-]{1,16}\.[A-Za-z]{2,10}/(?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{2,14}"
)
# URL Standard §4.4: tabs and line ends are taken out of an address, blanks become escapes.
_LEFT_OUT = re.compile(r"[\t\n\r]")


class Targets:
    """Our addresses, for asking of any link whether it leads to one of them."""

    def __init__(self, addresses: Collection[str]) -> None:
        self._places = {place(address) for address in addresses} - {""}
        hosts = {_host(one.removeprefix("https://")) for one in self._places}
        self._hosts = hosts | set(map(_in_letters, hosts))

    def has(self, url: str) -> bool:
        """Whether a whole address is one of ours: http is https, and so on."""
        return self.is_ours(url) and place(url) in self._places

    def named_in(self, written: str) -> bool:
        """Whether a link, read as it is or decoded once or twice, carries one of our addresses in it."""
        if "=" not in written and "%" not in written:
            return False
        once = unquote(written)
        said = f"{once} {unquote(once)}".lower()
        return any(one.removeprefix("https://") in said for one in self._places)

    def is_ours(self, url: str) -> bool:
        """Whether a whole address is on one of our hosts; asked of every link, so it is quick."""
        found = _WHOLE.match(url)
        return found is not None and _host(found[1]) in self._hosts


class Addresses:
    """What a page's references mean: where each leads that stands in it."""

    def __init__(self, page: Node, url: str) -> None:
        # HTML §4.2.3: only the first `base` with an address counts, for links before it too.
        bases = (node.get("href") for node in page.all() if node.tag == "base")
        self.base = absolute(url, next(filter(None, bases), "")) or url
        self._followed: dict[str, str] = {"": ""}
        self._letters_left = _MOST_LETTERS

    def of(self, reference: str) -> str:
        """The whole address of a reference, without fragment; empty where it leads to no web page.

        Of a page with more of them than anybody reads, the last ones lead nowhere.
        """
        if reference not in self._followed:
            self._letters_left -= max(len(reference), _AT_LEAST)
            if self._letters_left < 0:
                return ""
            self._followed[reference] = absolute(self.base, reference)
        return self._followed[reference]


def absolute(base: str, reference: str) -> str:
    """Where a reference leads from `base` (RFC 3986 §5); empty where that is no web page."""
    written = _LEFT_OUT.sub("", reference.strip()).replace(" ", "%20")
    if len(written) > LONGEST_ADDRESS or _leads_off_the_web(written):
        return ""
    try:
        url = urldefrag(urljoin(base, written)).url
    except ValueError:
        return ""
    return url if is_web_address(url, LONGEST_ADDRESS) else ""


def _leads_off_the_web(written: str) -> bool:
    scheme = _SCHEME.match(written)
    return scheme is not None and scheme[0].lower() not in ("http:", "https:")


@lru_cache(maxsize=256)
def place(url: str) -> str:
    """One spelling for an address, whether over TLS or not, with a last slash or not."""
    if not is_web_address(url, LONGEST_ADDRESS):
        return ""
    address, _, query = normalised(url).partition("?")
    address = address.replace("http://", "https://", 1).rstrip("/")
    return f"{address}?{query}" if query else address


def _host(written: str) -> str:
    # The port belongs to it: another port is another site.
    host = _DEFAULT_PORT.sub("", written[:_LONGEST_HOST].lower().partition("/")[0])
    return host if host.isascii() else unicodedata.normalize("NFKC", host)


def _in_letters(host: str) -> str:
    try:
        # RFC 3490 §4.2: as people write it. Whether it is ours is then decided by the whole address.
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def references(page: Node) -> Iterator[tuple[Node, str]]:
    """Every link of a page as it is written, in order."""
    for node in page.all():
        names = _LINKING.get(node.tag, ())
        # microformats2 §u-: an address that is meant for programs only.
        if node.tag == "data" and any(name.startswith("u-") for name in node.classes):
            names = ("value",)
        for name in names:
            if written := node.get(name):
                yield node, written


def links_to(page: Node, addresses: Addresses, targets: Targets) -> list[Node]:
    """The elements whose links lead to us, in order; not more than a few."""
    compared: dict[str, bool] = {}
    found: list[Node] = []
    base_is_ours = targets.is_ours(addresses.base)
    for node, written in references(page):
        if len(found) >= MOST_FOUND:
            break
        if written not in compared:
            if not _may_be_ours(written, targets, base_is_ours):
                continue
            if len(compared) >= _MOST_COMPARED:
                break
            compared[written] = targets.has(addresses.of(written))
        if compared[written]:
            found.append(node)
    return found


def other_links(page: Node, addresses: Addresses, targets: Targets) -> tuple[str, ...]:
    """Where else on our hosts the page leads, as a post may have been there once; each once."""
    found: dict[str, None] = {}
    base_is_ours = targets.is_ours(addresses.base)
    for written in _each_once(page):
        if not _may_be_ours(written, targets, base_is_ours):
            continue
        url = addresses.of(written)
        if url and not targets.has(url):
            found[url] = None
        if len(found) >= MOST_FOUND:
            break
    return tuple(found)


def ways_round(page: Node, addresses: Addresses, targets: Targets) -> tuple[str, ...]:
    """Links that look as if they led somewhere else, maybe to us, by a redirect; a few, the likeliest first.

    Those that carry one of our addresses in them, as those through which a site counts its readers'
    clicks; and short ones, of services for nothing but that.
    """
    named: dict[str, None] = {}
    short: dict[str, None] = {}
    base_is_ours = targets.is_ours(addresses.base)
    for written in _each_once(page):
        names_us = targets.named_in(written)
        is_short = _SHORT.fullmatch(written) is not None
        if not (names_us or is_short) or _may_be_ours(written, targets, base_is_ours):
            continue
        if url := addresses.of(written):
            (named if names_us else short)[url] = None
        if len(named) >= MOST_WAYS_ROUND:
            break
    return tuple([*named, *short][:MOST_WAYS_ROUND])


def _each_once(page: Node) -> Iterable[str]:
    return dict.fromkeys(written for _node, written in references(page))


def _may_be_ours(written: str, targets: Targets, base_is_ours: bool) -> bool:
    # Nearly no link does, and to follow it by the book takes fifty times as long.
    written = _LEFT_OUT.sub("", written)
    if _WHOLE.match(written):
        return targets.is_ours(written)
    return base_is_ours and not _leads_off_the_web(written)
