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
class CommentArrived(Event):
    """A comment or linkback waits for a person to read it."""

    comment_id: int


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
class CommentEdited(Event):
    """A comment says something else from now on."""

    comment_id: int
