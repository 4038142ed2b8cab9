"""What happened in threads."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CommentPublished(Event):
    """A comment or linkback may be read by everybody from now on."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class CommentWithdrawn(Event):
    """A comment or linkback that could be read is no longer shown."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class CommentDecided(Event):
    """A person decided about a comment or linkback, or took a decision back; the log has it."""

    comment_id: int
    decision_id: int


@dataclass(frozen=True, kw_only=True)
class CommentEdited(Event):
    """A comment says something else from now on, in the words of a moderator."""

    comment_id: int


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
