"""Pictures, players and links: what the old site had is asked for here, all else becomes a link.

A page must not make its reader's browser fetch from anybody else. The cleaner drops what would; here
it is turned into something readable before that.
"""

import re
from posixpath import basename
from urllib.parse import unquote, urlsplit

from app.porting.wordpress.texts.cards import link_card, page_of_player, shown_address
from app.porting.wordpress.texts.old_site import OldSite
from app.porting.wordpress.texts.shortcodes import player
from app.porting.wordpress.texts.tags import ATTRIBUTES, TAG, attributes, link, tag, with_ends

_WHOLE = ("iframe", "object", "audio", "video")
# Groups: the name, its attributes, what is inside.
_ELEMENT = re.compile(
    rf"<({'|'.join(_WHOLE)})\b({ATTRIBUTES})>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL
)
_IN_PARAGRAPH = re.compile(
    r"<p(?:\s[^<>]*)?>\s*(<figure class=\"(?:embed|audio|video)\">(?:(?!</?p[\s>]).)*?</figure>)\s*</p>",
    re.DOTALL,
)
# Where scripts that load pictures late keep the real address.
_LATE = ("data-src", "data-lazy-src", "data-original", "data-orig-file")
_OF_OBJECTS = re.compile(r"(?:movie|src|url|filename)\Z", re.IGNORECASE)
_FETCHES = frozenset(("img", "source", "track", "embed"))
_CHANGED = _FETCHES | {"a", "area"}
_SOUND = re.compile(r"\.(?:mp3|m4a|ogg|oga|wav|flac|aac|opus)$", re.IGNORECASE)
_FILM = re.compile(r"\.(?:mp4|m4v|webm|ogv|mov)$", re.IGNORECASE)
_OWN_LINE = re.compile(r"^[ \t]*(https?://[^\s<>\"\[\]]+)[ \t]*$", re.MULTILINE)
_OWN_PARAGRAPH = re.compile(r"<p(?:\s[^<>]*)?>\s*(https?://[^\s<>\"\[\]]+)\s*</p>", re.IGNORECASE)
_PREFORMATTED = re.compile(
    r"(<(pre|script|style|textarea)\b.*?</\2\s*>)", re.IGNORECASE | re.DOTALL
)


def bring_home(html: str, site: OldSite) -> str:
    """The HTML with the old site's addresses as this site's, and everybody else's files as links."""
    if "<" not in html:
        return html
    html = _ELEMENT.sub(lambda found: _element(found, site), with_ends(html, _WHOLE))
    html = _Tags(site).walk(html)
    return _IN_PARAGRAPH.sub(r"\1", html) if "<figure class=" in html else html


def show_bare_addresses(html: str, site: OldSite, *, typed: bool) -> str:
    """An address alone on its line (`typed`) or in its paragraph shows what it leads to, as a card."""
    if "://" not in html:
        return html
    pattern = _OWN_LINE if typed else _OWN_PARAGRAPH
    parts = _PREFORMATTED.split(with_ends(html, ("pre", "script", "style", "textarea")))
    # Of each preformatted element the split gives itself and its name.
    parts[::3] = [pattern.sub(lambda found: _shown(found[1], site), part) for part in parts[::3]]
    del parts[2::3]
    return "".join(parts)


def _shown(url: str, site: OldSite) -> str:
    local = site.local(url)
    path = urlsplit(local).path if local else ""
    if local and _SOUND.search(path):
        return player("audio", {"src": local})
    if local and _FILM.search(path):
        return player("video", {"src": local})
    return link_card(local or url)


def _element(found: re.Match[str], site: OldSite) -> str:
    name, given, inner = found[1].lower(), attributes(found[2]), found[3]
    if name in ("audio", "video"):
        return _player(name, given, inner, site)
    inside = (attributes(one[3]) for one in TAG.finditer(inner) if not one[1])
    urls = [given.get("src"), given.get("data"), *(given.get(late) for late in _LATE)]
    for one in inside if name == "object" else ():
        urls += [
            one.get("src"),
            one.get("value") if _OF_OBJECTS.match(one.get("name", "")) else None,
        ]
    url = next((url for url in urls if url and _leads_somewhere(url)), None)
    if url is None:
        return ""
    title = given.get("title", "")
    return link_card(site.local(url) or url, "") if not title else _titled_card(url, title, site)


def _titled_card(url: str, title: str, site: OldSite) -> str:
    return f'<figure class="embed">{link(page_of_player(site.local(url) or url), title)}</figure>'


def _leads_somewhere(url: str) -> bool:
    return url.startswith(("http://", "https://", "//", "/"))


def _player(name: str, given: dict[str, str], inner: str, site: OldSite) -> str:
    """Our own film or sound as a player, anybody else's as a link."""
    sources = (
        attributes(one[3]).get("src") for one in TAG.finditer(inner) if one[2].lower() == "source"
    )
    urls = [url for url in (given.get("src"), *sources) if url]
    own = next((local for local in map(site.local, urls) if local), None)
    if own is None:
        return link(page_of_player(urls[0]), file_name(urls[0])) if urls else ""
    poster = site.local(given.get("poster", ""))
    shown: dict[str, str | None] = {"src": own, "controls": "", "preload": "none", "poster": poster}
    shown |= {key: given[key] for key in ("width", "height", "loop", "muted") if key in given}
    return f"{tag(name, shown)}</{name}>"


def file_name(url: str) -> str:
    """The name of the file an address leads to, else the address as people read it."""
    return basename(unquote(urlsplit(url).path)) or shown_address(url)


class _Tags:
    """Goes through the tags of one text in order: a link inside a link can't be."""

    def __init__(self, site: OldSite) -> None:
        self._site = site
        self._in_link = False

    def walk(self, html: str) -> str:
        return TAG.sub(self._tag, html)

    def _tag(self, found: re.Match[str]) -> str:
        name = found[2].lower()
        if name == "a":
            self._in_link = not found[1]
        if found[1] or name not in _CHANGED:
            return found[0]
        given = attributes(found[3])
        if name in ("a", "area"):
            local = self._site.local(given.get("href", ""))
            return tag(name, given | {"href": local}) if local else found[0]
        if name == "img":
            return self._picture(given)
        if name == "embed":
            return link_card(given["src"]) if _leads_somewhere(given.get("src", "")) else ""
        return tag(name, self._own_files(given)) if name == "source" else ""

    def _picture(self, given: dict[str, str]) -> str:
        urls = [u for u in (*(given.get(late) for late in _LATE), given.get("src")) if u]
        url = next((u for u in urls if _leads_somewhere(u)), "")
        local = self._site.local(url)
        if local:
            return tag("img", self._own_files(given | {"src": local}))
        said = given.get("alt") or (file_name(url) if url else "")
        if self._in_link or not url:
            return said.replace("&", "&amp;").replace("<", "&lt;")
        return link(page_of_player(url), said)

    def _own_files(self, given: dict[str, str]) -> dict[str, str | None]:
        kept: dict[str, str | None] = {k: v for k, v in given.items() if not k.startswith("data-")}
        if "src" in given:
            kept["src"] = self._site.local(given["src"])
        if "srcset" in given:
            kept["srcset"] = self._own_srcset(given["srcset"])
        return kept

    def _own_srcset(self, srcset: str) -> str | None:
        """`a.jpg 1x, b.jpg 2x` with our own addresses; None where one of them is not ours."""
        named = [part.split() for part in re.split(r",\s+", srcset) if part.strip()]
        local = [(self._site.local(part[0]), *part[1:]) for part in named]
        written = [" ".join(str(word) for word in part) for part in local if part[0]]
        return ", ".join(written) if written and len(written) == len(local) else None
