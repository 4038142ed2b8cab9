"""Pictures in a text, each offered in the version that fits a reader's screen and browser. Pure.

HTML Living Standard §4.8.4: `<picture>` names newer formats first, `srcset` the widths there are, `sizes`
how wide the picture will be; a browser that knows none of it shows the `<img>` as it stood.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import unquote

# The column of text, in pixels: `--measure` of the style sheet, and what stands beside it on a phone.
_MEASURE = 576
_BESIDE = 64
# Clean HTML, as core.markup writes it. What its author has put into a `<picture>` is left as it is.
_PICTURE = re.compile(r"<picture\b.*?</picture>|<img\b[^>]*>", re.DOTALL)
_ATTRIBUTE = re.compile(r'\s([a-z]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Version:
    """A file with a picture in one width and format."""

    url: str
    mime: str
    width: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as it was handed in, and its versions, the narrowest first."""

    whole: Version
    height: int
    versions: Sequence[Version] = ()

    def sources(self) -> Iterator[tuple[str, str]]:
        """Formats that a browser may know, the smallest first, each with its `srcset`."""
        for mime in ("image/avif", "image/webp"):
            if mime != self.whole.mime and (found := self._of(mime)):
                yield mime, _srcset(found)

    def srcset(self) -> str:
        """The picture's own format in all widths; empty where there is one only."""
        smaller = self._of(self.whole.mime)
        return _srcset((*smaller, self.whole)) if smaller else ""

    def sizes(self, width: int | None = None) -> str:
        """How wide it is shown: as it says itself, but never wider than the column, or a phone's screen."""
        shown = min(width or self.whole.width, _MEASURE)
        return f"(min-width: {shown + _BESIDE}px) {shown}px, 100vw"

    def _of(self, mime: str) -> list[Version]:
        return [one for one in self.versions if one.mime == mime]


def path_of(address: str) -> str:
    """The path that an address in HTML means, as rows have it: decoded, in NFC."""
    return unicodedata.normalize("NFC", unquote(unescape(address)))


def with_versions(html: str, drawn: Mapping[str, Drawn]) -> str:
    """The HTML with the versions of the pictures in it; `drawn` has them by the paths of their addresses.

    A picture that says nothing of its size is told it, so that nothing moves when it comes; all but
    the first wait until they are nearly in sight.
    """
    seen = 0

    def offered(found: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        if not found[0].startswith("<img"):
            return found[0]
        said = dict(_ATTRIBUTE.findall(found[0]))
        picture = drawn.get(path_of(said.get("src", "")))
        if picture is None or "srcset" in said:
            return found[0]
        return _offered(found[0], said, picture, is_first=seen == 1)

    return _PICTURE.sub(offered, html)


def _offered(tag: str, said: Mapping[str, str], picture: Drawn, *, is_first: bool) -> str:
    width = int(said["width"]) if said.get("width", "").isdecimal() else None
    sizes = picture.sizes(width)
    more = {} if is_first or "loading" in said else {"loading": "lazy"}
    if "decoding" not in said:
        more["decoding"] = "async"
    if "width" not in said and "height" not in said:
        more |= {"width": str(picture.whole.width), "height": str(picture.height)}
    if srcset := picture.srcset():
        more |= {"srcset": srcset, "sizes": sizes}
    written = "".join(f' {name}="{escape(value)}"' for name, value in more.items())
    image = tag.removesuffix(">").rstrip(" /") + written + ">"
    sources = "".join(
        f'<source type="{mime}" srcset="{escape(srcset)}" sizes="{sizes}">'
        for mime, srcset in picture.sources()
    )
    return f"<picture>{sources}{image}</picture>" if sources else image


def _srcset(versions: Sequence[Version]) -> str:
    return ", ".join(f"{one.url} {one.width}w" for one in versions)
