"""What a page says of itself in microformats2: items with properties, read when asked for.

The parsing specification (microformats.org/wiki/microformats2-parsing), of which the older formats
(§"backward compatible") are left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from app.linkbacks.reading.html import Node
from app.linkbacks.reading.links import Addresses

# Any "h-" would be a root, as §"root class names" has it, and so would be what style sheets call
# "h-full": only those are read that microformats.org/wiki/microformats2 lists.
_ROOTS = frozenset((
    "h-adr", "h-app", "h-card", "h-cite", "h-entry", "h-event", "h-feed", "h-geo", "h-item",
    "h-listing", "h-product", "h-recipe", "h-resume", "h-review", "h-review-aggregate", "h-x-app",
))  # fmt: skip
# §"property class names": a prefix, an optional vendor, then letters.
_PROPERTY = re.compile(r"(p|u|dt|e)-((?:[a-z0-9]+-)?[a-z]+(?:-[a-z]+)*)")
# Made to be slow, an item says a thing a thousand times, and each time the whole page.
_MOST_ITEMS = 500
MOST_PROPERTIES = 500
_MOST_OF_A_KIND = 20
_LONGEST_TEXT = 20_000
_MOST_PIECES = 5_000
_MOST_PIECES_OF_A_WORD = 50

_REFERRING = {
    "a": "href", "area": "href", "link": "href", "img": "src", "audio": "src", "video": "src",
    "source": "src", "iframe": "src", "object": "data",
}  # fmt: skip
_SAYING = {"abbr": "title", "link": "title", "data": "value", "input": "value", "img": "alt",
           "area": "alt"}  # fmt: skip
_DATED = {"time": "datetime", "ins": "datetime", "del": "datetime", "abbr": "title",
          "data": "value", "input": "value"}  # fmt: skip


@dataclass(slots=True, eq=False, repr=False)
class Property:
    """Where a property stands, and the item that it is, if it is one."""

    prefix: str
    name: str
    node: Node
    item: "Item | None"


@dataclass(slots=True, eq=False, repr=False)
class Item:
    """Something with a type: a post, a person, a citation."""

    node: Node
    types: frozenset[str]
    within: "Item | None"
    properties: list[Property] = field(default_factory=list)
    # Items right in it which are no property of it.
    children: "list[Item]" = field(default_factory=list)

    def of(self, *names: str) -> Iterator[Property]:
        """Its first properties of these names, in order."""
        return islice((one for one in self.properties if one.name in names), _MOST_OF_A_KIND)


def items_of(page: Node) -> list[Item]:
    """All items of a page, those in others too, in order."""
    found: list[Item] = []
    waiting: list[tuple[Node, Item | None]] = [(page, None)]
    while waiting:
        node, within = waiting.pop()
        if classes := node.classes:
            within = _read_classes(node, classes, within, found)
        waiting.extend((inner, within) for inner in reversed(node.elements))
    return found


def _read_classes(
    node: Node, classes: list[str], within: Item | None, found: list[Item]
) -> Item | None:
    types = _ROOTS.intersection(classes)
    item = Item(node, types, within) if types and len(found) < _MOST_ITEMS else None
    if item is not None:
        found.append(item)
    if within is not None and len(within.properties) < MOST_PROPERTIES:
        named = {(match[1], match[2]): None for match in map(_PROPERTY.fullmatch, classes) if match}
        said = [Property(prefix, name, node, item) for prefix, name in named]
        within.properties += said[: MOST_PROPERTIES - len(within.properties)]
        if item is not None and not named:
            within.children.append(item)
    return item or within


def text_of(one: Property, most: int = _MOST_PIECES) -> str:
    """§"parsing a p- property": the words of it, or of the name of the item that it is."""
    if one.item is not None and (name := name_of(one.item)):
        return name
    node = one.node
    if values := _values(node):
        return "".join(_said(value, most) for value in values)
    return _said(node, most)


def word_of(one: Property) -> str:
    """The text of a property whose value is a single word, such as an address."""
    return text_of(one, _MOST_PIECES_OF_A_WORD).strip()


def url_of(one: Property, addresses: Addresses) -> str:
    """§"parsing a u- property": the address; of an item that it is, its own."""
    if one.item is not None:
        return item_url(one.item, addresses) or addresses.of(_referred(one.node))
    if referred := _referred(one.node):
        return addresses.of(referred)
    return addresses.of(word_of(one))


def name_of(item: Item) -> str:
    """The name that an item says, or else the one that is implied."""
    said = (text_of(one) for one in item.of("name") if one.item is None)
    return next(filter(str.strip, said), "") or _implied_name(item)


def explicit_name_of(item: Item) -> str:
    """The name that an item says in so many words."""
    return next((text_of(one) for one in item.of("name") if one.item is None), "")


def item_url(item: Item, addresses: Addresses) -> str:
    """The address of an item: said (`u-url`, `u-uid`), or else implied."""
    said = (url_of(one, addresses) for one in item.of("url", "uid") if one.item is None)
    implied = _implied(item, ("a", "area"), "href", unless="u")
    return next(filter(None, said), "") or addresses.of(implied)


def photo_of(item: Item, addresses: Addresses) -> str:
    """The picture of an item: said (`u-photo`, `u-logo`), or else implied."""
    said = (url_of(one, addresses) for one in item.of("photo", "logo") if one.item is None)
    implied = _implied(item, ("img",), "src", unless="u")
    return next(filter(None, said), "") or addresses.of(implied)


def date_of(one: Property) -> str:
    """§"parsing a dt- property": the date as it is written there, of parts too."""
    if values := _values(one.node):
        return " ".join(map(_dated, values))
    return _dated(one.node)


def _values(node: Node) -> list[Node]:
    # §"value class pattern": the parts that stand right in it count in place of the whole.
    parts = (inner for inner in node.elements if {"value", "value-title"} & set(inner.classes))
    return list(islice(parts, _MOST_OF_A_KIND))


def _said(node: Node, most: int) -> str:
    if "value-title" in node.classes:
        return node.get("title")
    return node.get(_SAYING.get(node.tag, "")) or words_in(node, most)


def _dated(node: Node) -> str:
    if "value-title" in node.classes:
        return node.get("title")
    return node.get(_DATED.get(node.tag, "")) or words_in(node, _MOST_PIECES_OF_A_WORD)


def _referred(node: Node) -> str:
    said = node.get(_REFERRING.get(node.tag, "")) or node.get("poster")
    return said or (node.get("value") if node.tag in ("data", "input") else "")


def words_in(node: Node, most: int = _MOST_PIECES) -> str:
    """The words of an element, with those that stand for its pictures."""
    pieces: list[str] = []
    length = 0
    seen: set[int] = set()
    for piece in islice(node.pieces(), most):
        if isinstance(piece, Node):
            # It comes by where it begins and where it ends.
            said = piece.get("alt") if piece.tag == "img" and id(piece) not in seen else ""
            seen.add(id(piece))
        else:
            said = piece
        pieces.append(said)
        length += len(said)
        if length > _LONGEST_TEXT:
            break
    return "".join(pieces)


def _implied_name(item: Item) -> str:
    # §"parsing for implied properties": not where the item says anything else about itself.
    if any(one.prefix in "pe" or one.item for one in item.properties) or item.children:
        return ""
    for node in (item.node, *_only_children(item.node)):
        if node.tag in ("img", "area", "abbr") and (said := node.get(_SAYING[node.tag])):
            return said
    return words_in(item.node)


def _implied(item: Item, tags: tuple[str, ...], attribute: str, *, unless: str) -> str:
    if any(one.prefix == unless or one.item for one in item.properties):
        return ""
    if item.node.tag in tags:
        return item.node.get(attribute)
    for around in (item.node, *_only_children(item.node)[:1]):
        fitting = [inner for inner in around.elements if inner.tag in tags]
        if len(fitting) == 1 and not _is_item(fitting[0]):
            return fitting[0].get(attribute)
    return ""


def _only_children(node: Node) -> list[Node]:
    found: list[Node] = []
    while len(found) < 2 and len(node.elements) == 1 and not _is_item(node.elements[0]):
        node = node.elements[0]
        found.append(node)
    return found


def _is_item(node: Node) -> bool:
    return not _ROOTS.isdisjoint(node.classes)
