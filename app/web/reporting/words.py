"""What kind of thing something is, in a word or two, for who reports it and who decides."""

from app.core.i18n import _
from app.discussions.models import CommentKind
from app.moderation.kinds import ThingKind
from app.moderation.report_models import ReportState


def thing_words(kind: str) -> str:
    """What is reported."""
    words: dict[str, str] = {
        ThingKind.PROFILE: _("Profile"),
        ThingKind.PROMISE: _("Promise"),
        ThingKind.INTRODUCTION: _("Introduction"),
        ThingKind.MESSAGE: _("Message"),
        ThingKind.RESOURCE: _("Resource"),
        ThingKind.JOINING: _("Asks to join"),
    }
    return words.get(kind) or (
        _("Comment") if kind == CommentKind.COMMENT else _("Link from elsewhere")
    )


def state_words(state: ReportState) -> str:
    """What became of a report, for who made it."""
    return {
        ReportState.OPEN: _("Moderators have not decided yet"),
        ReportState.DUPLICATE: _("You had reported this already"),
        ReportState.UPHELD: _("Moderators agreed, and acted upon it"),
        ReportState.DISMISSED: _("Moderators looked at it, and left it"),
    }[state]
