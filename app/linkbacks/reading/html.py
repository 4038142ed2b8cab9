"""Any HTML as a small tree: what is never shown left out, so deep and so wide and no more."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO

from app.core.foreign_html import LONGEST_PAGE, read_tags

MOST_ELEMENTS = 40_000

# HTML §4.12.3: a template's content is no part of the page; the others are shown to nobody.
_NOT_SHOWN = frozenset(("template", "script", "style", "noscript"))
_KEPT_ATTRIBUTES = frozenset((
    "href", "src", "cite", "poster", "data", "value", "class", "rel", "title", "alt", "datetime",
    "name", "property", "content", "lang", "xml:lang", "id",
))  # fmt: skip
# Larger values are pictures written into the page: they lead nowhere.
_LONGEST_VALUE = 5_000
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "html", "li", "main", "nav", "ol", "option", "p", "pre", "section",
    "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
))  # fmt: skip
# XML 1.0 §2.2 Char, turned round: also what a document in HTML cannot mean.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOTHING: Mapping[str, str] = {}


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """An element: what it is, what it says, and what stands in it, in order."""

    tag: str
    attributes: Mapping[str, str]
    parent: "Node | None"
    inside: "list[Node | str]" = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        """Whether a line ends before and after it."""
        return self.tag in _BLOCKS

    @property
    def classes(self) -> list[str]:
        """Its classes, as written."""
        return self.attributes.get("class", "").split()

    @property
    def elements(self) -> "list[Node]":
        """The elements right in it."""
        return [inner for inner in self.inside if isinstance(inner, Node)]

    def get(self, name: str) -> str:
        """An attribute without white space around it; empty where there is none."""
        return self.attributes.get(name, "").strip()

    def around(self) -> "Iterator[Node]":
        """The element and all it stands in, from the inside out."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def all(self) -> "Iterator[Node]":
        """The element and every one in it, in the order of the page."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if node.inside:
                waiting.extend([one for one in reversed(node.inside) if isinstance(one, Node)])

    def text(self) -> str:
        """All words in it, as they stand; blocks are set off by blanks."""
        return "".join(piece for piece in self.pieces() if isinstance(piece, str))

    def pieces(self) -> "Iterator[Node | str]":
        """The texts in it, in order, and each element where it begins and again where it ends."""
        waiting: list[tuple[Node | str, bool]] = [(self, False)]
        while waiting:
            piece, ended = waiting.pop()
            if isinstance(piece, str):
                yield piece
                continue
            yield piece
            if piece.is_block:
                yield " "
            if not ended:
                waiting.append((piece, True))
                waiting.extend((inner, False) for inner in reversed(piece.inside))


def read_html(text: str) -> Node:
    """The tree of a page. What lies too deep, or behind too much, is not read."""
    builder = _Builder()
    content = _FORBIDDEN.sub("", text[:LONGEST_PAGE]).encode()
    read_tags(content, builder, most=MOST_ELEMENTS)
    builder.end_text()
    return builder.root


class _Builder:
    """What the parser meets becomes nodes; no tree of its own is built, in which wide tags are slow."""

    def __init__(self) -> None:
        self.root = Node("", _NOTHING, None)
        self._at = self.root
        self._not_shown = 0
        # A text comes in as many pieces as it has entities.
        self._words = StringIO()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.end_text()
        if self._not_shown or tag in _NOT_SHOWN:
            self._not_shown += 1
            return
        node = Node(tag, _kept(attributes), self._at)
        self._at.inside.append(node)
        self._at = node

    def end(self, tag: str) -> None:
        self.end_text()
        if self._not_shown:
            self._not_shown -= 1
        elif self._at.parent is not None:
            self._at = self._at.parent

    def data(self, text: str) -> None:
        if not self._not_shown:
            self._words.write(text)

    def end_text(self) -> None:
        """What was heard last is all of a text."""
        if words := self._words.getvalue():
            self._at.inside.append(words)
            self._words = StringIO()


def _kept(attributes: Mapping[str, str]) -> Mapping[str, str]:
    kept = {
        name: value
        for name in _KEPT_ATTRIBUTES.intersection(attributes)
        if (value := attributes[name]) and len(value) <= _LONGEST_VALUE
    }
    return kept or _NOTHING
