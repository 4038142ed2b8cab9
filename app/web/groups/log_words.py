"""A group's log in sentences."""

from app.core.i18n import _, marked
from app.groups.logbook import LogEntry

_SAID = {
    "group begun": marked("began this group"),
    "group changed": marked("changed the settings"),
    "group state changed": marked("changed the group to: {state}"),
    "group exported": marked("took away all that is said here, as a file"),
    "group entered": marked("looked in as an owner of the site"),
    "member accepted": marked("let {whom} in"),
    "member declined": marked("did not let {whom} in"),
    "member muted": marked("muted {whom}"),
    "member unmuted": marked("let {whom} write again"),
    "member banned": marked("put {whom} out"),
    "member cleaned up": marked("removed what {whom} wrote here"),
    "ban lifted": marked("lifted the ban of {whom}"),
    "member appointed": marked("made {whom} a {role}"),
    "invitation made": marked("made an invitation for {uses}"),
    "invitation ended": marked("ended an invitation"),
    "resource published": marked("published the file “{title}” of {whom}"),
    "resource retired": marked("retired the file “{title}” of {whom}"),
    "topic pinned": marked("pinned “{title}”"),
    "topic unpinned": marked("unpinned “{title}”"),
    "topic closed": marked("closed “{title}”"),
    "topic opened": marked("opened “{title}” again"),
    "topic moved": marked("moved “{title}” to another group"),
    "topic merged": marked("put “{title}” into another discussion"),
    "topic split": marked("made “{title}” of a part of another discussion"),
    "topic solved": marked("marked “{title}” as solved"),
    "topic unsolved": marked("marked “{title}” as not solved"),
}


def said_of(entry: LogEntry) -> str:
    """What somebody did, to be read behind their name."""
    sentence = _(_SAID.get(entry.what, entry.what))
    facts = {key: str(value) for key, value in entry.after.items() if value is not None}
    words = {"whom": entry.whom or _("somebody"), "state": "", "role": "", "uses": "", "title": ""}
    return sentence.format_map({**words, **facts})
