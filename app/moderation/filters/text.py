"""What it says, and how often it was said."""

import re

from app.core.i18n import _, ngettext
from app.moderation.models import ListedKind
from app.moderation.submission import Facts, Submission
from app.moderation.verdicts import Says, Verdict

# Shorter texts are said again and again by people: "Thank you!"
LONG_ENOUGH_TO_REPEAT = 40


def held_words(submission: Submission, facts: Facts) -> Verdict | None:
    """Words of the owner's list, as whole words, wherever they stand."""
    words = [
        entry.value
        for entry in facts.listed
        if entry.effect == "hold" and entry.kind == ListedKind.WORD
    ]
    said = " ".join((submission.name, submission.email, submission.url, submission.text)).casefold()
    found = next((word for word in words if _stands_in(word.casefold(), said)), "")
    if not found:
        return None
    return Verdict("held_word", Says.HOLD, _("It says “%(word)s”.") % {"word": found})


def too_many_links(submission: Submission, facts: Facts) -> Verdict | None:
    """Many links in a short text are the oldest sign of spam."""
    count = len(submission.links)
    if count <= facts.links_allowed:
        return None
    because = ngettext(
        "%(num)d link, where %(usual)d are usual", "%(num)d links, where %(usual)d are usual", count
    )
    return Verdict("links", Says.HOLD, because % {"num": count, "usual": facts.links_allowed})


def said_before(submission: Submission, facts: Facts) -> Verdict | None:
    """The same text elsewhere on this site: few people say the same in two places."""
    is_short = len(submission.text) < LONG_ENOUGH_TO_REPEAT
    if is_short or facts.is_trusted or not facts.said_elsewhere:
        return None
    return Verdict("said_before", Says.HOLD, _("The same text came in before, elsewhere."))


def everything_waits(submission: Submission, facts: Facts) -> Verdict | None:
    """The owner wants a person to read all of it."""
    if not facts.holds_everything:
        return None
    return Verdict("holds_everything", Says.HOLD, _("Everything is held here."))


def _stands_in(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
