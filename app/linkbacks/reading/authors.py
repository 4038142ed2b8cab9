"""Who wrote an entry, by what its page says (indieweb.org/authorship, without asking another page)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from app.linkbacks.reading.html import Node
from app.linkbacks.reading.links import Addresses, place
from app.linkbacks.reading.microformats import (
    Item,
    Property,
    item_url,
    name_of,
    photo_of,
    text_of,
    url_of,
)

# Of people on a page that are looked through for an author's address.
_MOST_CARDS = 100


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody, as far as the page tells."""

    name: str = ""
    url: str = ""
    photo: str = ""


def author_of(entry: Item | None, items: Sequence[Item], page: Node, where: Addresses) -> Author:
    """Whom the entry names, else its feed, else a link `rel=author`, else the one person there is."""
    for item in _with_those_around(entry):
        if found := next((_named(one, where) for one in item.of("author")), None):
            return _completed(found, items, where)
    if url := _linked(page, where):
        return _completed(Author(url=url), items, where)
    people = [item for item in items if item.within is None and "h-card" in item.types]
    return _person(people[0], where) if len(people) == 1 else Author()


def _with_those_around(entry: Item | None) -> Iterator[Item]:
    # What an entry cites or answers in itself was not written by its author.
    if entry is not None:
        yield entry
        if entry.within is not None and "h-feed" in entry.within.types:
            yield entry.within


def _named(one: Property, where: Addresses) -> Author:
    if one.item is not None:
        return _person(one.item, where)
    if one.prefix == "u":
        return Author(url=url_of(one, where))
    return Author(name=text_of(one), url=where.of(one.node.get("href")))


def _person(card: Item, where: Addresses) -> Author:
    # By the book no address is implied beside a picture; who made a link of a card meant it.
    url = item_url(card, where) or where.of(card.node.get("href"))
    return Author(name_of(card), url, photo_of(card, where))


def _completed(author: Author, items: Sequence[Item], where: Addresses) -> Author:
    """With what the page says about the person at the same address."""
    if not author.url or author.name.strip():
        return author
    wanted = place(author.url)
    cards = islice((item for item in items if "h-card" in item.types), _MOST_CARDS)
    there = (card for card in cards if place(item_url(card, where)) == wanted)
    return next((_person(card, where) for card in there), author)


def _linked(page: Node, where: Addresses) -> str:
    links = (
        where.of(node.get("href"))
        for node in page.all()
        if node.tag in ("a", "link", "area") and "author" in node.get("rel").lower().split()
    )
    return next(filter(None, links), "")
