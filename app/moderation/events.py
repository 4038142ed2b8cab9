"""What became of what readers reported."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ReportAnswered(Event):
    """A moderator has decided about what somebody reported."""

    report_id: int
    is_upheld: bool


@dataclass(frozen=True, kw_only=True)
class ReportReopened(Event):
    """The answer to a report was taken back: it waits once more."""

    report_id: int
