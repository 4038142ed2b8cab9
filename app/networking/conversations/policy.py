"""Who may write in a conversation. Who may read it is a condition in `queries.py`. Pure."""

from app.accounts.actor import Actor
from app.core.answers import YES, Answer, no, not_signed_in
from app.core.i18n import marked
from app.networking.conversations.models import Conversation


def may_have_conversations(actor: Actor) -> Answer:
    """Members write to each other, about something they do together."""
    return (
        YES
        if actor.is_signed_in
        else not_signed_in(marked("Sign in to read what was written to you."))
    )


def may_write(actor: Actor, conversation: Conversation, *, is_party: bool) -> Answer:
    """Say something: parties alone, as long as it is open."""
    if not is_party:
        return no(marked("Only those who take part can write here."))
    return YES if conversation.is_open else no(marked("This conversation is closed."))
