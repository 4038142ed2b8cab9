"""How asks, offers and the answers to them move. Pure; the whole story is in three tables."""

from datetime import datetime, timedelta
from enum import StrEnum


class AskState(StrEnum):
    """open → in hand, as a promise is open → met or closed; open → expired; withdrawn."""

    OPEN = "open"
    IN_HAND = "in-hand"
    MET = "met"
    CLOSED = "closed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class OfferState(StrEnum):
    """open ⇄ full → closed or expired."""

    OPEN = "open"
    FULL = "full"
    CLOSED = "closed"
    EXPIRED = "expired"


class HelpState(StrEnum):
    """One member's answer: waiting → promised → kept, or it came to nothing."""

    WAITING = "waiting"
    PROMISED = "promised"
    KEPT = "kept"
    ENDED = "ended"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Part(StrEnum):
    """Who acts: whose ask or offer it is, who answers it, the promise between them, or the clock."""

    OWNER = "owner"
    HELPER = "helper"
    PROMISE = "promise"
    CLOCK = "clock"


class Act(StrEnum):
    """What can be done."""

    ACCEPT = "accept"
    ACCEPT_LAST = "accept the last"
    DECLINE = "decline"
    TAKE_BACK = "take back"
    ANSWER_AGAIN = "answer again"
    KEEP = "keep"
    END = "end"
    # No promise is open any more, and none was kept.
    LOSE_LAST = "lose the last"
    EXTEND = "extend"
    SAY_MET = "say met"
    SAY_NOT_MET = "say not met"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    RUN_OUT = "run out"


_A, _P = Act, Part
_ASK, _OFFER, _HELP = AskState, OfferState, HelpState

# Whatever is not here cannot be done.
ASK_MOVES: dict[tuple[AskState, Act, Part], AskState] = {
    (_ASK.OPEN, _A.ACCEPT, _P.OWNER): _ASK.IN_HAND,
    (_ASK.OPEN, _A.EXTEND, _P.OWNER): _ASK.OPEN,
    (_ASK.OPEN, _A.SAY_MET, _P.OWNER): _ASK.MET,
    (_ASK.OPEN, _A.SAY_NOT_MET, _P.OWNER): _ASK.CLOSED,
    (_ASK.OPEN, _A.WITHDRAW, _P.OWNER): _ASK.WITHDRAWN,
    (_ASK.OPEN, _A.RUN_OUT, _P.CLOCK): _ASK.EXPIRED,
    # More may help than one. Who has a promise says how it went: nothing runs out, nor is withdrawn.
    (_ASK.IN_HAND, _A.ACCEPT, _P.OWNER): _ASK.IN_HAND,
    (_ASK.IN_HAND, _A.LOSE_LAST, _P.PROMISE): _ASK.OPEN,
    (_ASK.IN_HAND, _A.SAY_MET, _P.OWNER): _ASK.MET,
    (_ASK.IN_HAND, _A.SAY_NOT_MET, _P.OWNER): _ASK.CLOSED,
    # “Still needed?”
    (_ASK.EXPIRED, _A.EXTEND, _P.OWNER): _ASK.OPEN,
    (_ASK.EXPIRED, _A.SAY_MET, _P.OWNER): _ASK.MET,
    (_ASK.EXPIRED, _A.SAY_NOT_MET, _P.OWNER): _ASK.CLOSED,
}

OFFER_MOVES: dict[tuple[OfferState, Act, Part], OfferState] = {
    (_OFFER.OPEN, _A.ACCEPT, _P.OWNER): _OFFER.OPEN,
    (_OFFER.OPEN, _A.ACCEPT_LAST, _P.OWNER): _OFFER.FULL,
    (_OFFER.OPEN, _A.END, _P.PROMISE): _OFFER.OPEN,
    (_OFFER.OPEN, _A.CLOSE, _P.OWNER): _OFFER.CLOSED,
    (_OFFER.OPEN, _A.RUN_OUT, _P.CLOCK): _OFFER.EXPIRED,
    # A promise that came to nothing leaves its place to the next.
    (_OFFER.FULL, _A.END, _P.PROMISE): _OFFER.OPEN,
    (_OFFER.FULL, _A.CLOSE, _P.OWNER): _OFFER.CLOSED,
    (_OFFER.FULL, _A.RUN_OUT, _P.CLOCK): _OFFER.EXPIRED,
}

HELP_MOVES: dict[tuple[HelpState, Act, Part], HelpState] = {
    (_HELP.WAITING, _A.ACCEPT, _P.OWNER): _HELP.PROMISED,
    (_HELP.WAITING, _A.DECLINE, _P.OWNER): _HELP.DECLINED,
    (_HELP.WAITING, _A.TAKE_BACK, _P.HELPER): _HELP.WITHDRAWN,
    # Who asked says that it was this one who met it, whatever was agreed before.
    (_HELP.WAITING, _A.SAY_MET, _P.OWNER): _HELP.KEPT,
    (_HELP.PROMISED, _A.SAY_MET, _P.OWNER): _HELP.KEPT,
    (_HELP.PROMISED, _A.KEEP, _P.PROMISE): _HELP.KEPT,
    (_HELP.PROMISED, _A.END, _P.PROMISE): _HELP.ENDED,
    (_HELP.WITHDRAWN, _A.ANSWER_AGAIN, _P.HELPER): _HELP.WAITING,
    (_HELP.ENDED, _A.ANSWER_AGAIN, _P.HELPER): _HELP.WAITING,
}

# On the board, and open to answers.
ASKS_LISTED = (AskState.OPEN, AskState.IN_HAND)
OFFERS_LISTED = (OfferState.OPEN, OfferState.FULL)

# An ask is there so long after the day it was needed by.
STAYS_FOR = timedelta(days=14)


def ask_moved(
    state: AskState, act: Act, part: Part, *, is_extended: bool = False
) -> AskState | None:
    """What becomes of an ask; None where that cannot be done. It is extended once."""
    if act == Act.EXTEND and is_extended:
        return None
    return ASK_MOVES.get((state, act, part))


def offer_moved(state: OfferState, act: Act, part: Part) -> OfferState | None:
    """What becomes of an offer; None where that cannot be done."""
    return OFFER_MOVES.get((state, act, part))


def help_moved(state: HelpState, act: Act, part: Part) -> HelpState | None:
    """What becomes of an answer; None where that cannot be done."""
    return HELP_MOVES.get((state, act, part))


def ask_state_at(state: AskState, expires_at: datetime, at: datetime) -> AskState:
    """The state as the clock has it: what has run out has done so, also where nobody wrote it down yet."""
    ran_out = ASK_MOVES.get((state, Act.RUN_OUT, Part.CLOCK))
    return ran_out if ran_out is not None and at >= expires_at else state


def offer_state_at(state: OfferState, expires_at: datetime, at: datetime) -> OfferState:
    """The same of an offer."""
    ran_out = OFFER_MOVES.get((state, Act.RUN_OUT, Part.CLOCK))
    return ran_out if ran_out is not None and at >= expires_at else state
