"""Reads a whole backup before anything of it is used, and says by name what is wrong with it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import Invalid
from app.core.storage import is_good_name
from app.porting.backup.archive import (
    MANIFEST,
    SEAL,
    Member,
    Opened,
    Reader,
    check_manifest,
    check_seal,
)
from app.porting.backup.manifest import (
    HEAD,
    MOST_OF_HEAD,
    MOST_OF_MANIFEST,
    MOST_OF_SECRET,
    ROWS,
    SECRET,
    Head,
    Manifest,
    member_of_file,
    member_of_rows,
    read_head,
    read_manifest,
)
from app.porting.backup.rows import MOST_PACKED, unpacked

_SEAL_SIZE = 1 << 10


@dataclass(frozen=True)
class Checked:
    """A backup that is whole. `sealed` is the digest that names it."""

    path: Path
    size: int
    head: Head
    manifest: Manifest
    sealed: str


@dataclass
class _Found:
    """What lies in the file, as it was read."""

    members: list[Member]
    rows: Counter[str]
    head: Head | None = None
    manifest: bytes = b""
    seal: bytes = b""

    def opened(self, member: Opened) -> None:
        """Read one member. Raises Invalid."""
        if not self.members:
            self._begin(member)
        elif member.name == MANIFEST:
            self.manifest = member.whole(MOST_OF_MANIFEST)
        elif member.name == SEAL:
            self.seal = member.whole(_SEAL_SIZE)
        elif member.name.startswith(ROWS):
            self._count(member)
        elif member.name == SECRET:
            member.whole(MOST_OF_SECRET)
        self.members.append(member.finished())

    def _begin(self, member: Opened) -> None:
        if member.name != HEAD:
            raise Invalid("This is no backup of Rapport.")
        self.head = read_head(member.whole(MOST_OF_HEAD))

    def _count(self, member: Opened) -> None:
        table = member.name.split("/")[1]
        self.rows[table] += len(unpacked(member.whole(MOST_PACKED), member.name))


def check_backup(path: Path, told: Callable[[int, int], None]) -> Checked:
    """Read a backup from end to end, told how far it is. Raises Invalid, naming what is wrong; OSError."""
    size = path.stat().st_size
    found = _Found([], Counter())
    with path.open("rb") as file:
        reader = Reader(file)
        for member in reader.members():
            found.opened(member)
            told(reader.place, size)
        sealed = reader.sealed
    if found.head is None or [m.name for m in found.members[-2:]] != [MANIFEST, SEAL]:
        raise Invalid(f"The backup is damaged: {MANIFEST} is not there.")
    check_manifest(found.seal, found.manifest)
    manifest = read_manifest(found.manifest)
    _check_members(manifest, found.members[:-2])
    _check_rows(manifest, found.head, found.rows)
    _check_files(manifest)
    check_seal(found.seal, found.manifest, sealed)
    return Checked(path, size, found.head, manifest, sealed)


def _check_members(manifest: Manifest, found: list[Member]) -> None:
    for wanted, member in zip(manifest.members, found, strict=False):
        if wanted.name != member.name:
            raise Invalid(f"The backup is refused: {member.name} lies where {wanted.name} belongs.")
        if not wanted.is_like(member):
            raise Invalid(f"The backup is damaged: {member.name} is not as it was written.")
    if missing := manifest.members[len(found) :]:
        raise Invalid(f"The backup is refused: {missing[0].name} is missing.")
    if added := found[len(manifest.members) :]:
        raise Invalid(f"The backup is refused: nobody knows of {added[0].name}.")


def _check_rows(manifest: Manifest, head: Head, counted: Counter[str]) -> None:
    if manifest.rows.keys() != head.tables.keys():
        raise Invalid(f"The backup is refused: {HEAD} and {MANIFEST} name different tables.")
    for table in sorted(counted.keys() | manifest.rows.keys()):
        if counted[table] != manifest.rows.get(table):
            raise Invalid(f"The backup is refused: {table} has another number of rows.")


def _check_files(manifest: Manifest) -> None:
    """Every member is one that a backup has, in its place, and every file has a name of its own."""
    names = [file.name for file in manifest.files]
    for file in manifest.files:
        if not is_good_name(file.name):
            raise Invalid(f"The backup is refused: {file.member} would be kept as “{file.name}”.")
    folders = {name[:at] for name in names for at, sign in enumerate(name) if sign == "/"}
    if len(set(names)) < len(names) or not folders.isdisjoint(names):
        raise Invalid("The backup is refused: two of its files would lie in the same place.")
    wanted = [HEAD, *_parts_of_tables(manifest)]
    wanted += [SECRET] * any(member.name == SECRET for member in manifest.members)
    wanted += [member_of_file(number) for number in range(1, len(names) + 1)]
    there = [member.name for member in manifest.members]
    if there != wanted or [file.member for file in manifest.files] != wanted[-len(names) :] * bool(
        names
    ):
        raise Invalid(f"The backup is refused: its members are not those that {MANIFEST} names.")


def _parts_of_tables(manifest: Manifest) -> list[str]:
    parts = Counter(
        member.name.split("/")[1] for member in manifest.members if member.name.startswith(ROWS)
    )
    return [
        member_of_rows(table, number)
        for table in sorted(parts)
        for number in range(1, parts[table] + 1)
    ]
