"""What has learned: this site's own filter, and Akismet where it was asked; and an owner's own program."""

from app.core.i18n import _
from app.moderation.submission import Facts, Submission
from app.moderation.verdicts import Says, Verdict


def learned_here(submission: Submission, facts: Facts) -> Verdict | None:
    """The local filter: spam, good, or not sure, and its strongest reasons."""
    if facts.learned is None:
        because = _("This site's filter has not learned enough to have an opinion.")
        return Verdict("learned_unsure", Says.NOTE, because)
    percent = {"percent": round(facts.learned.score * 100)}
    because = " ".join(
        (_("This site's filter gives it %(percent)d of 100.") % percent, *facts.learned.because)
    )
    if facts.learned.score > facts.spam_above:
        return Verdict("learned_spam", Says.SPAM, because)
    if facts.learned.score < facts.ham_below:
        return Verdict("learned_ham", Says.NOTE, because)
    return Verdict("learned_unsure", Says.NOTE, because)


def akismet(submission: Submission, facts: Facts) -> Verdict | None:
    """What another server says, where one was asked."""
    match facts.akismet:
        case "ham":
            return Verdict("akismet_ham", Says.NOTE, _("Akismet sees nothing wrong with it."))
        case "spam":
            return Verdict("akismet_spam", Says.SPAM, _("Akismet says that it is spam."))
        case "discard":
            because = _("Akismet says that it is spam nobody need look at.")
            return Verdict("akismet_discard", Says.SPAM, because)
        case "unavailable":
            return Verdict("check_unavailable", Says.NOTE, _("Akismet could not be asked."))
        case _:
            return None


def moderation_hook(submission: Submission, facts: Facts) -> Verdict | None:
    """What a program says that an owner named to be asked (see `app/hooks`)."""
    match facts.hook:
        case "approve":
            return Verdict(
                "hook_approve", Says.PUBLISH, _("A web hook of this site vouches for it.")
            )
        case "hold":
            return Verdict("hook_hold", Says.HOLD, _("A web hook of this site wants it held."))
        case "spam":
            return Verdict(
                "hook_spam", Says.SPAM, _("A web hook of this site says that it is spam.")
            )
        case _:
            return None
