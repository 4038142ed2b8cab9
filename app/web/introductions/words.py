"""What an introduction is called, and how it stands, for each of the three. Pure."""

from collections.abc import Mapping

from app.core.i18n import _, marked
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import MET, NOT_THIS_TIME, WAITS_FOR_A_YES, Part, State
from app.networking.introductions.queries import Found

_TITLES = {
    (Part.REQUESTER, False): marked("You asked %(connector)s to introduce you to %(target)s"),
    (Part.CONNECTOR, False): marked("%(requester)s asks you for an introduction to %(target)s"),
    (Part.TARGET, False): marked("%(requester)s would like to meet you, says %(connector)s"),
    (Part.REQUESTER, True): marked("%(connector)s would introduce you to %(target)s"),
    (Part.CONNECTOR, True): marked("You would introduce %(requester)s and %(target)s"),
    (Part.TARGET, True): marked("%(connector)s would introduce you to %(requester)s"),
}
_NOT_THIS_TIME = marked("Not this time.")
_INTRODUCED = marked("You are introduced.")
_TALKED = marked("You are introduced, and you talked.")
_ASKED_YOU = marked("Your answer is wanted.")
_YOU_SAID_YES = marked("You said yes. The other one has not answered yet.")
_STATES: Mapping[tuple[Part, State], str] = {
    (Part.REQUESTER, State.ASKED): marked("It waits for %(connector)s."),
    (Part.REQUESTER, State.PASSED_ON): marked("%(connector)s has passed it on to %(target)s."),
    (Part.REQUESTER, State.FORWARDED): marked(
        "%(connector)s has passed your words on by hand. An answer comes outside this site."
    ),
    (Part.REQUESTER, State.OFFERED): _ASKED_YOU,
    (Part.REQUESTER, State.FIRST_AGREED): _YOU_SAID_YES,
    (Part.REQUESTER, State.SECOND_AGREED): _ASKED_YOU,
    (Part.REQUESTER, State.INTRODUCED): _INTRODUCED,
    (Part.REQUESTER, State.QUIET): _INTRODUCED,
    (Part.REQUESTER, State.TALKED): _TALKED,
    (Part.REQUESTER, State.WITHDRAWN): marked("It was taken back."),
    (Part.CONNECTOR, State.ASKED): _ASKED_YOU,
    (Part.CONNECTOR, State.PASSED_ON): marked("You passed it on. It waits for %(target)s."),
    (Part.CONNECTOR, State.FORWARDED): marked("You passed it on by hand."),
    # Who of the two has answered is for them to tell.
    (Part.CONNECTOR, State.OFFERED): marked("It waits for both of them."),
    (Part.CONNECTOR, State.FIRST_AGREED): marked("It waits for both of them."),
    (Part.CONNECTOR, State.SECOND_AGREED): marked("It waits for both of them."),
    (Part.CONNECTOR, State.INTRODUCED): marked("You introduced them."),
    (Part.CONNECTOR, State.QUIET): marked("You introduced them."),
    (Part.CONNECTOR, State.TALKED): marked("You introduced them, and they talked."),
    (Part.CONNECTOR, State.WITHDRAWN): marked("It was taken back."),
    (Part.TARGET, State.PASSED_ON): _ASKED_YOU,
    (Part.TARGET, State.OFFERED): _ASKED_YOU,
    (Part.TARGET, State.FIRST_AGREED): _ASKED_YOU,
    (Part.TARGET, State.SECOND_AGREED): _YOU_SAID_YES,
    (Part.TARGET, State.INTRODUCED): _INTRODUCED,
    (Part.TARGET, State.QUIET): _INTRODUCED,
    (Part.TARGET, State.TALKED): _TALKED,
    (Part.TARGET, State.WITHDRAWN): marked("It was taken back."),
}


def names_in(found: Found) -> dict[str, str]:
    """All three, by the part they have; whoever has no account any more is a former member."""
    nobody = _("Former member")
    return {
        "requester": found.requester.name or nobody,
        "connector": found.connector.name or nobody,
        "target": found.introduction.target_name or found.target.name or nobody,
    }


def title_of(introduction: Introduction, part: Part, names: Mapping[str, str]) -> str:
    """What it is, in the words of one of the three."""
    return _(_TITLES[part, introduction.by_connector]) % names


def stands(state: State, part: Part, names: Mapping[str, str]) -> str:
    """How it stands. What was declined and what ran out is the same, for all but who said so."""
    if state in NOT_THIS_TIME:
        return _(_NOT_THIS_TIME)
    return _(_STATES[part, state]) % names


def tone_of(state: State) -> str:
    """Whether it waits, went well, or is over: as a colour, which never stands alone."""
    if state in WAITS_FOR_A_YES:
        return "waits"
    return "met" if state in MET else "over"
