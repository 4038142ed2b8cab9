"""What was just done, as a sentence at the top of the next page."""

from app.core.i18n import _, marked

_DONE = {
    "asked": marked("Your request is on its way."),
    "offered": marked("Both are asked, each by themselves."),
    "passed-on": marked("It is passed on."),
    "forwarded": marked("Noted: you passed it on by hand."),
    "accepted": marked("You said yes."),
    "declined": marked("You said not this time."),
    "withdrawn": marked("It is taken back."),
    "talked": marked("Thank you for telling."),
    "thanked": marked("Your thanks are sent."),
    "unthanked": marked("Your thanks are taken back."),
    "never": marked("Noted. Nobody is told."),
    "again": marked("Noted. You may be introduced again."),
    "choices": marked("Your choices are kept."),
    "known": marked("Noted. It counts when both of you have said so."),
    "removed": marked("Noted. Nobody is told."),
    "paths": marked("Your choice is kept."),
}


def said_done(what: str) -> str:
    """What was just done; nothing for what is not known."""
    return _(_DONE[what]) if what in _DONE else ""
