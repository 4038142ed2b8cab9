"""JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/"""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from app.feeds.fallbacks import entry_id, feed_title
from app.feeds.model import Entry, Feed, Person
from app.feeds.xml import ENTRIES_KEPT, without_forbidden

MEDIA_TYPE = "application/feed+json"

Members: TypeAlias = dict[str, object]


def write_json_feed(feed: Feed) -> bytes:
    """The feed as a JSON Feed document in UTF-8; members without a value are left out."""
    # Characters which XML forbids are no use in JSON either, and lone surrogates no UTF-8 at all.
    feed, entries = without_forbidden(replace(feed, entries=())), feed.entries
    members = _without_gaps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed_title(feed),
            "description": feed.description,
            "home_page_url": feed.home_url,
            "feed_url": feed.self_url,
            "next_url": feed.next_url,
            "language": feed.language,
            "authors": _people((Person(feed.author),)),
            "hubs": [{"type": "WebSub", "url": feed.hub_url}] if feed.hub_url else [],
        }
    )
    head = json.dumps(members, ensure_ascii=False).removesuffix("}")
    return f'{head}, "items": [{", ".join(map(_item_text, entries))}]}}'.encode()


@lru_cache(maxsize=ENTRIES_KEPT)
def _item_text(entry: Entry) -> str:
    """An item as it stands in every feed that has it."""
    return json.dumps(_item(without_forbidden(entry)), ensure_ascii=False)


def _item(entry: Entry) -> Members:
    members: Members = {
        "id": entry_id(entry),
        "url": entry.url,
        "title": entry.title.strip(),
        "content_html": entry.content_html,
        "summary": entry.summary,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "authors": _people(entry.authors),
        "tags": [label.name for label in entry.labels],
        "attachments": [
            _without_gaps({"url": file.url, "mime_type": file.mime, "size_in_bytes": file.length})
            for file in entry.enclosures
        ],
    }
    item = _without_gaps(members)
    if not entry.content_html:
        # An item must have a content, even where the summary is all that is given away.
        item["content_text"] = item.pop("summary", "")
    return item


def _people(people: tuple[Person, ...]) -> list[Members]:
    named = (_without_gaps({"name": person.name, "url": person.url}) for person in people)
    return [person for person in named if person]


def _without_gaps(members: Mapping[str, object]) -> Members:
    return {name: value for name, value in members.items() if value}
