"""What WXR has no word for, so that an import here restores it; WordPress passes it over.

The site's settings and redirects, and each author's box, are JSON in elements of our own namespace
in the head of the file. What belongs to a post or a comment is kept as its meta data, under keys
that begin with an underscore, which WordPress hides from its users. Pure.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.accounts.models import User
from app.core.markup import BodyFormat
from app.discussions.models import Comment
from app.posts.models import Post, PostStatus, Redirect
from app.site.models import SiteRow

PREFIX = "_rapport_"
SITE = "rapport:site"
BOX = "rapport:box"
REDIRECT = "rapport:redirect"

# Settings that are the site's own wherever it stands; title and tagline WXR has words for.
SITE_FIELDS = (
    "timezone", "permalinks", "posts_per_page", "feed_items", "feed_full_text", "front_page_id",
    "guid_host",
)  # fmt: skip
BOX_FIELDS = ("slug", "bio_source", "website", "photo_path", "links")

Pairs = Iterator[tuple[str, str]]


def site_facts(site: SiteRow, base_url: str) -> str:
    """The settings, and where the site stood before it stood at `base_url`."""
    facts: dict[str, Any] = {name: getattr(site, name) for name in SITE_FIELDS}
    facts["former_urls"] = [url for url in site.former_urls if url != base_url]
    return _json(facts)


def box_facts(user: User) -> str:
    """What stands in an author's "About the author" box."""
    facts: dict[str, Any] = {name: getattr(user, name) for name in BOX_FIELDS}
    facts["bio_html"] = str.__str__(user.bio_html)
    facts["created_at"] = _moment(user.created_at)
    return _json(facts)


def redirect_facts(redirect: Redirect) -> str:
    """An old address, and what it leads to: a post by its number, a path, or nothing (gone)."""
    return _json(
        {
            "path": redirect.path,
            "post": redirect.post_id,
            "target": redirect.target,
            "source": redirect.source,
        }
    )


def post_meta(post: Post, authors: list[str]) -> Pairs:
    """What a post has besides; `authors` are logins, in order."""
    if len(authors) > 1:
        for login in authors:
            yield f"{PREFIX}author", login
    if post.body_format == BodyFormat.MARKDOWN and post.body_source:
        yield f"{PREFIX}markdown", post.body_source
    if post.status != PostStatus.PUBLISHED:
        yield f"{PREFIX}path", post.path or ""
        yield f"{PREFIX}was_public", str(int(post.was_public))
    if post.legacy_id is not None and post.legacy_id != post.id:
        yield f"{PREFIX}former_id", str(post.legacy_id)
    if post.created_at is not None and post.created_at != post.published_at:
        yield f"{PREFIX}created_at", _moment(post.created_at) or ""
    if post.comments_close_at is not None:
        yield f"{PREFIX}comments_close_at", _moment(post.comments_close_at) or ""


def comment_meta(comment: Comment, post_guid: str) -> Pairs:
    """What a comment has besides."""
    if comment.guid != f"{post_guid}#comment-{comment.id}":
        yield f"{PREFIX}guid", comment.guid
    if comment.body_format == BodyFormat.MARKDOWN:
        yield f"{PREFIX}markdown", comment.body_source
    # Otherwise an approved comment was approved when it was written, and any other never.
    usual = comment.created_at if comment.is_approved else None
    if comment.approved_at is not None and comment.approved_at != usual:
        yield f"{PREFIX}approved_at", _moment(comment.approved_at) or ""
    if comment.edited_at is not None:
        yield f"{PREFIX}edited_at", _moment(comment.edited_at) or ""
    if comment.is_edited_by_moderator:
        yield f"{PREFIX}edited_by_moderator", "1"
    if comment.legacy_id is not None and comment.legacy_id != comment.id:
        yield f"{PREFIX}former_id", str(comment.legacy_id)
    if comment.author_agent:
        yield f"{PREFIX}agent", comment.author_agent


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _json(facts: Any) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)
