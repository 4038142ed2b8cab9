"""Where asks and offers stand. Each is a topic: its own page is the topic's, and what is done to it is below that."""

from app.groups.models import TopicKind
from app.web.groups.addresses import group_url

ASKS = "/asks/"
BOARDS = {TopicKind.ASK: "asks/", TopicKind.OFFER: "offers/"}


def board_url(group_slug: str, kind: TopicKind, rest: str = "") -> str:
    """The board of a group, or a page below it."""
    return group_url(group_slug, BOARDS[kind] + rest)


def introducing_url(topic_id: int) -> str:
    """Where somebody who can help is introduced to whoever asked."""
    return f"/intros/two?ask={topic_id}"


def acts_url(group_slug: str, topic_id: int) -> str:
    """What the addresses of all that is done to one begin with."""
    return group_url(group_slug, f"d/{topic_id}/")
