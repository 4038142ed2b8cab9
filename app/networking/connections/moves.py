"""How a connection moves: proposed → confirmed → removed. Pure; the whole story is in one table."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Somebody waits for a yes, both have said it, or one of the two wants it no more."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REMOVED = "removed"


class Act(StrEnum):
    """What one of the two may do."""

    SAY_YES = "say yes"
    REMOVE = "remove"


@dataclass(frozen=True)
class Sides:
    """Who of the two has said yes, and who has removed it, as whoever acts sees them."""

    mine: bool = False
    theirs: bool = False
    removed_by_me: bool = False
    removed_by_them: bool = False


def moved(sides: Sides, act: Act) -> Sides:
    """What becomes of it. Every act is allowed at any time, so that nobody learns of a refusal by being refused.

    Once one of the two has removed it, the other's yes is noted and changes nothing: only who took it
    away can begin anew, and then the other's yes is wanted again.
    """
    if act == Act.REMOVE:
        return Sides(theirs=sides.theirs, removed_by_me=True, removed_by_them=sides.removed_by_them)
    if sides.removed_by_me:
        return Sides(mine=True, removed_by_them=sides.removed_by_them)
    return Sides(True, sides.theirs, removed_by_them=sides.removed_by_them)


def state_of(sides: Sides) -> State:
    """The state that follows from who said what; the same from both sides."""
    if sides.removed_by_me or sides.removed_by_them:
        return State.REMOVED
    return State.CONFIRMED if sides.mine and sides.theirs else State.PROPOSED
