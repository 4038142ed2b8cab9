"""Who may ask for an introduction, and offer one. Who may see one is a condition in `queries.py`. Pure."""

from app.accounts.actor import Actor
from app.core.answers import YES, Answer, not_signed_in
from app.core.i18n import marked


def may_be_introduced(actor: Actor) -> Answer:
    """Members ask for introductions, and make them."""
    return (
        YES if actor.is_signed_in else not_signed_in(marked("Sign in to see your introductions."))
    )
