"""What WordPress's words mean here: states, kinds, sections. Pure, so that they read as tables."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from app.core.i18n import _
from app.discussions.models import CommentKind, CommentStatus, Section
from app.porting.wordpress.importing.own_words import fact, is_ours
from app.porting.wordpress.reading.values import Item, WxrComment
from app.posts.models import PostKind, PostStatus, Taxonomy

POST_KINDS = {"post": PostKind.POST, "page": PostKind.PAGE}
TAXONOMIES = {"category": Taxonomy.CATEGORY, "post_tag": Taxonomy.TAG}
# Drafts nobody began, and older versions of a text.
NEVER_SHOWN = frozenset(("auto-draft", "inherit"))

_COMMENT_STATUSES = {
    "1": CommentStatus.APPROVED,
    "approved": CommentStatus.APPROVED,
    "approve": CommentStatus.APPROVED,
    "0": CommentStatus.PENDING,
    "": CommentStatus.PENDING,
    "hold": CommentStatus.PENDING,
    "spam": CommentStatus.SPAM,
    "trash": CommentStatus.REMOVED,
    "post-trashed": CommentStatus.REMOVED,
}
_COMMENT_KINDS = {
    "": CommentKind.COMMENT,
    "comment": CommentKind.COMMENT,
    "review": CommentKind.COMMENT,
    "trackback": CommentKind.TRACKBACK,
    "pingback": CommentKind.PINGBACK,
    # Plug-ins keep the kinds of webmentions apart.
    **dict.fromkeys(
        ("webmention", "mention", "reply", "like", "repost", "bookmark", "favorite"),
        CommentKind.WEBMENTION,
    ),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """In which state a post comes in, and its dates; `remark` says why not as it was."""

    status: PostStatus
    at: datetime | None = None
    local: datetime | None = None
    was_public: bool = False
    remark: str = ""


def standing_of(item: Item, now: datetime, zone: tzinfo) -> Standing:
    """The state of a post or page; `zone` is the site's, for dates that are given without one."""
    at, local = dates_of(item, zone)
    was_public = fact(item, "was_public") == "1"
    if item.status in ("draft", "pending"):
        # A draft of WordPress's has no date but that of its making.
        dates = (at, local) if is_ours(item) else (None, None)
        return Standing(PostStatus.DRAFT, *dates, was_public=was_public)
    if item.status == "trash":
        was_public |= item.meta_values("_wp_trash_meta_status")[:1] == ("publish",)
        return Standing(PostStatus.TRASHED, at, local, was_public=was_public and at is not None)
    if item.status not in ("publish", "future", "private"):
        return Standing(PostStatus.DRAFT, remark=_("its state “%s” is unknown") % item.status)
    if item.status == "private":
        return Standing(PostStatus.PRIVATE, at, local, was_public=was_public)
    if at is None:
        return Standing(PostStatus.DRAFT, remark=_("it has no date, so it is a draft"))
    if item.password:
        return Standing(
            PostStatus.PRIVATE, at, local, remark=_("it had a password, so it is private")
        )
    if at > now:
        return Standing(PostStatus.SCHEDULED, at, local, was_public=was_public)
    return Standing(PostStatus.PUBLISHED, at, local, was_public=True)


def dates_of(item: Item, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """An item's moment and the site's wall clock then; each is told from the other if it is missing."""
    at = item.at or (item.local and item.local.replace(tzinfo=zone).astimezone(UTC))
    local = item.local or (item.at and item.at.astimezone(zone).replace(tzinfo=None))
    return at, local


def comment_status(comment: WxrComment) -> CommentStatus | None:
    """The state of a comment; None for a word WordPress does not use."""
    return _COMMENT_STATUSES.get(comment.approved.lower())


def comment_kind(comment: WxrComment) -> CommentKind | None:
    """The kind of a comment; None for what some plug-in kept among comments, such as order notes."""
    return _COMMENT_KINDS.get(comment.type.lower())


def section_of(kind: CommentKind) -> Section:
    """In which of the two lists under a post it stands."""
    return Section.COMMENTS if kind == CommentKind.COMMENT else Section.LINKBACKS
