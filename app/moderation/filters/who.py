"""Who says it, and what was decided about them before."""

from app.core.i18n import _
from app.moderation.models import Standing
from app.moderation.submission import Facts, Submission
from app.moderation.verdicts import Says, Verdict


def staff_here(submission: Submission, facts: Facts) -> Verdict | None:
    """Whoever may decide here need not wait for a decision."""
    if not facts.author.is_staff_here:
        return None
    return Verdict("staff", Says.PUBLISH, _("Moderates here, or wrote the post."))


def blocked_author(submission: Submission, facts: Facts) -> Verdict | None:
    """Blocked by hand: what comes under that name is spam, proved to be theirs or not."""
    if facts.author.standing != Standing.BLOCKED:
        return None
    return Verdict("blocked_author", Says.SPAM, _("A moderator has blocked this author."))


def watched_author(submission: Submission, facts: Facts) -> Verdict | None:
    """Watched by hand: a person reads everything they write."""
    if facts.author.standing != Standing.WATCHED:
        return None
    return Verdict("watched_author", Says.HOLD, _("A moderator watches this author."))


def members_address(submission: Submission, facts: Facts) -> Verdict | None:
    """Anybody can type the address of somebody with an account."""
    if not facts.author.uses_members_address:
        return None
    because = _("The address belongs to somebody with an account, who was not signed in.")
    return Verdict("members_address", Says.HOLD, because)


def unproved_author(submission: Submission, facts: Facts) -> Verdict | None:
    """A name and an address that were only typed."""
    if facts.author.is_proved:
        return None
    return Verdict("unproved_author", Says.NOTE, _("Nothing proves who wrote this."))


def first_time_author(submission: Submission, facts: Facts) -> Verdict | None:
    """Nothing of theirs was approved yet."""
    if facts.author.approved:
        return None
    return Verdict("first_time_author", Says.NOTE, _("Nothing by this author was approved yet."))


def new_here(submission: Submission, facts: Facts) -> Verdict | None:
    """New in a group that has the first words of its members read."""
    if not facts.is_new_here:
        return None
    return Verdict("new_here", Says.HOLD, _("Among the first things they say in this group."))


def trusted_author(submission: Submission, facts: Facts) -> Verdict | None:
    """Approved often enough, or trusted by hand."""
    if not facts.is_trusted:
        return None
    return Verdict("trusted_author", Says.NOTE, _("This author is trusted."))
