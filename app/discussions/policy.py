"""Who may do what to what was said. Pure, so that it reads as a table."""

from app.accounts.actor import Actor
from app.core.errors import Forbidden


def require_moderator(actor: Actor) -> None:
    """Refuse whoever may not decide about comments. Raises Forbidden."""
    if not actor.moderates:
        raise Forbidden("Only moderators decide about comments.")
