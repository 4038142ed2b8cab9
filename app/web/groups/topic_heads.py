"""What a page of a discussion says of itself: to browsers, search engines and feed readers."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _
from app.core.text import plain_text, shorten
from app.discussions.queries import ShownComment
from app.discussions.topics.reading import TopicHere, opening_of
from app.groups.models import Visibility
from app.web.deps import Frame
from app.web.groups.addresses import topic_url
from app.web.groups.facts import SaidHere, topic_facts
from app.web.groups.pages import ReplyCard
from app.web.head import Head
from app.web.pages.discovery import discovery
from app.web.pages.structured_data import Facts


async def head_of_topic(
    db: AsyncSession,
    frame: Frame,
    found: TopicHere,
    number: int,
    said: Sequence[ShownComment],
    cards: Sequence[ReplyCard],
) -> Head:
    """Its title, its address and those beside it, and whether it is for lists."""
    return _head(frame, found, number, said, await _facts(db, frame, found, number, cards))


async def _facts(
    db: AsyncSession, frame: Frame, found: TopicHere, number: int, cards: Sequence[ReplyCard]
) -> Facts:
    """What search engines are told of a page; nothing of one that not everybody reads."""
    group, topic = found.here.group, found.topic
    if not _is_public(found):
        return {}
    opening = await opening_of(db, topic)
    if opening is None:
        return {}
    here = SaidHere(group, topic, opening, number, above=(frame.site.title, _("Groups")))
    return topic_facts(here, cards, frame.base_url)


def _is_public(found: TopicHere) -> bool:
    return found.here.group.visibility == Visibility.PUBLIC and found.topic.is_shown


def _head(
    frame: Frame, found: TopicHere, number: int, said: Sequence[ShownComment], facts: Facts
) -> Head:
    topic, group = found.topic, found.here.group
    words = [topic.title, group.name, frame.site.title]
    if number > 1:
        words.insert(1, _("page %(number)s") % {"number": number})
    path = topic_url(group.slug, topic.id, topic.slug, number)
    is_public = _is_public(found)
    whole = topic_url(group.slug, topic.id, topic.slug)
    first = plain_text(str(said[0].body_html)) if said and number == 1 else ""

    def beside(other: int) -> str:
        there = topic_url(group.slug, topic.id, topic.slug, other)
        return frame.base_url + there if 1 <= other <= found.pages else ""

    return Head(
        title=" – ".join(words),
        path=path,
        description=shorten(first, 40, 200) if is_public else "",
        canonical=frame.base_url + path,
        previous=beside(number - 1),
        next=beside(number + 1),
        facts=facts,
        robots="max-image-preview:large" if is_public else "noindex",
        links=discovery(
            frame.base_url,
            frame.site.title,
            own_feed=(topic.title, f"{whole}feed/") if is_public else None,
        ),
    )
