"""What lies in the index, in words: one entry a post, comment or resource; of a person one for each kind of reader."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from app.core.text import plain_text
from app.discussions.models import CommentStatus
from app.search.words import words

# One number tells them apart. The highest keys are the resources, then the posts, then the newest comments.
POSTS_FROM, RESOURCES_FROM = 1 << 40, 1 << 60
Keys: TypeAlias = range
OF_COMMENTS: Keys = range(POSTS_FROM)
OF_POSTS: Keys = range(POSTS_FROM, RESOURCES_FROM)
OF_RESOURCES: Keys = range(RESOURCES_FROM, 1 << 61)
# All that has one entry, whoever reads it. People lie apart: by what everybody may read of them, and,
# in pairs, by what every member may, and by what those do who share a group with them.
OF_THINGS: Keys = range(1 << 61)
OF_PEOPLE_TO_VISITORS: Keys = range(1 << 61, 3 << 60)
OF_PEOPLE_TO_MEMBERS: Keys = range(3 << 60, 1 << 62)

# Letters of private use, which are in nobody's words. What is not approved bears the first, so that
# the public's search leaves it out; in the moderators' queue it is found by that of its status.
NOT_APPROVED = "\ue000"
STATUS_MARKS: dict[CommentStatus, str] = {
    CommentStatus.PENDING: "\ue001",
    CommentStatus.SPAM: "\ue002",
    CommentStatus.REMOVED: "\ue003",
}
_HREF = re.compile(r'href="([^"]*)"')

# A tsvector of PostgreSQL holds 1 MB with up to 4 bytes a word for itself. About 80,000 words.
_BODY_BYTES = 500_000
_ADDRESSES = 5_000


@dataclass(frozen=True, slots=True)
class Entry:
    """Something as the index keeps it: folded words, separated by blanks."""

    key: int
    title: str
    names: str
    body: str

    @property
    def is_held(self) -> bool:
        """Whether it is not approved, and for moderators alone."""
        return self.title.startswith(NOT_APPROVED)


def post_key(post_id: int) -> int:
    """The key of a post's entry; a comment's key is its id."""
    return POSTS_FROM + post_id


def post_entry(post_id: int, title: str, names: list[str], body_html: str) -> Entry:
    """The entry of a post or page; `names` are those of its authors."""
    return Entry(post_key(post_id), _folded(title), _folded(", ".join(names)), _body(body_html))


def resource_entry(resource_id: int, title: str, tags: list[str], body_html: str) -> Entry:
    """The entry of something to take away. Nobody's name is in it: whoever brought it may leave."""
    body = " ".join((_folded(" ".join(tags)), _body(body_html))).strip()
    return Entry(RESOURCES_FROM + resource_id, _folded(title), "", body)


def person_keys(user_id: int) -> tuple[int, int, int]:
    """The keys of somebody's entries: for everybody, for members, for those who share a group."""
    of_members = OF_PEOPLE_TO_MEMBERS.start + 2 * user_id
    return OF_PEOPLE_TO_VISITORS.start + user_id, of_members, of_members + 1


def person_entry(key: int, name: str, shown: list[str]) -> Entry:
    """One entry of a person: the name, and what one kind of reader is shown, as text or HTML."""
    folded = _folded(name)
    return Entry(key, folded, folded, " ".join(filter(None, map(_body, shown))))


def comment_entry(comment_id: int, name: str, body_html: str, title: str = "") -> Entry:
    """The entry of a comment or linkback; `title` is that of the topic it opens."""
    return Entry(comment_id, _folded(title), _folded(name), _body(body_html))


def held_entry(
    comment_id: int, status: CommentStatus, name: str, url: str, body_html: str
) -> Entry:
    """The entry of a comment that is not approved: its links count as words, too."""
    addresses = _folded(" ".join((url, *_HREF.findall(body_html))))[:_ADDRESSES]
    body = " ".join(part for part in (_body(body_html), addresses) if part)
    marks = f"{NOT_APPROVED} {STATUS_MARKS[status]}"
    return Entry(comment_id, marks, _folded(name), body)


def _body(html: str) -> str:
    folded = _folded(plain_text(html))
    if len(folded) * 4 <= _BODY_BYTES:
        return folded
    return folded.encode()[:_BODY_BYTES].decode(errors="ignore").strip()


def _folded(text: str) -> str:
    return " ".join(words(text))
