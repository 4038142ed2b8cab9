"""What kinds of help are called, and days as readers write them."""

from collections.abc import Sequence
from datetime import date

from app.core.i18n import _
from app.networking.asks.models import HelpKind
from app.networking.asks.moves import HelpState
from app.site.models import SiteRow
from app.web.pages.moments import moments_in


def kinds_of_help() -> Sequence[tuple[str, str]]:
    """Each kind and its name, in the order of the form."""
    return [
        (HelpKind.INTRODUCTION, _("an introduction")),
        (HelpKind.INFORMATION, _("information")),
        (HelpKind.REVIEW, _("a review")),
        (HelpKind.CONTACT, _("a contact in a company")),
        (HelpKind.SKILL, _("a skill")),
        (HelpKind.OTHER, _("something else")),
    ]


def name_of_help(kind: HelpKind) -> str:
    """What a kind is called."""
    return dict(kinds_of_help())[kind]


def day_in_words(site: SiteRow, day: date) -> str:
    """A day as the site writes it: 3 March 2024."""
    return moments_in(site.language, site.timezone).calendar_day(day)


def help_state_in_words(state: HelpState) -> str:
    """What became of an answer, as both read it."""
    words = {
        HelpState.WAITING: _("waits for a yes"),
        HelpState.PROMISED: _("promised"),
        HelpState.KEPT: _("kept"),
        HelpState.ENDED: _("came to nothing"),
        HelpState.DECLINED: _("not this time"),
        HelpState.WITHDRAWN: _("taken back"),
    }
    return words[state]
