"""Links from other sites: read before they are shown, and nothing at all where there is no link."""

from app.core.i18n import _
from app.moderation.submission import Facts, Submission
from app.moderation.verdicts import Says, Verdict

# Kept on the case by whoever has looked at the page: filters ask no other server.
NO_LINK = "no_link"


def link_from_elsewhere(submission: Submission, facts: Facts) -> Verdict | None:
    """Held, unless the owner wants to see them at once or knows the site."""
    if submission.kind == "comment" or not facts.holds_links or facts.is_trusted:
        return None
    because = _("A link from another site. Those are read before they are shown.")
    return Verdict("linkback", Says.HOLD, because)


def no_link(because: str) -> Verdict:
    """The page that was named does not link here, as far as could be seen; and why."""
    return Verdict(NO_LINK, Says.SPAM, because)
