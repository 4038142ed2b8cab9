"""What became of an archive: counted, and named where something was left out."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from app.core.i18n import _


@dataclass(slots=True)
class ArchiveReport:
    """The whole import. Fills up while it runs."""

    source: str
    title: str = ""
    url: str = ""
    made_by: str = ""
    is_dry_run: bool = False
    # It was brought in before: nothing was changed.
    was_here: bool = False
    # Rows by table.
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    # Files the archive's own site did not have, and files that were not taken, with the reason.
    files_missing: list[str] = field(default_factory=list)
    files_left_out: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        return asdict(self)

    def as_lines(self) -> Iterator[str]:
        """The same for people."""
        yield f"{self.title} ({self.url}, {self.made_by}, {self.source})"
        if self.is_dry_run:
            yield _("A dry run: nothing was changed. The archive is sound.")
        if self.was_here:
            yield _("This archive was brought in before: nothing was added.")
        for table, number in self.rows.items():
            if number:
                yield f"{table:26}{number:>10,}"
        yield f"{_('files'):26}{self.files:>10,}"
        if self.files_missing:
            yield _("Not in the archive, as its site did not have them:")
            yield from (f"  {path}" for path in self.files_missing)
        if self.files_left_out:
            yield _("Files that were not taken:")
            yield from (f"  {path}: {why}" for path, why in self.files_left_out.items())
        if self.rows.get("users") and not (self.is_dry_run or self.was_here):
            yield _("Passwords stay behind: people choose a new one by mail, owners also with")
            yield "  rapport user password EMAIL"
