"""What became of an export of Disqus: counted, page by page, and named where something was left out."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from app.core.i18n import _
from app.porting.disqus.reading import Unusable


@dataclass(slots=True)
class PageReport:
    """One post of this site that comments came to."""

    path: str
    title: str
    # How it was found, for each thread of Disqus that belongs to it.
    threads: dict[str, str] = field(default_factory=dict)
    in_file: int = 0
    imported: int = 0
    # Here since an earlier run.
    known: int = 0
    # Comments that everybody may read.
    before: int = 0
    after: int = 0
    was_closed: bool = False


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A thread of Disqus whose post is not here, with the comments that are left out with it."""

    line: int
    link: str
    title: str
    comments: int


@dataclass(slots=True)
class DisqusReport:
    """The whole import. Fills up while it runs."""

    source: str
    is_dry_run: bool = False
    threads: int = 0
    comments: int = 0
    imported: int = 0
    known: int = 0
    # Of what was imported: how many are approved, held, spam and removed.
    statuses: dict[str, int] = field(default_factory=dict)
    pages: list[PageReport] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)
    # Answers that begin a conversation of their own.
    cut: list[Unusable] = field(default_factory=list)
    skipped: list[Unusable] = field(default_factory=list)
    # The line at which the file breaks, and why.
    broken_at: int | None = None
    broken: str = ""

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        return asdict(self)

    def as_lines(self) -> Iterator[str]:
        """The same for people: the sums first, then whatever somebody should look at."""
        yield _("Disqus (%s)") % self.source
        if self.is_dry_run:
            yield _("A dry run: nothing was changed.")
        yield from (f"{name:22}{number:>10,}" for name, number in self.table()[1])
        yield from self.facts()
        for head, lines in self.parts():
            yield f"{head}:"
            yield from (f"  {line}" for line in lines)

    def table(self) -> tuple[list[str], list[list[Any]]]:
        """The sums: what the column is of, and a row for each."""
        left = self.comments - self.imported - self.known
        rows = [
            [_("comments in the file"), self.comments],
            [_("imported"), self.imported],
            [_("known"), self.known],
            [_("left out"), left],
            *([f"  {status}", number] for status, number in self.statuses.items()),
        ]
        return [_("comments")], rows

    def facts(self) -> Iterator[str]:
        """What is to be said of the whole."""
        if self.broken_at is not None:
            what = {"line": self.broken_at, "why": self.broken}
            yield _("The file is broken at line %(line)d: %(why)s. Up to there it came in.") % what

    def parts(self) -> Iterator[tuple[str, list[str]]]:
        """Whatever somebody should look at, under its heads; no part is empty."""
        for head, lines in (
            (_("Pages (comments before, after)"), map(_page, self.pages)),
            (_("No such post here"), map(_without_post, self.unmatched)),
            (_("Now at the top of their page"), map(_line, self.cut)),
            (_("Not imported"), map(_line, self.skipped)),
        ):
            if found := list(lines):
                yield head, found


def _page(page: PageReport) -> str:
    how = ", ".join(_(one) for one in dict.fromkeys(page.threads.values()))
    closed = f" – {_('closed, as it was there')}" if page.was_closed else ""
    return f"{page.path} ({how}): {page.before:,} → {page.after:,}{closed}"


def _without_post(one: Unmatched) -> str:
    return f"{_('line %d') % one.line}: {one.link or one.title}: {one.comments:,}"


def _line(one: Unusable) -> str:
    return f"{_('line %d') % one.line}: {one.what}: {one.why}"
