"""Mends what keeps a piece of an export from being XML. Used only on pieces a parser has refused.

Exports are written by plug-ins, cut by hand and mended with search and replace. What follows is
what is commonly wrong with them; a piece that is still no XML afterwards is reported, not guessed at.
Everything here takes time in proportion to the piece, whatever stands in it.
"""

import re
from collections.abc import Iterator
from html.entities import html5
from xml.sax.saxutils import escape

_OPEN, _CLOSE, _SPLIT = b"<![CDATA[", b"]]>", b"]]]]><![CDATA[>"
_TEXT_ELEMENT = re.compile(
    rb"<(title|link|guid|description|category|(?:dc|content|excerpt|wp):\w{1,40})(?:\s[^<>]*)?>\s*"
)
_AMPERSAND = re.compile(rb"&(?:#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{0,31});)?")
_LESS_THAN = re.compile(rb"<(?![A-Za-z_/!?])")
_PREFIX = re.compile(rb"[<\s/]([A-Za-z_][\w.-]*):[\w.-]+(?=[\s=/>])")
# Elements that hold other elements, so that markup in them is nothing to hide.
_CONTAINERS = frozenset(
    b"wp:" + name
    for name in (b"author", b"category", b"comment", b"commentmeta", b"postmeta", b"tag", b"term")
)
_XML_NAMES = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))


def mend(piece: bytes) -> bytes:
    """The piece with nested CDATA, bare markup, stray signs and unknown entities made XML."""
    return b"".join(
        part if is_section else _escape_strays(part)
        for is_section, part in _sections(b"".join(_with_whole_texts(piece)))
    )


def as_section(text: bytes) -> bytes:
    """The text as CDATA; its own `]]>` is split between two sections."""
    return _OPEN + text.replace(_CLOSE, _SPLIT) + _CLOSE


def prefixes(piece: bytes) -> set[str]:
    """Every namespace prefix the piece may be using."""
    found: set[bytes] = set()
    for is_section, part in _sections(piece):
        for tag in () if is_section else part.split(b"<")[1:]:
            found.update(_PREFIX.findall(b"<" + tag.partition(b">")[0] + b">"))
    return {prefix.decode() for prefix in found} - {"xml", "xmlns"}


def _with_whole_texts(piece: bytes) -> Iterator[bytes]:
    """The piece with each text in one CDATA section of its own, where it holds signs of markup.

    A text that begins with a section ends where its element ends, whatever sections it holds:
    WordPress's own importer reads it so.
    """
    at, endless = 0, set[bytes]()
    for start in _TEXT_ELEMENT.finditer(piece):
        name = start[1]
        if start.start() < at or name in _CONTAINERS or name in endless or len(endless) > 99:
            continue
        is_section = piece.startswith(_OPEN, start.end())
        closing = (rb"\]\]>\s*" if is_section else b"") + b"</" + name + rb"\s*>"
        end = re.compile(closing).search(piece, start.end())
        if end is None:
            endless.add(name)
            continue
        text = piece[start.end() + (len(_OPEN) if is_section else 0) : end.start()]
        if is_section:
            text = text.replace(_SPLIT, _CLOSE)
        if is_section or (b"<" in text and _OPEN not in text):
            yield piece[at : start.end()] + as_section(text)
            at = end.start() + (len(_CLOSE) if is_section else 0)
    yield piece[at:]


def _sections(piece: bytes) -> Iterator[tuple[bool, bytes]]:
    """The piece in order as (whether it is a CDATA section, bytes)."""
    at = 0
    while True:
        start = piece.find(_OPEN, at)
        end = piece.find(_CLOSE, start) if start >= 0 else -1
        if end < 0:
            yield False, piece[at:]
            return
        yield False, piece[at:start]
        at = end + len(_CLOSE)
        yield True, piece[start:at]


def _escape_strays(text: bytes) -> bytes:
    return _AMPERSAND.sub(_reference, _LESS_THAN.sub(b"&lt;", text))


def _reference(found: re.Match[bytes]) -> bytes:
    decimal, hexadecimal, name = found.groups()
    if decimal or hexadecimal:
        number = int(decimal) if decimal else int(hexadecimal, 16)
        return found[0] if _is_allowed(number) else b""
    if name in _XML_NAMES:
        return found[0]
    known = html5.get(name.decode() + ";") if name else None
    return escape(known).encode() if known else b"&amp;" + found[0][1:]


def _is_allowed(number: int) -> bool:
    """XML 1.0 §2.2 Char."""
    if number in (0x9, 0xA, 0xD) or 0x20 <= number <= 0xD7FF:
        return True
    return 0xE000 <= number <= 0xFFFD or 0x10000 <= number <= 0x10FFFF
