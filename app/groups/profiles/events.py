"""What happened to profiles."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(Event):
    """Somebody shows something else of themselves, or to others."""

    user_id: int
