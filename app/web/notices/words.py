"""Words for how one hears of what."""

from app.core.i18n import _, marked
from app.notifications.models import Bounce
from app.notifications.notices.kinds import Family, Level

_FAMILIES = {
    Family.ANSWERS: marked("Answers and messages to you"),
    Family.MENTIONS: marked("Where somebody mentions you"),
    Family.OWN: marked("What becomes of what you wrote or reported"),
    Family.PROMISES: marked("Promises, yours and to you"),
    Family.REMINDERS: marked("Reminders of what is due, all in one letter"),
    Family.INTRODUCTIONS: marked("Introductions and connections"),
    Family.THANKS: marked("Thanks"),
    Family.GROUPS: marked("What is new in your groups"),
    Family.JOINING: marked("Who joins, and invitations"),
    Family.ASKS: marked("What others ask for"),
}
_LEVELS = {
    Level.OFF: marked("Not at all"),
    Level.INBOX: marked("In the inbox"),
    Level.WEEKLY: marked("Mailed weekly"),
    Level.DAILY: marked("Mailed daily"),
    Level.AT_ONCE: marked("Mailed at once"),
}

_ON_JOINING = {
    Level.INBOX: marked("None: what is new waits in your inbox here"),
    Level.WEEKLY: marked("One letter a week"),
    Level.DAILY: marked("One letter a day"),
    Level.AT_ONCE: marked("A letter for each thing, at once"),
}


def family_name(family: Family) -> str:
    """What a family of things is called on the page of choices."""
    return _(_FAMILIES[family])


def level_name(level: Level) -> str:
    """How one hears, in two or three words."""
    return _(_LEVELS[level])


def mail_on_joining() -> dict[Level, str]:
    """How much mail somebody who joins a group may have of it, in words."""
    return {level: _(words) for level, words in _ON_JOINING.items()}


def why_no_mail(bounce: Bounce) -> str:
    """Why somebody gets no letters any more, as they are told."""
    if bounce.is_complaint:
        return _(
            "A letter to your address was reported as unwanted, so none are sent there any more."
        )
    says = _(
        "Letters to your address come back, so none are sent there any more. Your mail server said: %(words)s"
    )
    return says % {"words": bounce.trouble}
