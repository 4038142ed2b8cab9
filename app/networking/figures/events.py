"""What happened to figures."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class FiguresChanged(Event):
    """A member's page says otherwise than before."""

    user_id: int
