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
    """A comment or linkback came in and waits for somebody."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class AuthorshipAsked(Event):
    """A comment bears the address of somebody who is not signed in: they are asked by mail."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class AuthorshipConfirmed(Event):
    """Somebody who gets the mail of a comment's address has said that they wrote it."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class AuthorForgotten(Event):
    """A comment no longer says whose it is, or is gone."""

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class CommenterErased(Event):
    """Nothing is known any more of whoever used an address."""

    email: str
