"""What badges, audiences and kinds of words are called."""

from app.core.i18n import _, marked
from app.groups.profiles.models import Audience, Badge, WordKind

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


def badge_name(badge: Badge) -> str:
    """A badge in words."""
    return _(_BADGES[badge])


def audience_name(audience: Audience) -> str:
    """Who sees a piece, in words."""
    return _(_AUDIENCES[audience])


def kind_name(kind: WordKind) -> str:
    """What words of a kind are about."""
    return _(_KINDS[kind])
