"""What happened to thank-you notes."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ThanksSent(Event):
    """Somebody, `user_id`, was thanked."""

    thanks_id: int
    user_id: int
