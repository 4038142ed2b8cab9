"""Looks at every row of an archive before the first one is written: its form, its key, and what it names."""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint

from app.core.errors import Invalid
from app.core.i18n import _
from app.core.secrets import Secrets
from app.porting.archive.cleaning import cleaned
from app.porting.archive.contents import CARRIED, Carried
from app.porting.archive.opening import ArchiveFile, wrong_line
from app.porting.archive.shapes import Row, read_row


def rows_in(archive: ArchiveFile, carried: Carried, secrets: Secrets) -> Iterator[tuple[int, Row]]:
    """The rows of a table as they may be kept, with their lines. Raises Invalid, naming the line."""
    for number, line in archive.lines(carried.file):
        try:
            yield number, cleaned(carried, read_row(carried, line), secrets)
        except ValueError as error:
            raise wrong_line(carried.file, number, error) from error


def check_rows(archive: ArchiveFile, secrets: Secrets) -> Iterator[tuple[str, int]]:
    """Look at everything; gives each table with the number of its rows. Raises Invalid for the first mistake.

    Of each row its numbers alone are kept: some bytes.
    """
    seen: dict[str, _Ids] = {}
    for carried in CARRIED:
        table = _Table(carried, seen)
        for number, row in rows_in(archive, carried, secrets):
            table.look_at(number, row)
        table.finish()
        yield carried.table.name, table.rows


@dataclass(slots=True)
class _Ids:
    """The ids of a table, in rising order, and beside each what it answers or stands under; 0: nothing."""

    ids: "array[int]" = field(default_factory=lambda: array("q"))
    above: "array[int]" = field(default_factory=lambda: array("q"))

    def at(self, wanted: int) -> int | None:
        """Where an id stands; None if it is not there."""
        place = bisect_left(self.ids, wanted)
        return place if place < len(self.ids) and self.ids[place] == wanted else None


class _Table:
    """What is known of a table's rows while they go by."""

    def __init__(self, carried: Carried, seen: dict[str, _Ids]) -> None:
        self._carried = carried
        self._seen = seen
        self._own = seen[carried.table.name] = _Ids()
        self._key = [column.name for column in carried.key]
        self._last: tuple[Any, ...] | None = None
        self._links = list(_links(carried))
        # What names a row further down: looked up at the end.
        self._later: list[tuple[int, int]] = []
        self._hashes = [(names, array("Q")) for names in _unique(carried)]
        self.rows = 0

    def look_at(self, line: int, row: Row) -> None:
        """Raises Invalid where it can't be kept beside those before it."""
        self.rows += 1
        key = tuple(row[name] for name in self._key)
        if self._last is not None and key <= self._last:
            raise self._wrong(line, _("its key must be higher than that of the row before"))
        self._last = key
        above = 0
        for column, table in self._links:
            wanted = row[column]
            if wanted is None:
                continue
            if table == self._carried.table.name:
                above = wanted
                if wanted >= key[0]:
                    self._later.append((line, wanted))
                    continue
            self._require(line, column, table, wanted)
        if self._key == ["id"]:
            self._own.ids.append(row["id"])
            self._own.above.append(above)
        for names, hashes in self._hashes:
            values = [row[name] for name in names]
            if None not in values:
                digest = hashlib.blake2b(repr(values).encode("utf-8"), digest_size=8).digest()
                hashes.append(int.from_bytes(digest, "big"))

    def finish(self) -> None:
        """Look at what only the last row decides. Raises Invalid."""
        for line, wanted in self._later:
            self._require(line, self._carried.table.name, self._carried.table.name, wanted)
        if self._later:
            self._refuse_rings()
        for names, hashes in self._hashes:
            ordered = sorted(hashes)
            if any(one == other for one, other in pairwise(ordered)):
                what = {"file": self._carried.file, "names": ", ".join(names)}
                raise Invalid(_("%(file)s: two rows have the same %(names)s.") % what)

    def _require(self, line: int, column: str, table: str, wanted: int) -> None:
        if self._seen[table].at(wanted) is None:
            message = _("%(column)s: there is no row %(id)d in %(table)s.jsonl")
            raise self._wrong(line, message % {"column": column, "id": wanted, "table": table})

    def _refuse_rings(self) -> None:
        """Whoever goes up from any row must arrive: a ring needs a row that names one further down."""
        settled: set[int] = set()
        for _line, wanted in self._later:
            trail: set[int] = set()
            at = wanted
            while at and at not in settled:
                if at in trail:
                    what = {"file": self._carried.file, "id": at}
                    raise Invalid(_("%(file)s: row %(id)d stands under itself.") % what)
                trail.add(at)
                place = self._own.at(at)
                at = 0 if place is None else self._own.above[place]
            settled |= trail

    def _wrong(self, line: int, why: str) -> Invalid:
        return wrong_line(self._carried.file, line, why)


def _links(carried: Carried) -> Iterator[tuple[str, str]]:
    """Columns that name a row, each with its table."""
    for column in carried.columns:
        for key in column.foreign_keys:
            assert isinstance(key, ForeignKey)
            yield column.name, key.column.table.name


def _unique(carried: Carried) -> list[Sequence[str]]:
    """Which columns, taken together, no two rows may share; the key is told apart by its order."""
    found: list[Sequence[Column[Any]]] = [[c] for c in carried.columns if c.unique]
    for constraint in carried.table.constraints:
        if isinstance(constraint, UniqueConstraint):
            found.append(list(constraint.columns))
    for index in carried.table.indexes:
        if isinstance(index, Index) and index.unique and not _is_partial(index):
            found.append([column for column in index.columns if isinstance(column, Column)])
    names = {tuple(column.name for column in columns) for columns in found}
    return [one for one in sorted(names) if not set(one) & set(carried.without)]


def _is_partial(index: Index) -> bool:
    return index.dialect_options["sqlite"].get("where") is not None
