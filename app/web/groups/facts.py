"""A public discussion in schema.org's words, as search engines ask for them; see `pages/structured_data`.

Every page of one says the whole of its opening text, who wrote it and when, beside the replies
that stand on it: a page that comes alone is understood all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.discussions.topics.reading import Opening
from app.groups.models import Group, Topic
from app.web.groups.addresses import GROUPS, group_url, topic_url
from app.web.groups.pages import ReplyCard
from app.web.head import Link
from app.web.pages.structured_data import Facts, crumb_facts, document, said_by, written_at

COMMENT_ACTION = "https://schema.org/CommentAction"


@dataclass(frozen=True)
class SaidHere:
    """One page of a public discussion: its opening text, and what stands on the page."""

    group: Group
    topic: Topic
    opening: Opening
    number: int
    # Crumbs: the site's title and the word for all groups.
    above: tuple[str, str]


def topic_facts(here: SaidHere, cards: Sequence[ReplyCard], base_url: str) -> Facts:
    """The discussion, its place, and the way there, as one document."""
    group, topic = here.group, here.topic
    whole = base_url + topic_url(group.slug, topic.id, topic.slug)
    page = base_url + topic_url(group.slug, topic.id, topic.slug, here.number)
    posting: dict[str, Any] = {
        "@type": "DiscussionForumPosting",
        "@id": f"{whole}#topic-{topic.id}",
        "url": whole,
        "mainEntityOfPage": page,
        "headline": topic.title,
        **_said(base_url, here.opening),
        "keywords": list(topic.tags),
        "isPartOf": {
            "@type": "WebPage", "name": group.name, "url": base_url + group_url(group.slug),
        },
        "commentCount": topic.reply_count,
        "interactionStatistic": {
            "@type": "InteractionCounter", "interactionType": COMMENT_ACTION,
            "userInteractionCount": topic.reply_count,
        },
        "comment": reply_facts(cards, page, base_url, opening_id=topic.opening_id),
    }  # fmt: skip
    if here.opening.edited_at:
        posting["dateModified"] = written_at(here.opening.edited_at)
    site, groups = here.above
    trail = [
        Link(site, "/"), Link(groups, GROUPS), Link(group.name, group_url(group.slug)),
        Link(topic.title, topic_url(group.slug, topic.id, topic.slug)),
    ]  # fmt: skip
    things: list[Facts] = [{key: value for key, value in posting.items() if value not in ([], "")}]
    if here.number > 1:
        part_of = {"@type": "WebPage", "url": whole, "name": topic.title}
        things.append(
            {"@type": "WebPage", "url": page, "isPartOf": part_of,
             "mainEntity": {"@id": posting["@id"]}}
        )  # fmt: skip
    return document(*things, crumb_facts(base_url, trail))


def reply_facts(
    cards: Sequence[ReplyCard], page_url: str, base_url: str, *, opening_id: int | None
) -> list[dict[str, Any]]:
    """Replies on a page, each inside the one on the same page that it answers.

    What is removed or waits is passed over; what answers it moves up to where that stood.
    """
    roots: list[dict[str, Any]] = []
    # The comment that an answer to each goes into, by its number; None for the page itself.
    above: dict[int | None, dict[str, Any] | None] = {}
    for card in cards:
        parent = above.get(card.answered_id)
        if card.id == opening_id or card.is_gone or card.waits:
            above[card.id] = parent
            continue
        comment: dict[str, Any] = {
            "@type": "Comment",
            "url": f"{page_url}#reply-{card.id}",
            **said_by(card.author, _whole(base_url, card.author_url), card.at, card.body_html),
        }
        above[card.id] = comment
        (roots if parent is None else parent.setdefault("comment", [])).append(comment)
    return roots


def _said(base_url: str, opening: Opening) -> Facts:
    url = f"{base_url}/people/{opening.author_slug}/" if opening.author_slug else ""
    return said_by(opening.author_name, url, opening.created_at, opening.body_html)


def _whole(base_url: str, path: str) -> str:
    return base_url + path if path else ""
