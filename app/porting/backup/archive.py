"""The form of a backup: a tar file (ustar) of plain members, the last of which is a seal over all before it.

Read with care, as it may be cut, altered or made by somebody with bad intentions: only regular
members are known, nothing is held but the block at hand, and no name in it ever becomes a path.
"""

import hashlib
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from app.core.errors import Invalid

MANIFEST, SEAL = "manifest.json", "seal"
_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1 << 18
# Two empty blocks end an archive (POSIX.1-2017, pax, "ustar Interchange Format").
_END = bytes(2 * _BLOCK)


@dataclass(frozen=True)
class Member:
    """What was written under a name: its size in bytes, and its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


class Writer:
    """Writes one member after the other, each straight to the file."""

    def __init__(self, file: BinaryIO, at: datetime) -> None:
        self._file = file
        self._at = at
        self._all = hashlib.sha256()
        self.size = 0

    def add(self, name: str, size: int, blocks: Iterable[bytes]) -> Member:
        """Write a member of exactly `size` bytes. Raises OSError, ValueError for another size."""
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, int(self._at.timestamp()), 0o600
        # GNU's only where a file has more than 8 GB, which ustar has no digits for.
        self._write(info.tobuf(tarfile.GNU_FORMAT, "ascii", "strict"))
        digest, written = hashlib.sha256(), 0
        for block in blocks:
            digest.update(block)
            written += len(block)
            self._write(block)
        if written != size:
            raise ValueError(f"{name} has {written} bytes, not {size}")
        self._write(bytes(-size % _BLOCK))
        return Member(name, size, digest.hexdigest())

    def seal(self, manifest: bytes) -> str:
        """Write the manifest, and the seal that ends the file; the digest of all before the seal."""
        self.add(MANIFEST, len(manifest), (manifest,))
        digest = self._all.hexdigest()
        seal = _seal(digest, manifest)
        self.add(SEAL, len(seal), (seal,))
        self._write(_END)
        return digest

    def _write(self, block: bytes) -> None:
        self._all.update(block)
        self.size += len(block)
        self._file.write(block)


class Opened:
    """A member as it is read: its bytes must be taken before the next one is asked for."""

    def __init__(self, name: str, size: int, reader: "Reader") -> None:
        self.name = name
        self.size = size
        self._reader = reader
        self._digest = hashlib.sha256()
        self._left = size

    def blocks(self) -> Iterator[bytes]:
        """What is in it, a block at a time. Raises Invalid where the file ends within it."""
        while self._left:
            block = self._reader.take(min(_CHUNK, self._left), f"in {self.name}")
            self._left -= len(block)
            self._digest.update(block)
            yield block

    def whole(self, most: int) -> bytes:
        """All of it. Raises Invalid where it is larger than `most`, before it is read."""
        if self.size > most:
            raise Invalid(f"The backup is refused: {self.name} is larger than it may be.")
        return b"".join(self.blocks())

    def finished(self) -> Member:
        """Read what is left of it, and say what it was."""
        for _block in self.blocks():
            pass
        return Member(self.name, self.size, self._digest.hexdigest())


class Reader:
    """Reads member by member up to the seal. `sealed` is the digest of what came before the last one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._all = hashlib.sha256()
        self.sealed = ""
        self.place = 0

    def members(self) -> Iterator[Opened]:
        """Every member in order, the seal as the last. Raises Invalid naming where the file is wrong."""
        after = "at its beginning"
        while True:
            self.sealed = self._all.hexdigest()
            opened = self._open(self.take(_BLOCK, after), after)
            yield opened
            opened.finished()
            after = f"after {opened.name}"
            if any(self.take(-opened.size % _BLOCK, f"in {opened.name}")):
                raise Invalid(f"The backup is damaged {after}.")
            if opened.name == SEAL:
                self._end()
                return

    def take(self, size: int, where: str) -> bytes:
        """The next bytes. Raises Invalid where there are fewer."""
        block = self._file.read(size)
        if len(block) < size:
            raise Invalid(f"The backup is not whole: it was cut off {where}.")
        self._all.update(block)
        self.place += size
        return block

    def _open(self, header: bytes, after: str) -> Opened:
        try:
            info = tarfile.TarInfo.frombuf(header, "ascii", "strict")
        except (tarfile.HeaderError, ValueError) as error:
            raise Invalid(f"The backup is damaged {after}.") from error
        if info.type != tarfile.REGTYPE or info.size < 0:
            raise Invalid(f"The backup is refused: {info.name} is no plain file.")
        return Opened(info.name, info.size, self)

    def _end(self) -> None:
        if self.take(len(_END), f"after {SEAL}") != _END or self._file.read(1):
            raise Invalid("The backup is refused: something follows after its seal.")


def check_manifest(seal: bytes, manifest: bytes) -> None:
    """Raise Invalid unless the seal was made for this manifest: then its words can be taken."""
    if not seal.endswith(_seal("", manifest)):
        raise Invalid(f"The backup is damaged: {MANIFEST} or {SEAL} is not as it was written.")


def check_seal(seal: bytes, manifest: bytes, digest: str) -> None:
    """Raise Invalid unless the seal was made for everything before it, the gaps included."""
    if seal != _seal(digest, manifest):
        raise Invalid(f"The backup is damaged: {SEAL} does not fit to what comes before it.")


def _seal(digest: str, manifest: bytes) -> bytes:
    return f"{digest}\n{hashlib.sha256(manifest).hexdigest()}\n".encode("ascii")
