"""Who may promise, and why something cannot be done. Who may see a promise is a condition in `queries.py`. Pure."""

from app.accounts.actor import Actor
from app.core.answers import YES, Answer, no, not_signed_in
from app.core.i18n import marked
from app.networking.promises.moves import MOST_MOVES, Act, State, Tally


def may_promise(actor: Actor) -> Answer:
    """Members promise each other things, and see what they promised."""
    return YES if actor.is_signed_in else not_signed_in(marked("Sign in to see your promises."))


def may_move_again(state: State, act: Act, tally: Tally) -> Answer:
    """Twice, and no third time."""
    if act == Act.MOVE and state == State.OPEN and tally.moves >= MOST_MOVES:
        return no(marked("The date was moved twice already, and cannot be moved a third time."))
    return YES
