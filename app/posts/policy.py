"""Who may do what to posts. Pure, so that it reads as a table."""

from app.accounts.actor import Actor
from app.core.errors import Forbidden


def require_author(actor: Actor) -> None:
    """Refuse whoever may not write posts. Raises Forbidden."""
    if not actor.writes_every_post:
        raise Forbidden("Only authors write posts.")
