"""What was done, in words: for the log, for whoever came too late, and for the bar with Undo."""

from datetime import datetime

from app.core.i18n import _, marked
from app.moderation.models import Decision

# In the past tense, with the name of who did it.
DID: dict[str, str] = {
    "approve": marked("%(name)s approved this"),
    "hold": marked("%(name)s held this"),
    "spam": marked("%(name)s marked this as spam"),
    "remove": marked("%(name)s removed this"),
    "withdraw": marked("Its author withdrew this"),
    "undo": marked("%(name)s took a decision about this back"),
    "edit": marked("%(name)s edited this"),
    "move": marked("%(name)s moved this to another post"),
    "warn": marked("%(name)s warned its author"),
    "assign": marked("%(name)s gave this to %(other)s"),
    "unassign": marked("%(name)s gave this back to everybody"),
    "lock": marked("%(name)s closed this discussion"),
    "unlock": marked("%(name)s opened this discussion again"),
    "trust": marked("%(name)s trusted this author"),
    "watch": marked("%(name)s put this author under watch"),
    "block": marked("%(name)s blocked this author"),
    "pardon": marked("%(name)s let this author's comments speak for them"),
    "uphold": marked("%(name)s agreed with the reports of this"),
    "dismiss": marked("%(name)s dismissed the reports of this"),
    "read": marked("%(name)s read what was reported"),
    "accept": marked("%(name)s let somebody into a group"),
    "decline": marked("%(name)s did not let somebody into a group"),
}

# The same in a word or two, to choose from in the log.
DEEDS: dict[str, str] = {
    "approve": marked("approved"),
    "hold": marked("held"),
    "spam": marked("marked as spam"),
    "remove": marked("removed"),
    "withdraw": marked("withdrew their own words"),
    "undo": marked("took a decision back"),
    "edit": marked("edited"),
    "move": marked("moved"),
    "warn": marked("warned its author"),
    "assign": marked("gave it to somebody"),
    "unassign": marked("gave it back"),
    "lock": marked("closed a discussion"),
    "unlock": marked("opened a discussion again"),
    "trust": marked("trusted an author"),
    "watch": marked("watched an author"),
    "block": marked("blocked an author"),
    "pardon": marked("let comments speak for an author"),
    "uphold": marked("agreed with reports"),
    "dismiss": marked("dismissed reports"),
    "read": marked("read what was reported"),
    "accept": marked("let somebody in"),
    "decline": marked("did not let somebody in"),
}

# Codes are kept, words are shown: the keys 1 to 9 of the console, in this order.
REASONS: dict[str, str] = {
    "off-topic": marked("Not about the post"),
    "attack": marked("Attacks a person"),
    "hate": marked("Hate or threats"),
    "advert": marked("An advertisement"),
    "private": marked("Tells private things of others"),
    "twice": marked("Said twice"),
    "unlawful": marked("Against the law"),
    "asked": marked("Its author asked for it"),
    "other": marked("For another reason"),
}


def did(verb: str, name: str, other: str = "") -> str:
    """“Ines approved this”; “Ines gave this to Bo”."""
    words = {"name": name, "other": other or _("somebody")}
    return _(DID.get(verb, "%(name)s changed this")) % words


def said_of(decision: Decision, name: str, at: datetime) -> str:
    """“Ines approved this 12 s ago.”"""
    ago = short_span((at - decision.at).total_seconds())
    return _("%(did)s %(ago)s ago.") % {"did": did(decision.verb, name), "ago": ago}


def short_span(seconds: float) -> str:
    """A length of time in one word and a letter: 12 s, 5 min, 3 h, 12 d."""
    for unit, length in ((_("d"), 86400), (_("h"), 3600), (_("min"), 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{max(int(seconds), 0)} {_('s')}"
