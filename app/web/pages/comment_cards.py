"""Comments and linkbacks as a post's page shows them. Pure: rows in reading order in, cards out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from app.core.i18n import _
from app.core.markup import SafeHtml, web_address
from app.core.text import plain_text, shorten
from app.discussions.models import Relation
from app.discussions.queries import ShownComment
from app.discussions.threading import MAX_DEPTH

EXCERPT_WORDS = 45
# What is made of so many comments is kept: a change of one need not make a hundred others anew.
# It is found by all that shows, so it can't be old. Each takes about 3 kB.
COMMENTS_KEPT = 1_000
NO_OWN: Mapping[int, str] = {}


class CommentCard(NamedTuple):
    """One comment, and how the nested list around it goes on. A tuple, since a page has hundreds."""

    id: int
    # The number it had elsewhere, where old links still use it.
    old_anchor: int | None
    is_gone: bool
    author_name: str
    author_url: str
    is_by_author: bool
    created_at: datetime
    # Empty, or that it was edited, and whether by somebody else than its author.
    edited: str
    body_html: SafeHtml
    # Whom it answers, said where the nesting alone does not show it, and where that one stands.
    answered_name: str
    answered_id: int | None
    # Only a phone's narrow nesting hides it.
    is_below_answered: bool
    # It waits for a moderator: only its author sees it.
    waits: bool
    # Its own page, for its author as long as they may change it; empty for all others.
    own_url: str
    # What its author wrote last elsewhere; empty for nothing.
    latest_url: str
    latest_title: str
    latest_rel: str
    # Whoever looks at it may take it up in a group.
    may_discuss: bool
    # It begins a list of answers; answers to it follow; so many lists end after it.
    opens: bool
    is_answered: bool
    closes: int


@dataclass(frozen=True, slots=True)
class LinkbackRow:
    """Somebody elsewhere wrote about the post."""

    id: int
    old_anchor: int | None
    title: str
    url: str
    host: str
    created_at: datetime
    excerpt: str
    # What it does with the post, in a word; empty for one that only mentions it.
    does: str = ""


def comment_cards(
    comments: Sequence[ShownComment],
    author_ids: Collection[int],
    *,
    may_discuss: bool = False,
    own_urls: Mapping[int, str] = NO_OWN,
) -> list[CommentCard]:
    """Cards for one page of a thread; `author_ids` are the users who wrote the post.

    `own_urls` says where the pages of those comments stand that their reader may change.
    """
    levels = _levels(comment.depth for comment in comments)
    here = {comment.id: level for comment, level in zip(comments, levels, strict=True)}
    around = zip([0, *levels], levels, [*levels[1:], 1], strict=False)
    return [
        _card(comment, its, here, author_ids, may_discuss, own_urls.get(comment.id, ""))
        for comment, its in zip(comments, around, strict=False)
    ]


def _levels(depths: Iterable[int]) -> list[int]:
    """How deep each is nested on this page, which may begin in the middle of a conversation."""
    open_depths: list[int] = []
    levels = []
    for depth in depths:
        while open_depths and open_depths[-1] >= depth:
            open_depths.pop()
        open_depths.append(depth)
        levels.append(len(open_depths))
    return levels


def _card(
    comment: ShownComment,
    around: tuple[int, int, int],
    here: dict[int, int],
    author_ids: Collection[int],
    may_discuss: bool,
    own_url: str,
) -> CommentCard:
    before, level, following = around
    parent_level = here.get(comment.parent_id or 0)
    is_below = parent_level == level - 1
    says_whom = level == MAX_DEPTH or not is_below
    latest_url = web_address(comment.latest_url or "") if comment.is_approved else ""
    return CommentCard(
        comment.id,
        comment.legacy_id,
        not comment.is_approved and not comment.waits,
        comment.author_name or _("Anonymous"),
        web_address(comment.author_url),
        comment.user_id is not None and comment.user_id in author_ids,
        comment.created_at,
        edited_words(comment.edited_at, is_by_moderator=comment.is_edited_by_moderator),
        comment.body_html,
        answered_name=comment.parent_name or "" if says_whom else "",
        answered_id=comment.parent_id if parent_level else None,
        is_below_answered=is_below,
        waits=comment.waits,
        own_url=own_url,
        latest_url=latest_url,
        latest_title=comment.latest_title or "",
        latest_rel="ugc" if comment.latest_is_trusted else "ugc nofollow",
        may_discuss=may_discuss and comment.is_approved,
        opens=level > before > 0,
        is_answered=following > level,
        closes=max(level - following, 0),
    )


def edited_words(at: datetime | None, *, is_by_moderator: bool) -> str:
    """What is said of a comment whose text was changed; nothing of one that is as it was written."""
    if is_by_moderator:
        return _("edited by a moderator")
    return _("edited") if at is not None else ""


def linkback_rows(linkbacks: Iterable[ShownComment]) -> list[LinkbackRow]:
    """Rows for the links from elsewhere; what was removed leaves no line."""
    return [_row(linkback) for linkback in linkbacks if linkback.is_approved]


def _row(linkback: ShownComment) -> LinkbackRow:
    host = _host(linkback.author_url)
    return LinkbackRow(
        id=linkback.id,
        old_anchor=linkback.legacy_id,
        title=linkback.author_name or host or _("Untitled"),
        url=web_address(linkback.author_url),
        host=host,
        created_at=linkback.created_at,
        excerpt=shorten(plain_text(linkback.body_html), words=EXCERPT_WORDS),
        does=_does(linkback.relation),
    )


def _does(relation: Relation) -> str:
    words = {
        Relation.REPLY: _("replied"),
        Relation.LIKE: _("liked this"),
        Relation.REPOST: _("passed it on"),
        Relation.BOOKMARK: _("kept it as a bookmark"),
        Relation.RSVP: _("answered the invitation"),
    }
    return words.get(relation, "")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        # Such as an IPv6 address without its last bracket.
        return ""
