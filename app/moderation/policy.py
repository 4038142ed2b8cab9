"""Who may judge. Pure, so that it reads as a table."""

from app.accounts.actor import Actor
from app.core.errors import Forbidden
from app.core.i18n import _


def require_moderator(actor: Actor) -> None:
    """Refuse whoever may not decide about all comments and people. Raises Forbidden."""
    if not actor.moderates:
        raise Forbidden(_("Only moderators decide about comments."))
