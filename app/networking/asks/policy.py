"""Who may do what with an ask or an offer. Pure, so that it reads as a table."""

from datetime import datetime

from app.accounts.actor import Actor
from app.core.answers import YES, Answer, no, not_signed_in
from app.core.i18n import _
from app.groups.models import Topic
from app.groups.policy import may_speak
from app.groups.queries import Standing
from app.networking.asks.models import Ask, Offer
from app.networking.asks.moves import ASKS_LISTED, OFFERS_LISTED


def is_live(matter: Ask | Offer, at: datetime) -> bool:
    """Whether it is on its board, and can be answered."""
    if isinstance(matter, Ask):
        return matter.state_at(at) in ASKS_LISTED
    return matter.state_at(at) in OFFERS_LISTED


def may_answer(
    actor: Actor, here: Standing, topic: Topic, matter: Ask | Offer, at: datetime
) -> Answer:
    """Help with an ask, know somebody who can, or want what is offered."""
    speaks = may_speak(actor, here, at)
    if not speaks:
        return speaks
    if topic.user_id == actor.user_id:
        return no(_("That is your own."))
    if topic.user_id is None or not topic.is_shown or topic.is_locked or not is_live(matter, at):
        return no(_("This is not open any more."))
    return YES


def may_pass_on(
    actor: Actor, here: Standing, topic: Topic, matter: Ask | Offer, at: datetime
) -> Answer:
    """Tell another member of it: its owner may, too."""
    speaks = may_speak(actor, here, at)
    if not speaks:
        return speaks
    if not topic.is_shown or not is_live(matter, at):
        return no(_("This is not open any more."))
    return YES


def may_decide(actor: Actor, topic: Topic) -> Answer:
    """Accept answers, extend, withdraw, and say how it went: whoever asked or offered, and nobody else."""
    if not actor.is_signed_in:
        return not_signed_in(_("Sign in to decide about this."))
    is_own = topic.user_id == actor.user_id
    return YES if is_own else no(_("Only whoever began this decides about it."))


def may_take_back(actor: Actor, user_id: int) -> Answer:
    """Take an answer back: whoever gave it, muted meanwhile or not."""
    return YES if actor.user_id == user_id else no(_("That is somebody else's answer."))
