"""What the pages for writing say. Pure, but for the language being spoken."""

import re
from collections.abc import Mapping

from fastapi import Request

from app.core.i18n import _, marked
from app.posts.models import PostKind, PostStatus, Taxonomy

_WORD = re.compile(r"\w+(?:['’.-]\w+)*")

_STATES: Mapping[str, str] = {
    PostStatus.DRAFT: marked("Draft"),
    PostStatus.SCHEDULED: marked("Scheduled"),
    PostStatus.PUBLISHED: marked("Published"),
    PostStatus.PRIVATE: marked("Private"),
    PostStatus.TRASHED: marked("In the trash"),
}
_LISTS: Mapping[str, str] = {
    PostStatus.DRAFT: marked("Drafts"),
    PostStatus.SCHEDULED: marked("Scheduled"),
    PostStatus.PUBLISHED: marked("Published"),
    PostStatus.PRIVATE: marked("Private"),
    PostStatus.TRASHED: marked("Trash"),
}
_NOTHING: Mapping[str, str] = {
    PostStatus.DRAFT: marked("Nothing is half written. What you begin stands here until it is published."),
    PostStatus.SCHEDULED: marked("Nothing waits for its day. What has a day to come stands here."),
    PostStatus.PUBLISHED: marked("Nothing is published yet."),
    PostStatus.PRIVATE: marked("Nothing is private. What only its authors and the editors read stands here."),
    PostStatus.TRASHED: marked("The trash is empty."),
}  # fmt: skip
_MOMENTS: Mapping[str, str] = {
    PostStatus.SCHEDULED: marked("Comes out"),
    PostStatus.PUBLISHED: marked("Published"),
}
_KINDS: Mapping[str, str] = {PostKind.POST: marked("Posts"), PostKind.PAGE: marked("Pages")}
_TAXONOMIES: Mapping[str, str] = {
    Taxonomy.CATEGORY: marked("Categories"), Taxonomy.TAG: marked("Tags"),
}  # fmt: skip
_DONE: Mapping[str, str] = {
    "draft": marked("Saved as a draft."),
    "published": marked("It is published."),
    "scheduled": marked("Saved. It comes out by itself when its time has come."),
    "private": marked("Saved. Only its authors and the editors read it."),
    "saved": marked("Saved."),
    "trashed": marked("It lies in the trash."),
    "restored": marked("It is back, as a draft."),
    "left": marked("Put away. It stands among the revisions, marked as never saved."),
    "term_added": marked("It is there."),
    "merged": marked("They are one now. The old address leads here."),
    "removed": marked("It is gone."),
    "reverted": marked("It says what it said then. What it said before is a revision now."),
}


def said_done(request: Request) -> str:
    """What was just done, as the address of a page says by one word."""
    said = _DONE.get(request.query_params.get("done", ""))
    return _(said) if said else ""


def state_in_words(status: PostStatus | str) -> str:
    """How far a post has come."""
    return _(_STATES[status])


def list_in_words(status: PostStatus) -> str:
    """The name of a state's list."""
    return _(_LISTS[status])


def nothing_in_words(status: PostStatus) -> str:
    """What stands in place of an empty list."""
    return _(_NOTHING[status])


def moment_in_words(status: PostStatus) -> str:
    """What the moment beside a post in a list is of."""
    return _(_MOMENTS.get(status, _SAVED))


def kind_in_words(kind: PostKind) -> str:
    """The name of many of a kind."""
    return _(_KINDS[kind])


def taxonomy_in_words(taxonomy: Taxonomy) -> str:
    """The name of all categories, or of all tags."""
    return _(_TAXONOMIES[taxonomy])


def words_in(text: str) -> int:
    """How many words a text has, roughly as people count them."""
    return len(_WORD.findall(text))


_SAVED = marked("Saved")
