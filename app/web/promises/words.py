"""How a promise stands, and what was done about it, in words for each of its two sides. Pure."""

from app.core.i18n import _, marked
from app.networking.promises.moves import Act, Part, State

_STANDS = {
    (State.OFFERED, Part.PROMISER): marked("Offered. It begins when %(other)s accepts."),
    (State.OFFERED, Part.PROMISEE): marked("%(other)s offers you this. Do you accept?"),
    (State.REQUESTED, Part.PROMISER): marked("%(other)s asks you to promise this. Do you?"),
    (State.REQUESTED, Part.PROMISEE): marked("Asked for. It begins when %(other)s agrees."),
    (State.OPEN, Part.PROMISER): marked("You owe this to %(other)s."),
    (State.OPEN, Part.PROMISEE): marked("%(other)s owes you this."),
    (State.DONE, Part.PROMISER): marked("You say it is done. %(other)s may confirm it."),
    (State.DONE, Part.PROMISEE): marked("%(other)s says it is done. Is it?"),
    (State.KEPT, Part.PROMISER): marked("You kept it."),
    (State.KEPT, Part.PROMISEE): marked("%(other)s kept it."),
    (State.RELEASED, Part.PROMISER): marked("%(other)s let you off."),
    (State.RELEASED, Part.PROMISEE): marked("You let %(other)s off."),
    (State.WITHDRAWN, Part.PROMISER): marked("You took it back."),
    (State.WITHDRAWN, Part.PROMISEE): marked("%(other)s took it back."),
    (State.LAPSED, Part.PROMISER): marked("The time is over, and nothing was done."),
    (State.LAPSED, Part.PROMISEE): marked("The time is over, and nothing was done."),
    (State.UNRESOLVED, Part.PROMISER): marked("You two could not agree that it is done."),
    (State.UNRESOLVED, Part.PROMISEE): marked("You two could not agree that it is done."),
    (State.VOID, Part.PROMISER): marked("Nothing came of it."),
    (State.VOID, Part.PROMISEE): marked("Nothing came of it."),
}
_ACTS = {
    Act.ACCEPT: marked("%(who)s accepted"),
    Act.DECLINE: marked("%(who)s declined"),
    Act.TAKE_BACK: marked("%(who)s took the offer or request back"),
    Act.MOVE: marked("%(who)s moved the date to %(due)s"),
    Act.SAY_DONE: marked("%(who)s said that it is done"),
    Act.CONFIRM: marked("%(who)s confirmed that it is done"),
    Act.NOT_YET: marked("%(who)s said that it is not done yet"),
    Act.RELEASE: marked("%(who)s let the other off"),
    Act.WITHDRAW: marked("%(who)s took the promise back"),
    Act.RUN_OUT: marked("The time ran out"),
    Act.ERASE: marked("An account was erased"),
}
_DONE = {
    "offered": marked("Your promise is offered."),
    "requested": marked("Your request is on its way."),
    "acceptance": marked("It is a promise now."),
    "refusal": marked("You declined."),
    "recall": marked("You took it back."),
    "date": marked("The date is moved, and the other side is told."),
    "completion": marked("Well done. The other side is asked to confirm it."),
    "confirmation": marked("Confirmed: the promise is kept."),
    "contradiction": marked("Noted: not done yet."),
    "release": marked("You let the other side off."),
    "withdrawal": marked("You took the promise back."),
    "showing": marked("Your choice is kept."),
}


def stands(state: State, part: Part, other: str) -> str:
    """How it stands, for one of the two."""
    return _(_STANDS[state, part]) % {"other": other}


def said_step(act: Act, who: str, due: str) -> str:
    """What somebody did; `due` is the new day, as the page writes days."""
    return _(_ACTS[act]) % {"who": who, "due": due}


def tone_of(state: State) -> str:
    """Whether it waits, goes well, or is over: as a colour, which never stands alone."""
    if state in (State.OFFERED, State.REQUESTED, State.DONE):
        return "waits"
    return "good" if state in (State.OPEN, State.KEPT) else "over"


def said_done(what: str) -> str:
    """What was just done, as a sentence; nothing for what is not known."""
    return _(_DONE[what]) if what in _DONE else ""


def name_of(name: str) -> str:
    """Whoever has no account any more is a former member."""
    return name or _("Former member")
