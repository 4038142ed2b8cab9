"""Links as the filter sees them, in any of the ways in which people write them."""

import re
from dataclasses import dataclass
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

_MOST = 20
_SCHEME = re.compile(r"https?://(?:[^\s/@]*@)?|www\.")
# Ends people know. With all of them, names of files would be sites, too.
_KNOWN_ENDS = (
    "com|net|org|info|biz|io|co|me|tv|ru|de|fr|es|it|nl|pl|cn|in|uk|br|eu"
    "|xyz|top|shop|site|online|club|store|app|dev|blog"
)
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'()\[\]{}|\\^`]+"
    r"|(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,4}(?:" + _KNOWN_ENDS + r")\b(?:/[^\s<>\"'()\[\]]*)?"
)
# Most comments have none, and this is seen much sooner. Each way begins with a sign that is rare.
_LIKELY = re.compile(r"\.(?<=\w\.)[a-z]|://")
_HOST = re.compile(r"[^/?#:\s]+")
_PART = re.compile(r"[^\W_]{2,24}")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link goes: `host` is whole, `domain` what somebody registered of it."""

    host: str
    domain: str
    parts: tuple[str, ...]

    @property
    def end(self) -> str:
        """The last label of the host."""
        return self.host.rpartition(".")[2]


def links_in(text: str) -> list[Link]:
    """The first links of a folded text; an address by itself is one."""
    if not _LIKELY.search(text):
        return []
    dotted = " ".join([word for word in text.split() if "." in word])
    if not _LIKELY.search(dotted):
        return []
    found = (read_link(match.group()) for match in _LINK.finditer(dotted))
    return [link for link, _ in zip(filter(None, found), range(_MOST), strict=False)]


@lru_cache(maxsize=4096)
def read_link(address: str) -> Link | None:
    """One address, with or without its scheme; None for what names no host."""
    rest = _SCHEME.sub("", address.strip().lower(), count=1)
    found = _HOST.match(rest)
    if not found or "." not in found.group().strip("."):
        return None
    host = found.group().strip(".").removeprefix("www.")[:253]
    parts = tuple(_PART.findall(rest[found.end() :])[:8])
    return Link(host, _registered(host), parts)


@lru_cache(maxsize=1)
def load_suffixes() -> PublicSuffixList:
    """The list of ends under which anybody registers names; read at a start, which takes a tenth of a second."""
    return PublicSuffixList()


def _registered(host: str) -> str:
    return str(load_suffixes().privatesuffix(host) or host)
