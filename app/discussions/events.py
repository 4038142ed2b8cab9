"""What happened in threads."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CommentPublished(Event):
    """A comment or linkback may be read by everybody from now on."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class ReplyPublished(CommentPublished):
    """The same of what is said in a topic: its followers are told by `SaidInTopic`, no mail of a post's is sent."""


@dataclass(frozen=True, kw_only=True)
class CommentWithdrawn(Event):
    """A comment or linkback that could be read is no longer shown."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class CommentArrived(Event):
    """A comment or linkback waits for a person to read it."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class CommentFiled(Event):
    """A comment was taken for spam as it came in: nobody is told, but moderators find it."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class LinkArrived(Event):
    """Another site says that it links here; nobody has looked yet whether it does."""

    comment_id: int
    # Somebody is looking just now: the worker need only see in so many seconds whether it was done.
    looked_at_within: int = 0


@dataclass(frozen=True, kw_only=True)
class CheckWanted(Event):
    """A comment waits for what another server thinks of it; nobody is told of it before that."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class AuthorshipAsked(Event):
    """A comment bears the address of somebody with an account who is not signed in: they are asked by mail."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class FollowAsked(Event):
    """Whoever wrote a comment would like to be told of answers to it."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class LatestPostWanted(Event):
    """Whoever wrote a comment would like what they wrote last on their own site to be linked with it."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class LatestPostFound(Event):
    """What a comment's author wrote last on their own site is known."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class CommentEdited(Event):
    """A comment says something else from now on."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class CommentDecided(Event):
    """A person decided about a comment or linkback, or took a decision back; the log has it."""

    comment_id: int
    decision_id: int


@dataclass(frozen=True, kw_only=True)
class AppealMade(Event):
    """Somebody wants the removal of what they wrote to be looked at once more."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class BatchFinished(Event):
    """One thing has been done with many comments."""

    batch_id: int


@dataclass(frozen=True, kw_only=True)
class AuthorWarned(Event):
    """A moderator has something to say to whoever wrote a comment; the log has it."""

    comment_id: int
    decision_id: int


@dataclass(frozen=True, kw_only=True)
class AuthorForgotten(Event):
    """A comment no longer says whose it is, or is gone."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class CommenterErased(Event):
    """Nothing is known any more of whoever used an address."""

    email: str


@dataclass(frozen=True, kw_only=True)
class ThreadLocked(Event):
    """A discussion was closed, or opened again."""

    thread_id: int


@dataclass(frozen=True, kw_only=True)
class BatchStarted(Event):
    """Somebody wants one thing done with many comments."""

    batch_id: int


@dataclass(frozen=True, kw_only=True)
class BatchUndoAsked(Event):
    """Somebody wants all of it taken back."""

    batch_id: int


@dataclass(frozen=True, kw_only=True)
class TopicBegun(Event):
    """A member began something in a group; whether others see it yet is its opening text's affair."""

    topic_id: int
    comment_id: int


@dataclass(frozen=True, kw_only=True)
class TopicKept(Event):
    """A topic was pinned, closed, solved, moved, merged or split, or that was taken back."""

    topic_id: int


@dataclass(frozen=True, kw_only=True)
class SaidInTopic(Event):
    """Something that was said in a group can be read from now on by those who read there."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class CommentReported(Event):
    """A reader says that something should not be there."""

    comment_id: int
    report_id: int
