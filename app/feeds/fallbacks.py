"""What feeds must say of an entry, where its author left it out."""

from app.feeds.model import Entry, Feed

_LONGEST = 60  # characters of a title that is taken from the text


def entry_id(entry: Entry) -> str:
    """The entry's guid as it is; its address, if there is none."""
    return entry.guid or entry.url or "about:blank"


def entry_title(entry: Entry) -> str:
    """Its title; failing that how its summary begins; failing that its address. Never blank."""
    return entry.title.strip() or _beginning(entry.summary) or entry.url or "…"


def feed_title(feed: Feed) -> str:
    """Its title; failing that its address. Never blank."""
    return feed.title.strip() or feed.home_url or "…"


def _beginning(text: str) -> str:
    words = " ".join(text[: 4 * _LONGEST].split())
    if len(words) <= _LONGEST:
        return words
    return words[:_LONGEST].rsplit(" ", 1)[0] + "…"
