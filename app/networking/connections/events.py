"""What happened between two members who may know each other."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ConnectionProposed(Event):
    """Somebody's yes is wanted; `user_id` is who has to be asked."""

    connection_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class ConnectionConfirmed(Event):
    """Both have said that they know each other; `user_id` is who said so first."""

    connection_id: int
    user_id: int
