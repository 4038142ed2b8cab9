"""How the form was sent. Robots are quick, fill in everything, and send what they have read long ago."""

from app.core.i18n import _
from app.moderation.submission import Facts, Submission
from app.moderation.verdicts import Says, Verdict

# A page may lie in a reader's browser over a weekend.
TOKEN_LASTS = 72 * 3600.0


def trap_field(submission: Submission, facts: Facts) -> Verdict | None:
    """No person sees that field."""
    if not submission.proof.trap:
        return None
    return Verdict("trap_field", Says.SPAM, _("A field was filled in that no person sees."))


def too_quick(submission: Submission, facts: Facts) -> Verdict | None:
    """Nobody reads, thinks and types in that time."""
    age = submission.proof.token_age
    if not _is_from_the_form(submission) or age is None or age >= facts.form_min_seconds:
        return None
    because = _("It was sent %(seconds)d seconds after the page was made.") % {"seconds": age}
    return Verdict("too_quick", Says.NOTE, because)


def stale_token(submission: Submission, facts: Facts) -> Verdict | None:
    """Sent without having read the page, or long after."""
    age = submission.proof.token_age
    if not _is_from_the_form(submission) or (age is not None and age <= TOKEN_LASTS):
        return None
    if age is None:
        return Verdict("stale_token", Says.NOTE, _("It was not sent from the form of the page."))
    return Verdict("stale_token", Says.NOTE, _("The form was more than three days old."))


def no_work(submission: Submission, facts: Facts) -> Verdict | None:
    """Browsers with script do a small sum while one types; others can't, and are not held for that."""
    if not _is_from_the_form(submission) or submission.proof.has_worked:
        return None
    return Verdict("no_work", Says.NOTE, _("The browser did not do its small sum."))


def _is_from_the_form(submission: Submission) -> bool:
    return submission.kind == "comment"
