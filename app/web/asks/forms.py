"""What is typed into the forms of asks and offers, and what it means."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.core.i18n import _
from app.core.text import number_in
from app.networking.asks.models import HelpKind, HelpWay
from app.networking.thanks.models import LONGEST_THANKS
from app.web.comments.forms import Ticked
from app.web.groups.forms import Line, ReplyForm, Tags, Text

MOST_TIMES = 50


def _day(value: Any) -> date:
    """A day as browsers send it; raises ValueError for what is none, such as 30 February."""
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(_("Please name a day that exists, such as 2027-01-31.")) from None


def _yes_or_no(value: Any) -> bool:
    if value not in ("yes", "no"):
        raise ValueError(_("Please say whether somebody earns by it."))
    return bool(value == "yes")


def _met(value: Any) -> bool:
    if value not in ("yes", "no"):
        raise ValueError(_("Please say whether it was met."))
    return bool(value == "yes")


def _times(value: Any) -> int:
    number = number_in(str(value).strip())
    if number is None or not 1 <= number <= MOST_TIMES:
        raise ValueError(_("From one time to fifty, please."))
    return number


def _id(value: Any) -> int | None:
    return number_in(str(value)) or None


Day = Annotated[date, BeforeValidator(_day)]
Commercial = Annotated[bool, BeforeValidator(_yes_or_no)]


class BeginForm(ReplyForm):
    """What asks and offers have in common."""

    title: Annotated[Line, Field(min_length=1, max_length=120)]
    tags: Tags = ()
    kind: HelpKind
    commercial: Annotated[Commercial, Field(default="", validate_default=True)]


class AskForm(BeginForm):
    """What is asked for."""

    needed_by: Annotated[Day, Field(default="", validate_default=True)]


class OfferForm(BeginForm):
    """What is offered."""

    times: Annotated[int, BeforeValidator(_times)] = 1
    valid_until: Annotated[Day, Field(default="", validate_default=True)]


class HelpForm(BaseModel):
    """An answer: what somebody will do, or would like."""

    model_config = ConfigDict(extra="ignore")

    way: HelpWay = HelpWay.HELP
    words: Annotated[Text, Field(min_length=1, max_length=280)]
    due_on: Annotated[Day, Field(default="", validate_default=True)]


class PassForm(BaseModel):
    """Whom to tell."""

    model_config = ConfigDict(extra="ignore")

    to: Annotated[Line, Field(min_length=1, max_length=200)]


class ExtendForm(BaseModel):
    """Until when it is needed now."""

    model_config = ConfigDict(extra="ignore")

    needed_by: Annotated[Day, Field(default="", validate_default=True)]


class OutcomeForm(BaseModel):
    """How it went."""

    model_config = ConfigDict(extra="ignore")

    met: Annotated[bool, BeforeValidator(_met), Field(default="", validate_default=True)]
    helping: Annotated[int | None, BeforeValidator(_id)] = None
    note: Annotated[Text, Field(max_length=500)] = ""


class ThanksForm(BaseModel):
    """A note to whoever met it."""

    model_config = ConfigDict(extra="ignore")

    thanks: Annotated[Text, Field(max_length=LONGEST_THANKS)] = ""
    public: Ticked = False


class NoteForm(BaseModel):
    """Some words at the end of an offer; none are needed."""

    model_config = ConfigDict(extra="ignore")

    note: Annotated[Text, Field(max_length=500)] = ""
