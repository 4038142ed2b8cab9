"""How an introduction moves. Pure; the whole story is in two tables."""

from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """asked → passed on → introduced → talked or quiet; offered by the connector → one agreed → introduced."""

    ASKED = "asked"
    PASSED_ON = "passed_on"
    # Begun by the connector, who asks both: nobody has answered, or one of them has agreed.
    OFFERED = "offered"
    FIRST_AGREED = "first_agreed"
    SECOND_AGREED = "second_agreed"
    INTRODUCED = "introduced"
    TALKED = "talked"
    QUIET = "quiet"
    # By hand, to somebody without an account: what follows happens elsewhere.
    FORWARDED = "forwarded"
    # Declined, which whoever asked learns when silence would have said it, too.
    ASKED_IN_VAIN = "asked_in_vain"
    PASSED_IN_VAIN = "passed_in_vain"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Part(StrEnum):
    """Who acts. In what the connector began, the requester is simply the first of the two."""

    REQUESTER = "requester"
    CONNECTOR = "connector"
    TARGET = "target"
    CLOCK = "clock"


class Act(StrEnum):
    """What can be done."""

    PASS_ON = "pass on"  # noqa: S105 - no password
    FORWARD = "forward"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    SAY_WE_TALKED = "say we talked"
    SAY_WE_DID_NOT = "say we did not"
    RUN_OUT = "run out"


_A, _P, _S = Act, Part, State

# Whatever is not here cannot be done.
MOVES: dict[tuple[State, Act, Part], State] = {
    # Asked by the requester: first the connector answers, then the target.
    (_S.ASKED, _A.PASS_ON, _P.CONNECTOR): _S.PASSED_ON,
    (_S.ASKED, _A.FORWARD, _P.CONNECTOR): _S.FORWARDED,
    (_S.ASKED, _A.DECLINE, _P.CONNECTOR): _S.ASKED_IN_VAIN,
    (_S.ASKED, _A.WITHDRAW, _P.REQUESTER): _S.WITHDRAWN,
    (_S.ASKED, _A.RUN_OUT, _P.CLOCK): _S.EXPIRED,
    (_S.PASSED_ON, _A.ACCEPT, _P.TARGET): _S.INTRODUCED,
    (_S.PASSED_ON, _A.DECLINE, _P.TARGET): _S.PASSED_IN_VAIN,
    (_S.PASSED_ON, _A.WITHDRAW, _P.REQUESTER): _S.WITHDRAWN,
    (_S.PASSED_ON, _A.RUN_OUT, _P.CLOCK): _S.EXPIRED,
    # To the requester it still waits: what they may do, and when it ends, is as before.
    (_S.ASKED_IN_VAIN, _A.WITHDRAW, _P.REQUESTER): _S.WITHDRAWN,
    (_S.ASKED_IN_VAIN, _A.RUN_OUT, _P.CLOCK): _S.DECLINED,
    (_S.PASSED_IN_VAIN, _A.WITHDRAW, _P.REQUESTER): _S.WITHDRAWN,
    (_S.PASSED_IN_VAIN, _A.RUN_OUT, _P.CLOCK): _S.DECLINED,
    # Offered by the connector: both are asked, each by themselves, in whatever order they answer.
    (_S.OFFERED, _A.ACCEPT, _P.REQUESTER): _S.FIRST_AGREED,
    (_S.OFFERED, _A.ACCEPT, _P.TARGET): _S.SECOND_AGREED,
    (_S.OFFERED, _A.DECLINE, _P.REQUESTER): _S.DECLINED,
    (_S.OFFERED, _A.DECLINE, _P.TARGET): _S.DECLINED,
    (_S.OFFERED, _A.WITHDRAW, _P.CONNECTOR): _S.WITHDRAWN,
    (_S.OFFERED, _A.RUN_OUT, _P.CLOCK): _S.EXPIRED,
    (_S.FIRST_AGREED, _A.ACCEPT, _P.TARGET): _S.INTRODUCED,
    (_S.FIRST_AGREED, _A.DECLINE, _P.TARGET): _S.DECLINED,
    (_S.FIRST_AGREED, _A.DECLINE, _P.REQUESTER): _S.DECLINED,
    (_S.FIRST_AGREED, _A.WITHDRAW, _P.CONNECTOR): _S.WITHDRAWN,
    (_S.FIRST_AGREED, _A.RUN_OUT, _P.CLOCK): _S.EXPIRED,
    (_S.SECOND_AGREED, _A.ACCEPT, _P.REQUESTER): _S.INTRODUCED,
    (_S.SECOND_AGREED, _A.DECLINE, _P.REQUESTER): _S.DECLINED,
    (_S.SECOND_AGREED, _A.DECLINE, _P.TARGET): _S.DECLINED,
    (_S.SECOND_AGREED, _A.WITHDRAW, _P.CONNECTOR): _S.WITHDRAWN,
    (_S.SECOND_AGREED, _A.RUN_OUT, _P.CLOCK): _S.EXPIRED,
    # Introduced: either says that they talked, even after the question was forgotten.
    (_S.INTRODUCED, _A.SAY_WE_TALKED, _P.REQUESTER): _S.TALKED,
    (_S.INTRODUCED, _A.SAY_WE_TALKED, _P.TARGET): _S.TALKED,
    (_S.INTRODUCED, _A.SAY_WE_DID_NOT, _P.REQUESTER): _S.INTRODUCED,
    (_S.INTRODUCED, _A.SAY_WE_DID_NOT, _P.TARGET): _S.INTRODUCED,
    (_S.INTRODUCED, _A.RUN_OUT, _P.CLOCK): _S.QUIET,
    (_S.QUIET, _A.SAY_WE_TALKED, _P.REQUESTER): _S.TALKED,
    (_S.QUIET, _A.SAY_WE_TALKED, _P.TARGET): _S.TALKED,
    (_S.TALKED, _A.SAY_WE_TALKED, _P.REQUESTER): _S.TALKED,
    (_S.TALKED, _A.SAY_WE_TALKED, _P.TARGET): _S.TALKED,
}

# An answer is wanted within so long, at each step; then, whether they talked.
ANSWER_WITHIN = timedelta(days=14)
ASKED_WHETHER_AFTER = timedelta(days=30)
TALK_KNOWN_WITHIN = ASKED_WHETHER_AFTER + ANSWER_WITHIN

# How long each state lasts at most. One agreeing is no new step: the first one's time goes on.
LASTS: dict[State, timedelta] = {
    State.ASKED: ANSWER_WITHIN,
    State.PASSED_ON: ANSWER_WITHIN,
    State.OFFERED: ANSWER_WITHIN,
    State.INTRODUCED: TALK_KNOWN_WITHIN,
}

WAITS_FOR_A_YES = frozenset(
    {State.ASKED, State.PASSED_ON, State.OFFERED, State.FIRST_AGREED, State.SECOND_AGREED}
)
# As what the requester sees it, until its time is over.
SEEMS = {State.ASKED_IN_VAIN: State.ASKED, State.PASSED_IN_VAIN: State.PASSED_ON}
# What the requester hopes for, with reason or in vain.
HOPED_FOR = WAITS_FOR_A_YES.union(SEEMS)
MET = frozenset({State.INTRODUCED, State.TALKED, State.QUIET})
# Nothing more can be done about it.
ENDED = frozenset({State.FORWARDED, State.DECLINED, State.EXPIRED, State.WITHDRAWN})
# What the requester is told in the same words, whichever it was.
NOT_THIS_TIME = frozenset({State.DECLINED, State.EXPIRED})


def moved(state: State, act: Act, part: Part) -> State | None:
    """What becomes of it; None where that cannot be done."""
    return MOVES.get((state, act, part))


def seen_as(state: State, part: Part) -> State:
    """The state as one of the three sees it: of a no the requester knows no more than of silence."""
    if state not in SEEMS:
        return state
    return SEEMS[state] if part == Part.REQUESTER else State.DECLINED


def state_at(state: State, due_at: datetime | None, at: datetime) -> State:
    """The state as the clock has it: what has run out has done so, also where nobody wrote it down yet."""
    if due_at is None or at < due_at:
        return state
    return MOVES.get((state, Act.RUN_OUT, Part.CLOCK), state)


def due_after(
    before: State, due_at: datetime | None, after: State, at: datetime
) -> datetime | None:
    """When the new state runs out; None where it does not."""
    if after in LASTS:
        return due_at if after == before else at + LASTS[after]
    return due_at if (after, Act.RUN_OUT, Part.CLOCK) in MOVES else None
