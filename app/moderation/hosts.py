"""Where links lead, said so that nobody is deceived by letters that look alike. Pure."""

import re
import unicodedata
from html import unescape
from typing import NamedTuple
from urllib.parse import urlsplit

_HREF = re.compile(r'<a [^>]*?href="([^"]*)"')
# Scripts that are written together in one word (UTS #39, highly restrictive).
_TOGETHER = ({"CJK", "HIRAGANA", "KATAKANA"}, {"CJK", "HANGUL"}, {"CJK", "BOPOMOFO"})


class ShownHost(NamedTuple):
    """A host as moderators see it; in punycode where it mixes scripts."""

    host: str
    is_disguised: bool


def links_in(html: str) -> list[str]:
    """The addresses of all links in clean HTML."""
    return [unescape(href) for href in _HREF.findall(html)]


def hosts_in(html: str, *others: str) -> list[ShownHost]:
    """Each host that links in clean HTML and other addresses lead to, once, in order."""
    found = (shown_host(url) for url in (*others, *links_in(html)) if url)
    return list(dict.fromkeys(shown for shown in found if shown is not None))


def shown_host(url: str) -> ShownHost | None:
    """The host of an address; None where it has none."""
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ShownHost(url[:80], True)
    if not host:
        return None
    if not any(_is_mixed(label) for label in host.split(".")):
        return ShownHost(host, False)
    return ShownHost(".".join(_punycode(label) for label in host.split(".")), True)


def _is_mixed(label: str) -> bool:
    scripts = {_script(letter) for letter in label if letter.isalpha()}
    return len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split(" ", 1)[0].split("-", 1)[0]


def _punycode(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode()
