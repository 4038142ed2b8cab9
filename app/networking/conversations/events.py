"""What happened in conversations."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class MessageWritten(Event):
    """One party wrote to the others; whoever blocked them is not among those who are told."""

    message_id: int
    conversation_id: int
    author_id: int
    owner_kind: str
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class ConversationClosed(Event):
    """Nobody writes there any more; it can be read for a year."""

    conversation_id: int
