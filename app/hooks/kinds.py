"""What hooks can hear of, in one list, and which of our events it is noted from."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.accounts.events import MemberErased, MemberRenamed, MemberSignedUp
from app.core.events import Event
from app.core.i18n import marked
from app.discussions.events import (
    CommentArrived,
    CommentEdited,
    CommentPublished,
    CommentWithdrawn,
    SaidInTopic,
    TopicKept,
)
from app.networking.asks.events import AskChanged, AskEnded
from app.networking.promises.events import PromiseChanged
from app.networking.promises.moves import State
from app.posts.events import PostHidden, PostPublished, PostWritten
from app.resources.events import ResourcePublished, ResourceRetired, ResourceWritten

# Sent by a button, to whichever hook.
TEST = "test"

# By the names that stand in hooks and payloads, which never change.
EVENTS: Mapping[str, str] = {
    "post.published": marked("A post or page is published"),
    "post.updated": marked("A public post or page is changed"),
    "post.removed": marked("A post or page is no longer public"),
    "comment.published": marked("A comment, a link or a reply in a public group is published"),
    "comment.updated": marked("A published comment is changed"),
    "comment.removed": marked("A published comment is no longer shown"),
    "comment.waiting": marked("A comment waits for a moderator"),
    "item.published": marked("A discussion, ask, offer or other item begins in a public group"),
    "item.updated": marked("One of these is pinned, closed, solved, moved, or stands otherwise"),
    "item.ended": marked("Whoever asked in a public group says how it went"),
    "resource.published": marked("A resource can be had from now on"),
    "resource.updated": marked("A public resource is changed, or has a new version"),
    "resource.removed": marked("A resource can be had no more"),
    "member.joined": marked("Somebody becomes a member"),
    "member.updated": marked("A member has another name"),
    "member.erased": marked("A member goes, with everything that is theirs"),
    "promise.kept": marked("A promise was kept: that it was, and nothing else"),
}


# Not told but asked: see `asking.py`.
CHECK = "comment.check"

# All that owners can tick.
CHOICES: Mapping[str, str] = {
    **EVENTS,
    CHECK: marked("It is asked about each comment before that is shown: approve, hold, or spam"),
}


@dataclass(frozen=True)
class Noted:
    """What is noted of one of our events: under which name, about which of its facts, for which hooks."""

    name: str
    subject: str
    # What it may turn out to be, once somebody looks; else its name.
    may_be: tuple[str, ...] = ()

    @property
    def events(self) -> tuple[str, ...]:
        """What hooks call it."""
        return self.may_be or (self.name,)


NOTED: Mapping[type[Event], Noted] = {
    PostPublished: Noted("post.published", "post_id"),
    PostWritten: Noted("post.updated", "post_id"),
    PostHidden: Noted("post.removed", "post_id"),
    CommentPublished: Noted("comment.published", "comment_id"),
    SaidInTopic: Noted("said", "comment_id", may_be=("item.published", "comment.published")),
    CommentEdited: Noted("comment.updated", "comment_id"),
    CommentWithdrawn: Noted("comment.removed", "comment_id"),
    CommentArrived: Noted("comment.waiting", "comment_id"),
    TopicKept: Noted("item.updated", "topic_id"),
    AskChanged: Noted("item.updated", "topic_id"),
    AskEnded: Noted("item.ended", "topic_id"),
    ResourcePublished: Noted("resource.published", "resource_id"),
    ResourceWritten: Noted("resource.updated", "resource_id"),
    ResourceRetired: Noted("resource.removed", "resource_id"),
    MemberSignedUp: Noted("member.joined", "user_id"),
    MemberRenamed: Noted("member.updated", "user_id"),
    MemberErased: Noted("member.erased", "user_id"),
    PromiseChanged: Noted("promise.kept", "promise_id"),
}


def noted(event: Event) -> Noted | None:
    """What hooks may hear of an event; None for what is no news to them."""
    if isinstance(event, PromiseChanged) and event.state != State.KEPT:
        return None
    return NOTED.get(type(event))
