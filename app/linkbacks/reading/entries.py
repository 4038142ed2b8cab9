"""What kind of answer an entry is to us: a reply, a like and so on, and what it says."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from app.linkbacks.reading.html import Node
from app.linkbacks.reading.links import Addresses, Targets
from app.linkbacks.reading.microformats import (
    Item,
    date_of,
    explicit_name_of,
    text_of,
    url_of,
    word_of,
    words_in,
)
from app.linkbacks.reading.words import fold

# microformats.org/wiki/h-entry and /rsvp: the rarer come first, as an RSVP is a reply too.
RELATIONS = (
    ("rsvp", ("in-reply-to",)),
    ("like", ("like-of", "like")),
    ("repost", ("repost-of", "repost")),
    ("bookmark", ("bookmark-of",)),
    ("reply", ("in-reply-to",)),
)
_ANSWERS = frozenset(("yes", "no", "maybe", "interested"))
_ENTRIES = frozenset(("h-entry", "h-event", "h-review", "h-recipe"))
_MOMENT = re.compile(r"\s*(\d{4}-\d\d?-\d\d?)(?:[T\s]+([\d:.]+)\s*(Z|[+-]\d\d(?::?\d\d)?)?)?\s*")
_CLOCK = re.compile(r"(\d\d?)(?::?(\d\d))?(?::?(\d\d)(?:\.\d+)?)?")


def entry_about_us(
    items: Sequence[Item], links: Sequence[Node], where: Addresses, targets: Targets
) -> Item | None:
    """The entry that answers us, else the one the first link stands in, else the only one."""
    entries = [item for item in items if item.types & _ENTRIES]
    answering = (item for item in entries if relation_of(item, where, targets))
    by_node = {id(item.node): item for item in entries}
    holding = (by_node[id(node)] for node in _around(links) if id(node) in by_node)
    outermost = [item for item in entries if _is_main(item)]
    only = outermost[0] if len(outermost) == 1 else None
    return next(answering, None) or next(holding, None) or only


def _around(links: Sequence[Node]) -> Sequence[Node]:
    return [node for link in links for node in link.around()]


def _is_main(item: Item) -> bool:
    return item.within is None or "h-feed" in item.within.types


def relation_of(entry: Item, where: Addresses, targets: Targets) -> str:
    """What the entry is to one of our addresses; empty where it only mentions it."""
    for relation, names in RELATIONS:
        if relation == "rsvp" and not rsvp_of(entry):
            continue
        if any(targets.has(url_of(one, where)) for one in entry.of(*names)):
            return relation
    return ""


def rsvp_of(entry: Item) -> str:
    """Whether its author comes: yes, no, maybe or interested; empty where it does not say."""
    said = next((fold(word_of(one)).strip().lower() for one in entry.of("rsvp")), "")
    return said if said in _ANSWERS else ""


def content_of(entry: Item) -> str:
    """All that it says."""
    return next((words_in(one.node) for one in entry.of("content")), "")


def summary_of(entry: Item) -> str:
    """What it says in short."""
    return next((text_of(one) for one in entry.of("summary")), "")


def title_of(entry: Item) -> str:
    """Its name, unless that is only its text once more, as it is for notes."""
    name = fold(explicit_name_of(entry)).strip()
    texts = (fold(text).strip() for text in (content_of(entry), summary_of(entry)))
    return "" if any(name in (text, text[: len(name)]) for text in texts if text) else name


def published_of(entry: Item) -> datetime | None:
    """When it was published; without a zone it is taken for UTC."""
    return next(filter(None, (_moment(date_of(one)) for one in entry.of("published"))), None)


def _moment(written: str) -> datetime | None:
    found = _MOMENT.fullmatch(written[:60])
    if found is None:
        return None
    clock = _CLOCK.fullmatch(found[2] or "00:00")
    if clock is None:
        return None
    hour, minute, second = (int(number or 0) for number in clock.groups())
    try:
        year, month, day = map(int, found[1].split("-"))
        zone = datetime.fromisoformat(f"2000-01-01T00:00:00{found[3] or 'Z'}").tzinfo
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
