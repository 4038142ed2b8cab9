"""Who may do what to what was said. Pure, so that it reads as a table."""

from datetime import datetime, timedelta
from typing import Protocol

from app.accounts.actor import Actor
from app.core.answers import YES, Answer, no
from app.core.i18n import _
from app.discussions.models import CommentKind, CommentStatus, Thread
from app.groups.models import Topic, TopicKind
from app.groups.policy import may_reply_to
from app.groups.queries import Standing
from app.moderation.policy import require_moderator
from app.posts.models import Post
from app.site.models import SiteRow

__all__ = [
    "EDIT_WINDOW",
    "is_too_old",
    "may_change_own",
    "may_edit_in_topic",
    "may_go",
    "may_link",
    "may_reply",
    "may_withdraw_in_topic",
    "require_moderator",
]

# So long somebody may put right what they wrote, once it is shown.
EDIT_WINDOW = timedelta(minutes=15)


def may_reply(site: SiteRow, post: Post, thread: Thread, at: datetime) -> Answer:
    """Whether something may be said under a post that whoever asks may read."""
    if not post.is_public(at):
        return no(_("This is not published yet, so nobody can answer it."))
    if not site.comments_open:
        return no(_("This site takes no comments just now."))
    is_over = thread.closed_at is not None and thread.closed_at <= at
    if is_over or is_too_old(site, post, at) or not post.accepts_comments(at):
        return no(_("Comments on this post are closed."))
    return YES


def may_link(site: SiteRow, post: Post, kind: CommentKind, at: datetime) -> Answer:
    """Whether links from elsewhere are taken in for a post, by the way this one comes."""
    if not post.is_public(at):
        return no(_("There is nothing here that could be linked to."))
    is_taken = {
        CommentKind.TRACKBACK: site.takes_trackbacks,
        CommentKind.PINGBACK: site.takes_pingbacks,
        CommentKind.WEBMENTION: site.takes_webmentions,
    }[kind]
    if not is_taken or not post.pings_open:
        return no(_("Links to this post are not collected."))
    return YES


def is_too_old(site: SiteRow, post: Post, at: datetime) -> bool:
    """Whether the owner lets nothing be said any more about what is so old."""
    days = timedelta(days=site.comments_close_after)
    return bool(days) and post.published_at is not None and at - post.published_at >= days


class _Said(Protocol):
    """What has to be known of something that was said; read-only."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def user_id(self) -> int | None:
        """Who said it."""

    @property
    def status(self) -> CommentStatus:
        """How it stands with it."""

    @property
    def created_at(self) -> datetime:
        """When it was said."""


def may_edit_in_topic(
    actor: Actor, here: Standing, topic: Topic, said: _Said, at: datetime
) -> Answer:
    """Say otherwise what one said in a group: as long as one may speak there, and its topic is open."""
    if actor.user_id is not None and said.user_id != actor.user_id:
        return no(_("Only who wrote this can change it."))
    allowed = may_reply_to(actor, here, topic, at)
    if not allowed:
        return allowed
    if said.status not in (CommentStatus.PENDING, CommentStatus.APPROVED):
        return no(_("This can't be changed any more."))
    return YES


def may_withdraw_in_topic(actor: Actor, topic: Topic, said: _Said) -> Answer:
    """Take back what one said in a group: whenever one may read it, for it is one's own.

    The opening text only before anybody has answered: with it goes the whole discussion.
    """
    if actor.user_id is None or said.user_id != actor.user_id:
        return no(_("Only who wrote this can withdraw it."))
    if said.status not in (CommentStatus.PENDING, CommentStatus.APPROVED):
        return no(_("This is not shown any more."))
    return may_go(topic, said)


def may_go(topic: Topic, said: _Said) -> Answer:
    """Whether what was said in a topic may be withdrawn from it, for who has said it and may withdraw it."""
    if said.id != topic.opening_id:
        return YES
    if topic.kind != TopicKind.DISCUSSION:
        return no(_("An ask or an offer is ended as such, on its page."))
    if topic.reply_count:
        return no(_("Others have answered it, so it stays. A moderator can remove all of it."))
    return YES


def may_change_own(comment: _Said, at: datetime) -> Answer:
    """Whether its own author may edit or withdraw a comment."""
    if comment.status == CommentStatus.PENDING:
        return YES
    if comment.status != CommentStatus.APPROVED:
        return no(_("This comment can't be changed any more."))
    if at - comment.created_at > EDIT_WINDOW:
        return no(_("A comment can be changed for 15 minutes after it was written."))
    return YES
