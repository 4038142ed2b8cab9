"""What happened to people's accounts."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PasswordResetAsked(Event):
    """Somebody with an account wants to choose a new password, and waits for a letter."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class MembersParted(Event):
    """Somebody does not want to see another any more, nor to be seen by them."""

    user_id: int
    blocked_id: int
