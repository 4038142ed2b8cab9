"""What badges, audiences, kinds of words and figures are called."""

from app.core.i18n import _, marked, ngettext
from app.groups.profiles.models import Audience, Badge, WordKind
from app.networking.figures.models import SHOWN_FROM, Figure, MemberFigures, Shown

_BADGES = {
    Badge.NONE: marked("None"),
    Badge.RECRUITER: marked("Recruiter"),
    Badge.AGENCY: marked("Works at an agency"),
    Badge.EMPLOYER: marked("Hires for their own company"),
    Badge.COACH: marked("Career coach"),
    Badge.MENTOR: marked("Mentor"),
    Badge.FREELANCER: marked("Freelancer"),
    Badge.FOUNDER: marked("Founder"),
    Badge.LOOKING: marked("Looking for work"),
    Badge.STUDENT: marked("Student"),
    Badge.RETIRED: marked("Retired"),
}
_AUDIENCES = {
    Audience.PUBLIC: marked("Everybody"),
    Audience.MEMBERS: marked("Members"),
    Audience.GROUPS: marked("My groups"),
    Audience.ME: marked("Only me"),
}
_KINDS = {
    WordKind.PLACE: marked("Places"),
    WordKind.CAN_HELP: marked("Can help with"),
    WordKind.LOOKING_FOR: marked("Looking for"),
}

_FIGURES = {
    Figure.PROMISES: marked("Promises kept, and the mark “Follows through”"),
    Figure.TALKS: marked("Introductions that led to a talk"),
    Figure.ASKS: marked("Asks met"),
    Figure.THANKS: marked("People who thanked you"),
}


def badge_name(badge: Badge) -> str:
    """A badge in words."""
    return _(_BADGES[badge])


def audience_name(audience: Audience) -> str:
    """Who sees a piece, in words."""
    return _(_AUDIENCES[audience])


def kind_name(kind: WordKind) -> str:
    """What words of a kind are about."""
    return _(_KINDS[kind])


def figure_name(figure: Figure) -> str:
    """What its owner knows a figure by."""
    return _(_FIGURES[figure])


def figures_in_words(shown: Shown) -> list[str]:
    """What a profile says of its owner: a line for each figure that is shown."""
    return [_figure_in_words(figure, number) for figure, number in shown.numbers.items()]


def what_becomes_of(figures: MemberFigures, figure: Figure) -> str:
    """Who sees a figure, for its owner."""
    if figure in figures.shown.numbers:
        return _("Your page shows it.")
    if figure in figures.switched_on:
        says = _("Your page shows it from %(number)s on.")
    else:
        says = _("You alone see it. If you tick it, your page shows it from %(number)s on.")
    return says % {"number": SHOWN_FROM[figure]}


def _figure_in_words(figure: Figure, number: int) -> str:
    match figure:
        case Figure.PROMISES:
            says = ngettext("%(num)d promise kept", "%(num)d promises kept", number)
        case Figure.TALKS:
            says = ngettext(
                "%(num)d introduction that led to a talk",
                "%(num)d introductions that led to a talk",
                number,
            )
        case Figure.ASKS:
            says = ngettext("%(num)d ask met", "%(num)d asks met", number)
        case Figure.THANKS:
            says = ngettext("Thanked by %(num)d person", "Thanked by %(num)d people", number)
    return says % {"num": number}
