"""What happened in inboxes."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class InboxesChanged(Event):
    """Somebody has more, or less, to read than before."""
