"""The block editor's comments are read and taken out; what stands between them stays.

Blocks that WordPress computes for each visitor (lists of posts, search forms, loops) hold no text of
the author's: they are left out and named.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.porting.wordpress.texts.cards import link_card
from app.porting.wordpress.texts.tags import link, with_ends, words

_DELIMITER = re.compile(
    r"\s*(/?)wp:([a-z][\w-]*(?:/[a-z][\w-]*)?)\s*(\{.*\})?\s*(/?)\s*", re.DOTALL
)
# What is between their comments is nothing but other blocks of the kind that are computed.
_COMPUTED = frozenset((
    "query", "comments", "comments-query-loop", "navigation", "post-template", "query-pagination",
    "query-no-results", "comment-template", "comments-pagination", "template-part",
))  # fmt: skip
# Patterns may hold patterns, and an odd one itself.
_MOST_FILLS = 50
_OBJECT = re.compile(r"<object\b.*?</object\s*>", re.DOTALL | re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"']+")
_FIGCAPTION = re.compile(r"<figcaption\b[^>]*>(.*?)</figcaption\s*>", re.DOTALL | re.IGNORECASE)


# What a block without words of its own shows, by its name and attributes: blocks, or None.
Fill = Callable[[str, dict[str, Any]], str | None]


@dataclass(frozen=True, slots=True)
class Delimiter:
    """One comment of the block editor. `core/` is left off its own blocks' names."""

    name: str
    attributes: dict[str, Any]
    closes: bool
    is_void: bool


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """HTML without the editor's comments, and the names of the blocks that were left out."""

    html: str
    dropped: tuple[str, ...]


def has_blocks(text: str) -> bool:
    """Whether the block editor wrote this: such text makes its own paragraphs."""
    return "<!-- wp:" in text


def nothing_kept(_name: str, _attributes: dict[str, Any]) -> None:
    """For texts all of whose words stand in them."""


def unwrap_blocks(text: str, fill: Fill = nothing_kept) -> Unwrapped:
    """The text as HTML: embeds as links, computed blocks left out, all else as it stands.

    What stands for words kept elsewhere, `fill` gives, as blocks again.
    """
    run = _Run(fill)
    html = "".join(_walk(text, run))
    return Unwrapped(html, tuple(run.dropped))


@dataclass(slots=True)
class _Run:
    """One text being unwrapped."""

    fill: Fill
    dropped: dict[str, None] = field(default_factory=dict)
    fills_left: int = _MOST_FILLS


def _walk(text: str, run: _Run) -> Iterator[str]:
    pieces, at = list(_pieces(text)), 0
    while at < len(pieces):
        piece = pieces[at]
        at += 1
        if isinstance(piece, str):
            yield _without_gaps(piece)
        elif piece.is_void:
            kept = run.fill(piece.name, piece.attributes) if run.fills_left else None
            if kept is None:
                yield _void(piece, run.dropped)
            else:
                run.fills_left -= 1
                yield from _walk(kept, run)
        elif not piece.closes and _is_whole(piece.name):
            end = _end_of(pieces, at, piece.name)
            yield _whole(piece, pieces[at:end], run.dropped)
            at = end


def _without_gaps(html: str) -> str:
    """What stands between two delimiters, without the blank lines that set these apart."""
    inner = html.strip("\n")
    if not inner:
        return ""
    return "\n" * html.startswith("\n") + inner + "\n" * html.endswith("\n")


def _pieces(text: str) -> "Iterator[Delimiter | str]":
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        yield text[at:start]
        found = _DELIMITER.fullmatch(text, start + 4, end)
        if found:
            attributes = _attributes(found[3])
            yield Delimiter(
                found[2].removeprefix("core/"),
                attributes,
                closes=bool(found[1]),
                is_void=bool(found[4]),
            )
        else:
            yield text[start : end + 3]
        at = end + 3
    yield text[at:]


def _attributes(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_whole(name: str) -> bool:
    return name in _COMPUTED or name in ("embed", "file") or name.startswith("core-embed/")


def _end_of(pieces: "list[Delimiter | str]", start: int, name: str) -> int:
    """Past the delimiter that closes what was opened before `start`; past all if nothing does."""
    depth = 1
    for at in range(start, len(pieces)):
        piece = pieces[at]
        if isinstance(piece, Delimiter) and piece.name == name and not piece.is_void:
            depth += -1 if piece.closes else 1
            if not depth:
                return at + 1
    return len(pieces)


def _whole(block: Delimiter, inner: "list[Delimiter | str]", dropped: dict[str, None]) -> str:
    html = "".join(piece for piece in inner if isinstance(piece, str))
    if block.name in _COMPUTED:
        dropped[block.name] = None
        return ""
    if block.name == "file":
        # The link to the file stays; its preview would only be a second one.
        return _OBJECT.sub("", with_ends(html, ("object",)))
    given = block.attributes.get("url")
    found = _URL.search(html)
    url = given if isinstance(given, str) else found[0] if found else ""
    caption = _FIGCAPTION.search(html)
    return link_card(url, caption[1].strip() if caption else "") if _URL.match(url) else html


def _void(block: Delimiter, dropped: dict[str, None]) -> str:
    url = block.attributes.get("url")
    if isinstance(url, str) and _URL.match(url):
        if block.name == "social-link":
            label = block.attributes.get("label") or block.attributes.get("service") or words(url)
            return f"<li>{link(url, str(label))}</li>"
        if block.name == "embed" or block.name.startswith("core-embed/"):
            return link_card(url)
    dropped[block.name] = None
    return ""
