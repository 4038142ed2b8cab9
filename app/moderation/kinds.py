"""What stands in the queue beside comments, by the name in `Case.kind`, `Report.kind` and the log."""

from enum import StrEnum


class ThingKind(StrEnum):
    """Each has numbers of its own. The names stand in the database: they never change."""

    PROFILE = "profile"
    PROMISE = "promise"
    INTRODUCTION = "introduction"
    MESSAGE = "message"
    RESOURCE = "resource"
    # Somebody asks to join a group: nothing that is reported.
    JOINING = "joining"


# What is reported and is no comment.
REPORTED_KINDS = tuple(kind for kind in ThingKind if kind != ThingKind.JOINING)
