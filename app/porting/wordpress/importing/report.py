"""What became of everything in an export: counted, and named where something was left out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from app.core.i18n import _
from app.porting.wordpress.reading.decoding import Notice
from app.porting.wordpress.reading.values import Skipped

KINDS = ("authors", "categories", "tags", "uploads", "posts", "pages", "comments")


@dataclass(slots=True)
class Count:
    """How many of a kind the file holds, and what became of them."""

    in_file: int = 0
    imported: int = 0
    # Here since an earlier run.
    known: int = 0
    skipped: int = 0


@dataclass(slots=True)
class PostReport:
    """One post or page of the file."""

    line: int
    title: str
    kind: str
    # Its number in WordPress.
    old_id: int | None
    outcome: str = "imported"
    status: str = ""
    path: str = ""
    comments: Count = field(default_factory=Count)
    remarks: list[str] = field(default_factory=list)
    left_shortcodes: tuple[str, ...] = ()
    dropped_blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorReport:
    """An author of the file and who that is here; `how`: added, found by login or e-mail, placeholder."""

    login: str
    name: str
    how: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """An upload whose file could not be brought along."""

    path: str
    source_url: str
    because: str


@dataclass(slots=True)
class Report:
    """The whole import. Fills up while it runs."""

    source: str
    is_dry_run: bool = False
    title: str = ""
    wxr_version: str = ""
    permalinks: str = ""
    authors: list[AuthorReport] = field(default_factory=list)
    counts: dict[str, Count] = field(default_factory=lambda: {kind: Count() for kind in KINDS})
    posts: list[PostReport] = field(default_factory=list)
    # Menu entries, plug-ins' own types, revisions: by WordPress's name for them.
    left_out_types: Counter[str] = field(default_factory=Counter)
    left_out_taxonomies: Counter[str] = field(default_factory=Counter)
    redirects: int = 0
    files_stored: int = 0
    files_missing: list[FileReport] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    # What was decided or written here since it came, and stands: in words.
    kept: list[str] = field(default_factory=list)

    def count(self, kind: str) -> Count:
        """The count of one of KINDS."""
        return self.counts[kind]

    def skip(self, line: int, what: str, why: str) -> None:
        """Name something that was left out."""
        self.skipped.append(Skipped(line, what, why))

    def keep(self, post: PostReport, words: Sequence[str]) -> None:
        """Say of a post what is otherwise here than in the file, and was left so."""
        if words:
            told = f"“{post.title or _('(no title)')}”: {'; '.join(words)}"
            self.kept.append(f"{_at(post.line)}: {told}")

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        return asdict(self) | {
            "left_shortcodes": dict(self._tally("left_shortcodes")),
            "dropped_blocks": dict(self._tally("dropped_blocks")),
        }

    def as_lines(self) -> Iterator[str]:
        """The same for people: the sums first, then whatever somebody should look at."""
        yield f"{self.title} (WXR {self.wxr_version or '?'}, {self.source})"
        if self.is_dry_run:
            yield _("A dry run: nothing was changed.")
        heads, rows = self.table()
        yield f"{'':14}" + "".join(f"{head:>10}" for head in heads)
        for kind, *numbers in rows:
            yield f"{kind:14}" + "".join(f"{number:>10,}" for number in numbers)
        yield from self.facts()
        for head, lines in self.parts():
            yield ""
            yield f"{head}:"
            yield from (f"  {line}" for line in lines)

    def table(self) -> tuple[list[str], list[list[Any]]]:
        """The sums: what the columns are of, and a row for each kind there is any of."""
        heads = [_("in file"), _("imported"), _("known"), _("skipped")]
        rows = [
            [kind, count.in_file, count.imported, count.known, count.skipped]
            for kind, count in self.counts.items()
            if count.in_file
        ]
        return heads, rows

    def facts(self) -> Iterator[str]:
        """What is to be said of the whole."""
        yield _("Permalinks: %s") % (self.permalinks or _("each as it was"))
        if self.redirects:
            yield _("Redirects from old slugs: %d") % self.redirects
        if self.files_stored:
            yield _("Files brought along: %d") % self.files_stored

    def parts(self) -> Iterator[tuple[str, list[str]]]:
        """Whatever somebody should look at, under its heads; no part is empty."""
        files = (f"{f.path}: {f.because}" for f in self.files_missing)
        every: tuple[tuple[str, Iterator[str]], ...] = (
            (_("Authors"), (f"{a.login}: {a.name} ({a.how})" for a in self.authors)),
            (_("Left out, as they have no place here"), self._types()),
            (_("Shortcodes left as typed"), _times(self._tally("left_shortcodes"))),
            (_("Blocks left out"), _times(self._tally("dropped_blocks"))),
            (_("Posts to look at"), self._remarked()),
            (_("Left as it is here"), iter(self.kept)),
            (_("Mended"), (f"{_at(n.line)}: {n.what}" for n in self.notices)),
            (_("Not imported"), (f"{_at(s.line)}: {s.what}: {s.why}" for s in self.skipped)),
            (_("Files not found"), files),
        )
        for head, lines in every:
            if found := list(lines):
                yield head, found

    def _types(self) -> Iterator[str]:
        yield from _times(self.left_out_types)
        yield from _times(self.left_out_taxonomies)

    def _remarked(self) -> Iterator[str]:
        for post in self.posts:
            remarks = list(post.remarks)
            if post.comments.skipped:
                numbers = {"skipped": post.comments.skipped, "all": post.comments.in_file}
                remarks.append(_("%(skipped)d of %(all)d comments are left out") % numbers)
            if remarks:
                yield f"{_at(post.line)}: “{post.title or _('(no title)')}”: {'; '.join(remarks)}"

    def _tally(self, names: str) -> Counter[str]:
        return Counter(name for post in self.posts for name in getattr(post, names))


def _at(line: int) -> str:
    return _("line %d") % line


def _times(counter: Counter[str]) -> Iterator[str]:
    yield from (f"{name} × {number}" for name, number in counter.most_common())
