"""How a promise moves. Pure; the whole story is in one table."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Whoever does not answer in this time has not accepted; nor has who does not contradict.
ANSWER_WITHIN = timedelta(days=14)
# Nothing done so many days past the due date: it has lapsed.
LAPSES_AFTER = timedelta(days=14)
MOST_MOVES = 2
MOST_NOT_YETS = 2


class State(StrEnum):
    """offered or requested → open → done → kept; and the ways in which it ends otherwise."""

    OFFERED = "offered"
    REQUESTED = "requested"
    OPEN = "open"
    DONE = "done"
    KEPT = "kept"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    UNRESOLVED = "unresolved"
    VOID = "void"


class Part(StrEnum):
    """Who acts."""

    PROMISER = "promiser"
    PROMISEE = "promisee"
    CLOCK = "clock"


class Act(StrEnum):
    """What can be done."""

    ACCEPT = "accept"
    DECLINE = "decline"
    TAKE_BACK = "take back"
    MOVE = "move"
    SAY_DONE = "say done"
    CONFIRM = "confirm"
    NOT_YET = "not yet"
    RELEASE = "release"
    WITHDRAW = "withdraw"
    RUN_OUT = "run out"
    ERASE = "erase"


_A, _P, _S = Act, Part, State

# Whatever is not here cannot be done.
MOVES: dict[tuple[State, Act, Part], State] = {
    # Offered by the promiser, or requested by the promisee: the other side accepts, or nothing begins.
    (_S.OFFERED, _A.ACCEPT, _P.PROMISEE): _S.OPEN,
    (_S.OFFERED, _A.DECLINE, _P.PROMISEE): _S.VOID,
    (_S.OFFERED, _A.TAKE_BACK, _P.PROMISER): _S.VOID,
    (_S.OFFERED, _A.RUN_OUT, _P.CLOCK): _S.VOID,
    (_S.REQUESTED, _A.ACCEPT, _P.PROMISER): _S.OPEN,
    (_S.REQUESTED, _A.DECLINE, _P.PROMISER): _S.VOID,
    (_S.REQUESTED, _A.TAKE_BACK, _P.PROMISEE): _S.VOID,
    (_S.REQUESTED, _A.RUN_OUT, _P.CLOCK): _S.VOID,
    # Open: it is done, moved to another day, or given up by either side.
    (_S.OPEN, _A.SAY_DONE, _P.PROMISER): _S.DONE,
    (_S.OPEN, _A.MOVE, _P.PROMISER): _S.OPEN,
    (_S.OPEN, _A.WITHDRAW, _P.PROMISER): _S.WITHDRAWN,
    (_S.OPEN, _A.RELEASE, _P.PROMISEE): _S.RELEASED,
    (_S.OPEN, _A.RUN_OUT, _P.CLOCK): _S.LAPSED,
    # Done, says the promiser: the promisee confirms, contradicts, or is silent, which confirms.
    (_S.DONE, _A.CONFIRM, _P.PROMISEE): _S.KEPT,
    (_S.DONE, _A.NOT_YET, _P.PROMISEE): _S.OPEN,
    (_S.DONE, _A.RUN_OUT, _P.CLOCK): _S.KEPT,
    # An account is erased.
    **{
        (state, _A.ERASE, part): _S.VOID
        for state in (_S.OFFERED, _S.REQUESTED, _S.OPEN, _S.DONE)
        for part in (_P.PROMISER, _P.PROMISEE)
    },
}

UNDECIDED = frozenset({State.OFFERED, State.REQUESTED})
UNDER_WAY = UNDECIDED | {State.OPEN, State.DONE}
ENDED = frozenset(State) - UNDER_WAY


@dataclass(frozen=True)
class Tally:
    """How often what may be done so often only was done."""

    moves: int = 0
    not_yets: int = 0


def moved(state: State, act: Act, part: Part, tally: Tally) -> State | None:
    """What becomes of it; None where that cannot be done."""
    if act == Act.MOVE and tally.moves >= MOST_MOVES:
        return None
    if act == Act.NOT_YET and tally.not_yets >= MOST_NOT_YETS and state == State.DONE:
        return State.UNRESOLVED if part == Part.PROMISEE else None
    return MOVES.get((state, act, part))


def acts_of(state: State, part: Part, tally: Tally) -> frozenset[Act]:
    """What one side can do, as it stands."""
    return frozenset(act for act in Act if act != Act.ERASE and moved(state, act, part, tally))


def state_at(state: State, runs_out_at: datetime | None, at: datetime) -> State:
    """The state as the clock has it: what has run out has done so, also where nobody wrote it down yet."""
    if runs_out_at is None or at < runs_out_at:
        return state
    return MOVES.get((state, Act.RUN_OUT, Part.CLOCK), state)
