"""Who may say that they know somebody. Pure."""

from app.accounts.actor import Actor
from app.core.answers import YES, Answer, no, not_signed_in
from app.core.i18n import marked


def may_know_people(actor: Actor) -> Answer:
    """See one's own connections, and nobody else's."""
    return (
        YES if actor.is_signed_in else not_signed_in(marked("Sign in to see whom you know here."))
    )


def may_propose(actor: Actor, other_id: int) -> Answer:
    """Say “we know each other”."""
    if not actor.is_signed_in:
        return may_know_people(actor)
    return YES if actor.user_id != other_id else no(marked("Everybody knows themselves."))
