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
