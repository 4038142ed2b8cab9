"""`[caption]`, `[gallery]`, `[embed]`, `[audio]`, `[video]` and `[playlist]` become HTML.

All others stay as the author typed them, and are named, so that the owner can see to them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from app.porting.wordpress.texts.cards import link_card
from app.porting.wordpress.texts.tags import ATTRIBUTES, tag

_NAME = r"[A-Za-z][\w-]{0,60}"
# Groups: an escaping bracket, the name, attributes, a closing slash, an escaping bracket.
_OPENING = re.compile(rf"\[(\[?)({_NAME})(?![\w-])([^\[\]]*?)(/?)\](\]?)")
_ATTRIBUTE = re.compile(
    r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s'"]+))|"([^"]*)"|'([^']*)'|(\S+)"""
)
_PICTURE = re.compile(
    rf"\s*((?:<a\s{ATTRIBUTES}>\s*)?<img\s{ATTRIBUTES}>(?:\s*</a\s*>)?)(.*)",
    re.DOTALL | re.IGNORECASE,
)
_ODD_SPACE = re.compile("[\u00a0\u200b]+")
_SOUNDS = ("src", "mp3", "m4a", "ogg", "wav", "wma", "flac", "aac")
_FILMS = ("src", "mp4", "m4v", "webm", "ogv", "mov", "wmv", "flv")
_MOST_LEVELS = 5


@dataclass(frozen=True, slots=True)
class Media:
    """One attachment as a gallery or a playlist shows it; `caption` is HTML."""

    url: str
    title: str = ""
    alt: str = ""
    caption: str = ""


# Ids to what they are, in that order, unknown ones left out; None asks for all of the post's own.
FindMedia = Callable[[Sequence[int] | None], Sequence[Media]]


@dataclass(frozen=True, slots=True)
class Shortcode:
    """One as it was typed. Attributes without a name stand in `values`."""

    name: str
    attributes: dict[str, str]
    values: tuple[str, ...]
    content: str

    def first(self, *names: str) -> str:
        """The first of these attributes that says something."""
        return next((self.attributes[n] for n in names if self.attributes.get(n)), "")

    def numbers(self, *names: str) -> list[int] | None:
        """The ids in the first of these attributes; None where there is none of them."""
        given = self.first(*names)
        return [int(n) for n in re.findall(r"\d{1,18}", given)] if given else None


@dataclass(frozen=True, slots=True)
class Turned:
    """A text with its known shortcodes turned, and the names of those that are left in it."""

    html: str
    left: tuple[str, ...]


def turn_shortcodes(text: str, find_media: FindMedia) -> Turned:
    """The text with what is known turned into HTML; `[[name]]` is the typed form of `[name]`."""
    if "[" not in text:
        return Turned(text, ())
    left: dict[str, None] = {}
    html = _turned(text, find_media, left, levels=_MOST_LEVELS)
    return Turned(html, tuple(left))


def parse_attributes(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Attributes as WordPress reads them: quoted either way or not at all, or without a name."""
    named: dict[str, str] = {}
    values: list[str] = []
    for name, *given in _ATTRIBUTE.findall(_ODD_SPACE.sub(" ", text)):
        value = next((g for g in given if g), "")
        if name:
            named[name.lower()] = value
        elif value:
            values.append(value)
    return named, tuple(values)


def _turned(text: str, find_media: FindMedia, left: dict[str, None], levels: int) -> str:
    pieces, at = [], 0
    last_end: dict[str, int] = {}
    for opening in _OPENING.finditer(text):
        if opening.start() < at:
            continue
        code, end, is_escaped = _whole(text, opening, last_end)
        pieces.append(text[at : opening.start()])
        at = end
        typed = text[opening.start() : end]
        if is_escaped:
            pieces.append(typed[1:-1])
        elif code.name not in _TURNS or not levels:
            if _is_meant(code, opening, end):
                left[code.name] = None
            # Only the opening is passed over: others may stand inside it.
            at = opening.end()
            pieces.append(opening[0])
        else:
            inner = _turned(code.content, find_media, left, levels - 1)
            html = _TURNS[code.name](
                Shortcode(code.name, code.attributes, code.values, inner), find_media
            )
            if html is None:
                left[code.name] = None
            pieces.append(typed if html is None else html)
    return "".join([*pieces, text[at:]])


def _whole(
    text: str, opening: re.Match[str], last_end: dict[str, int]
) -> tuple[Shortcode, int, bool]:
    """The shortcode that begins here, where it ends, and whether double brackets quote it.

    Of those nobody turns the end matters only if they are quoted: that there is one is enough.
    """
    before, name, given, slash, after = opening.groups()
    named, values = parse_attributes(given)
    code = Shortcode(name, named, values, "")
    if before and after:
        return code, opening.end(), True
    end = opening.end() - len(after)
    closing = f"[/{name}]"
    if name not in last_end:
        last_end[name] = text.rfind(closing)
    if slash or last_end[name] < end:
        return code, end, False
    if name not in _TURNS and not before:
        return code, end + 1, False
    start_of_end = text.find(closing, end)
    code = Shortcode(name, named, values, text[end:start_of_end])
    end = start_of_end + len(closing)
    is_escaped = bool(before) and text.startswith("]", end)
    return code, end + is_escaped, is_escaped


def _is_meant(code: Shortcode, opening: re.Match[str], end: int) -> bool:
    """Whether words in brackets look like a shortcode rather than like [sic]."""
    return bool(code.attributes) or end > opening.end() or "_" in code.name or "-" in code.name


def _caption(code: Shortcode, _find_media: FindMedia) -> str | None:
    picture = _PICTURE.match(code.content)
    said = code.first("caption") or (picture[2].strip() if picture else "")
    shown = picture[1] if picture else code.content
    if not said:
        return code.content
    classes = " ".join(["wp-caption", *re.findall(r"align\w+", code.first("align"))])
    caption = f'<figcaption class="wp-caption-text">{said}</figcaption>'
    return f"{tag('figure', {'class': classes})}{shown}{caption}</figure>"


def _gallery(code: Shortcode, find_media: FindMedia) -> str | None:
    shown = find_media(code.numbers("ids", "include"))
    hidden = set(code.numbers("exclude") or ())
    if hidden and not code.first("ids", "include"):
        without = {media.url for media in find_media(sorted(hidden))}
        shown = [media for media in shown if media.url not in without]
    if not shown:
        return None
    columns = re.fullmatch(r"[1-9]", code.first("columns"))
    classes = f"gallery gallery-columns-{columns[0] if columns else 3}"
    to_file = code.first("link") != "none"
    return f'<div class="{classes}">{"".join(_gallery_item(m, to_file) for m in shown)}</div>'


def _gallery_item(media: Media, to_file: bool) -> str:
    picture = tag("img", {"src": media.url, "alt": media.alt})
    if to_file:
        picture = f"{tag('a', {'href': media.url})}{picture}</a>"
    caption = f"<figcaption>{media.caption}</figcaption>" if media.caption else ""
    return f'<figure class="gallery-item">{picture}{caption}</figure>'


def _embed(code: Shortcode, _find_media: FindMedia) -> str | None:
    url = code.content.strip() or code.first("src", "url") or next(iter(code.values), "")
    return link_card(url) if re.match(r"https?://\S+$", url) else None


def _audio(code: Shortcode, _find_media: FindMedia) -> str | None:
    # Before WordPress had this itself, a plug-in read `[audio http://…/x.mp3|title=…]`.
    url = code.first(*_SOUNDS) or next(iter(code.values), "").partition("|")[0]
    return player("audio", {"src": url}) if url else None


def _video(code: Shortcode, _find_media: FindMedia) -> str | None:
    url = code.first(*_FILMS) or next(iter(code.values), "")
    if not url:
        return None
    given = {name: code.first(name) or None for name in ("poster", "width", "height")}
    return player("video", {"src": url} | given)


def _playlist(code: Shortcode, find_media: FindMedia) -> str | None:
    shown = find_media(code.numbers("ids", "include"))
    kind = "video" if code.first("type") == "video" else "audio"
    pieces = [player(kind, {"src": m.url}, caption=escape(m.title, quote=False)) for m in shown]
    return "".join(pieces) if pieces else None


def player(kind: str, given: dict[str, str | None] | dict[str, str], caption: str = "") -> str:
    """A player that fetches nothing before it is started; `caption` is HTML."""
    said = f"<figcaption>{caption}</figcaption>" if caption else ""
    opening = tag(kind, {"controls": "", "preload": "none", **given})
    return f'<figure class="{kind}">{opening}</{kind}>{said}</figure>'


_TURNS: dict[str, Callable[[Shortcode, FindMedia], str | None]] = {
    "caption": _caption, "wp_caption": _caption, "gallery": _gallery, "embed": _embed,
    "audio": _audio, "video": _video, "playlist": _playlist,
}  # fmt: skip
