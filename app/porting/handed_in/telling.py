"""What a report says, as it is kept to be read at `/admin/import/`: in the words of the command."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.core.i18n import _
from app.porting.disqus.report import DisqusReport
from app.porting.wordpress.importing.report import Report

# More of one kind than anybody reads; how many more there are is said.
_MOST = 1000
_LONGEST = 600


@dataclass(frozen=True)
class ToldPart:
    """What somebody should look at, of one kind; and how many lines `more` there were."""

    head: str
    lines: Sequence[str]
    more: int


@dataclass(frozen=True)
class ToldReport:
    """A report in words: a table of sums, whose rows begin with what they are of; facts; and parts."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    facts: Sequence[str]
    parts: Sequence[ToldPart]


def told_of(report: Report | DisqusReport) -> dict[str, Any]:
    """A report, to be kept as JSON."""
    heads, rows = report.table()
    told = ToldReport(
        title=report.title if isinstance(report, Report) else _("Disqus"),
        heads=heads,
        rows=rows,
        facts=list(report.facts()),
        parts=[_part(head, lines) for head, lines in report.parts()],
    )
    return asdict(told)


def told_again(kept: Mapping[str, Any]) -> ToldReport:
    """What was kept."""
    return ToldReport(**{**kept, "parts": [ToldPart(**part) for part in kept["parts"]]})


def _part(head: str, lines: Sequence[str]) -> ToldPart:
    kept = [line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …" for line in lines[:_MOST]]
    return ToldPart(head, kept, len(lines) - len(kept))
