"""Opens an archive somebody hands in, and believes nothing of it: names, sizes and sums are all looked at.

Nothing is unpacked into a folder. Each file is read as a stream, and no further than its line in
the manifest says.
"""

import hashlib
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.errors import Invalid
from app.core.i18n import _
from app.core.storage import is_good_name
from app.porting.archive.contents import CARRIED
from app.porting.archive.manifest import (
    MANIFEST,
    MEDIA_FOLDER,
    MEDIA_LIST,
    Manifest,
    read_manifest,
)
from app.porting.archive.shapes import LONGEST_LINE

_BLOCK = 1 << 18
_LARGEST_MANIFEST = 4 << 20
# Rows are pressed to a tenth, zeros to a thousandth.
_PRESSED_AT_MOST = 200
_SMALL = 64 << 20
_ENCRYPTED = 1
# What `zipfile` raises on damaged files, all of it seen.
_DAMAGE = (
    BadZipFile, LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError,
)  # fmt: skip


class MediaLine(BaseModel):
    """A line of `media.jsonl`: a file that came along, or one that was not there."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    path: str = Field(max_length=500)
    bytes: int = Field(0, ge=0)
    sha256: str = Field("", max_length=64)
    missing: bool = False


class ArchiveFile:
    """An archive that was found to be one; what its files say is still to be checked."""

    def __init__(self, archive: ZipFile, manifest: Manifest, digest: str) -> None:
        self._archive = archive
        self.manifest = manifest
        # Of the manifest: it has the sums of everything else, so it names the archive.
        self.digest = digest

    def lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        """The lines of a file with their numbers; none where the archive has no such file.

        Raises Invalid where it is damaged, or a line is longer than any row.
        """
        if name not in self.manifest.files:
            return
        number = 0
        with _damage_told(name), self._archive.open(name) as file:
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise wrong_line(name, number, _("the line is longer than 64 MB"))
                yield number, line

    def media(self) -> Iterator[tuple[int, MediaLine]]:
        """The files that came along, and those that did not. Raises Invalid."""
        for number, line in self.lines(MEDIA_LIST):
            try:
                found = MediaLine.model_validate_json(line)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
                raise wrong_line(MEDIA_LIST, number, why) from error
            if not is_good_name(found.path):
                raise wrong_line(MEDIA_LIST, number, _("the name “%s” can't be used") % found.path)
            yield number, found

    async def blocks(self, path: str) -> AsyncIterator[bytes]:
        """A file that came along. Raises Invalid where it is damaged."""
        name = MEDIA_FOLDER + path
        with _damage_told(name), self._archive.open(name) as file:
            while block := file.read(_BLOCK):
                yield block

    def check_sums(self) -> Iterator[int]:
        """Read everything once and compare; gives the bytes read so far. Raises Invalid."""
        done = 0
        for name, sums in self.manifest.files.items():
            yield from self._check(name, sums.bytes, sums.sha256, done)
            done += sums.bytes
        for number, found in self.media():
            if found.missing:
                continue
            name = MEDIA_FOLDER + found.path
            if name not in self._archive.NameToInfo:
                raise wrong_line(MEDIA_LIST, number, _("%s is not in the archive") % name)
            yield from self._check(name, found.bytes, found.sha256, done)
            done += found.bytes
        self._check_nothing_else()

    def _check(self, name: str, size: int, sha256: str, done: int) -> Iterator[int]:
        digest, read = hashlib.sha256(), 0
        with _damage_told(name), self._archive.open(name) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                read += len(block)
                if read > size:
                    break
                yield done + read
        if read != size or digest.hexdigest() != sha256:
            raise Invalid(_("%s was altered: it is not what the archive was made with.") % name)

    def _check_nothing_else(self) -> None:
        known = {MANIFEST, *self.manifest.files}
        known |= {MEDIA_FOLDER + found.path for _number, found in self.media()}
        for name in self._archive.NameToInfo:
            if name not in known and not name.endswith("/"):
                raise Invalid(_("“%s” does not belong into the archive.") % name[:200])


@contextmanager
def opened_archive(source: Path) -> Iterator[ArchiveFile]:
    """The archive in this file. Raises Invalid where there is none, or it is foreign, damaged or too new."""
    if not source.is_file():
        raise Invalid(_("There is no file %s.") % source)
    try:
        archive = ZipFile(source)
    except _DAMAGE as error:
        message = _("%(file)s is no Rapport archive, or it is damaged: %(why)s.")
        raise Invalid(message % {"file": source, "why": error}) from error
    with archive:
        _check_entries(archive)
        content = _manifest_of(archive)
        manifest = read_manifest(content)
        _check_files(archive, manifest)
        yield ArchiveFile(archive, manifest, hashlib.sha256(content).hexdigest())


def _manifest_of(archive: ZipFile) -> bytes:
    if MANIFEST not in archive.NameToInfo:
        raise Invalid(_("This is a ZIP, but no Rapport archive: %s is not in it.") % MANIFEST)
    if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise Invalid(_("%s is larger than any of ours.") % MANIFEST)
    with _damage_told(MANIFEST):
        return archive.read(MANIFEST)


def _check_entries(archive: ZipFile) -> None:
    if len(archive.filelist) != len(archive.NameToInfo):
        raise Invalid(_("Two files in the archive have the same name."))
    for info in archive.filelist:
        if info.flag_bits & _ENCRYPTED:
            raise Invalid(_("“%s” is encrypted. Archives are not.") % info.filename[:200])
        if _is_bomb(info):
            raise Invalid(
                _("“%s” would be far larger than it pretends to be.") % info.filename[:200]
            )


def _is_bomb(info: ZipInfo) -> bool:
    return info.file_size > max(_SMALL, info.compress_size * _PRESSED_AT_MOST)


def _check_files(archive: ZipFile, manifest: Manifest) -> None:
    known = {carried.file for carried in CARRIED} | {MEDIA_LIST}
    for name in manifest.files:
        if name not in known:
            message = _(
                "The archive holds “%s”, which this version does not know. Install a newer one."
            )
            raise Invalid(message % name[:200])
        if name not in archive.NameToInfo:
            raise Invalid(_("%s is missing from the archive.") % name)


@contextmanager
def _damage_told(name: str) -> Iterator[None]:
    try:
        yield
    except Invalid:
        raise
    except _DAMAGE as error:
        message = _("%(file)s is damaged: %(why)s.")
        raise Invalid(message % {"file": name, "why": error}) from error


def wrong_line(file: str, line: int, why: object) -> Invalid:
    """What is raised for a line that can't be used."""
    return Invalid(
        _("%(file)s, line %(line)d: %(why)s.") % {"file": file, "line": line, "why": why}
    )
