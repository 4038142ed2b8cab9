"""Where files are kept: each appears whole or not at all, under a name that cannot lead out of it."""

import hashlib
import os
import secrets
import time
import unicodedata
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from anyio import open_file, to_thread

from app.core.errors import Invalid
from app.core.i18n import _

# What is still coming in lies here. No file can be named so: names do not begin with a dot.
_INCOMING = ".incoming"
_ABANDONED_SECONDS = 86_400.0
_LONGEST_NAME = 500
_LONGEST_PART = 255
_BLOCK = 1 << 18


@dataclass(frozen=True)
class Incoming:
    """A file that was received whole and has no name yet. `sha256` is in hexadecimal."""

    path: Path
    size: int
    sha256: str
    _keep: Callable[[Path, str], Awaitable[None]]

    async def keep(self, name: str) -> None:
        """Give it its name, in place of any file that had it. Raises Invalid for a bad name."""
        await self._keep(self.path, name)


@dataclass(frozen=True)
class Kept:
    """A file that lies there: what an answer says of it before its first byte."""

    name: str
    size: int
    changed_at: datetime


class Store(Protocol):
    """Files by their names: a folder of this machine, or a bucket of a server."""

    def receive(self, chunks: AsyncIterable[bytes]) -> AbstractAsyncContextManager[Incoming]:
        """Take a file in, out of sight; unless it is kept inside the block, it is gone at its end."""

    async def look(self, name: str) -> Kept | None:
        """What lies there under this name; None for any name that is not a file's."""

    def read(self, name: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes from `start` until before `stop`, a block at a time."""

    async def delete(self, name: str) -> None:
        """Remove a file, if it is there. Raises Invalid for a bad name."""

    def below(self, folder: str) -> AsyncIterator[Kept]:
        """Every file whose name begins with `folder/`, in no order; for an empty `folder` every file."""

    async def tidy(self) -> None:
        """Remove what processes that were killed had begun to take in."""


@dataclass(frozen=True)
class Folder:
    """Files under `root`, named by relative paths with `/` (NFC), such as `2012/01/photo.jpg`."""

    root: Path

    @asynccontextmanager
    async def receive(self, chunks: AsyncIterable[bytes]) -> AsyncIterator[Incoming]:
        """Take a file in, out of sight; unless it is kept inside the block, it is gone at its end."""
        path = await to_thread.run_sync(self._room)
        digest, size = hashlib.sha256(), 0
        try:
            async with await open_file(path, "xb") as file:
                async for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    await file.write(chunk)
                await file.flush()
                await to_thread.run_sync(os.fsync, file.wrapped.fileno())
            yield Incoming(path, size, digest.hexdigest(), self._keep)
        finally:
            _forget(path)

    def find(self, name: str) -> Path | None:
        """Where the file of this name lies; None for any name that is not a file's."""
        try:
            path = self._place(name)
            return path if path.is_file() else None
        except (Invalid, OSError):
            return None

    async def look(self, name: str) -> Kept | None:
        """What lies there under this name; None for any name that is not a file's."""
        return await to_thread.run_sync(self._look, name)

    async def read(self, name: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes from `start` until before `stop`, a block at a time. Raises Invalid, OSError."""
        async with await open_file(self._place(name), "rb") as file:
            await file.seek(start)
            left = stop - start
            while left > 0 and (block := await file.read(min(_BLOCK, left))):
                left -= len(block)
                yield block

    async def below(self, folder: str) -> AsyncIterator[Kept]:
        """Every file whose name begins with `folder/`, in no order; for an empty `folder` every file."""
        for kept in await to_thread.run_sync(self._below, folder):
            yield kept

    async def delete(self, name: str) -> None:
        """Remove a file, if it is there. Raises Invalid for a bad name."""
        await to_thread.run_sync(lambda: self._place(name).unlink(missing_ok=True))

    def put_in_place(self, incoming: Path, name: str) -> None:
        """Rename a received file, for good even if the power fails now. Raises Invalid."""
        place = self._place(name)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            incoming.replace(place)
        except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
            raise Invalid(
                _("This file's name is taken by a folder, or leads through a file.")
            ) from error
        sync_folder(place.parent)

    async def tidy(self) -> None:
        """Remove what processes that were killed had begun to take in."""
        await to_thread.run_sync(self._incoming)

    async def _keep(self, incoming: Path, name: str) -> None:
        await to_thread.run_sync(self.put_in_place, incoming, name)

    def _look(self, name: str) -> Kept | None:
        path = self.find(name)
        if path is None:
            return None
        stat = path.stat()
        return Kept(name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))

    def _below(self, folder: str) -> list[Kept]:
        root = self.root.resolve()
        place = self._place(folder) if folder else root
        names = (path.relative_to(root) for path in place.rglob("*"))
        return [kept for name in names if (kept := self._look(name.as_posix()))]

    def _place(self, name: str) -> Path:
        """The path of a good name. Raises Invalid; also where a symbolic link would lead elsewhere."""
        root = self.root.resolve()
        place = root.joinpath(*checked_name(name).split("/"))
        if os.path.realpath(place) != str(place):
            raise Invalid(_("This file's name leads out of the folder."))
        return place

    def _room(self) -> Path:
        return self._incoming() / secrets.token_hex(16)

    def _incoming(self) -> Path:
        folder = self.root / _INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            if _is_abandoned(old):
                _forget(old)
        return folder


def checked_name(name: str) -> str:
    """The name in NFC, as all names of files are. Raises Invalid where it is no good name."""
    normal = unicodedata.normalize("NFC", name)
    if not is_good_name(normal):
        raise Invalid(_("This file's name can't be used."))
    return normal


def is_good_name(name: str) -> bool:
    """Whether this is a plain relative path.

    No part may be empty or begin with a dot, so neither `..` nor hidden files are ever named.
    """
    parts = name.split("/")
    return not (
        len(name) > _LONGEST_NAME
        or "\\" in name
        or not all(parts)
        or any(part.startswith(".") for part in parts)
        or any(unicodedata.category(character) in ("Cc", "Cs") for character in name)
        or any(len(part.encode()) > _LONGEST_PART for part in parts)
    )


def folder_at(media_url: str, otherwise: Path) -> Folder:
    """The folder that `RAPPORT_MEDIA_URL` names (`file:///…`), or `otherwise` where it is empty.

    Raises ValueError for addresses that are not a folder of this machine.
    """
    if not media_url:
        return Folder(otherwise)
    parts = urlsplit(media_url)
    path = Path(unquote(parts.path))
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not path.is_absolute():
        raise ValueError("RAPPORT_MEDIA_URL must look like file:///var/lib/rapport/uploads")
    return Folder(path)


def _is_abandoned(incoming: Path) -> bool:
    """Whether a file was left by a process that was killed, and not just finished by another."""
    try:
        return incoming.stat().st_mtime < time.time() - _ABANDONED_SECONDS
    except FileNotFoundError:
        return False


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Let names that were just given in it last, even if the power fails now."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
