"""Where groups and what is in them stand."""

from functools import lru_cache
from urllib.parse import quote

GROUPS = "/groups/"
# A page of replies names its group two hundred times.
_quoted = lru_cache(maxsize=256)(quote)


def group_url(slug: str, rest: str = "") -> str:
    """A group, or a page below it."""
    return f"{GROUPS}{_quoted(slug)}/{rest}"


def topic_name(topic_id: int, slug: str) -> str:
    """The last part of a topic's address, as it is read; its words may change, its number never does."""
    return f"{topic_id}-{slug}" if slug else str(topic_id)


def topic_url(group_slug: str, topic_id: int, slug: str, page: int = 1) -> str:
    """A topic, or one of its pages."""
    rest = f"page/{page}/" if page > 1 else ""
    return group_url(group_slug, f"d/{quote(topic_name(topic_id, slug))}/{rest}")


def reply_url(group_slug: str, comment_id: int) -> str:
    """The address of one reply, which leads to the page it stands on, wherever that is by then."""
    return group_url(group_slug, f"r/{comment_id}")


def text_url(group_slug: str, comment_id: int) -> str:
    """Where somebody changes what they said."""
    return group_url(group_slug, f"r/{comment_id}/text/")


def withdrawal_url(group_slug: str, comment_id: int) -> str:
    """Where somebody takes back what they said."""
    return group_url(group_slug, f"r/{comment_id}/withdrawal/")


def history_url(group_slug: str, comment_id: int) -> str:
    """What something said before it was changed."""
    return group_url(group_slug, f"r/{comment_id}/history/")
