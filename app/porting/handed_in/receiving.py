"""An export on its way in: written to disk as it comes, unpacked where it was packed, and looked at from its start."""

import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from app.core.errors import Invalid, TooLarge
from app.core.i18n import _
from app.core.secrets import new_token
from app.core.storage import Folder
from app.porting.handed_in.models import ImportKind
from app.settings import Settings

# XML packs well; what grows to more than this was made to fill the disk.
_GROWS_AT_MOST = 20
_HEAD = 64 << 10
_PIECE = 1 << 18
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


@dataclass(frozen=True)
class Received:
    """An export that lies in the folder: under which name, with how many bytes, and whose it is."""

    name: str
    size: int
    kind: ImportKind


def exports_folder(settings: Settings) -> Folder:
    """Where exports lie until they are in: beside the uploads, never among them."""
    return Folder(settings.data / "imports")


async def receive_export(settings: Settings, chunks: AsyncIterator[bytes]) -> Received:
    """Take a file in. Raises Invalid for what is plainly no export, TooLarge for what grows without end."""
    most = settings.import_mb << 20
    async with exports_folder(settings).receive(_unpacked(chunks, most * _GROWS_AT_MOST)) as coming:
        kind = await to_thread.run_sync(_kind_of, coming.path)
        name = f"{new_token()}.xml"
        await coming.keep(name)
    return Received(name, coming.size, kind)


async def _unpacked(chunks: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    """The file as it is, or what was packed in it by gzip, up to `most` bytes."""
    start = b""
    async for chunk in chunks:
        start += chunk
        if len(start) >= len(_GZIP):
            break
    whole = _continued(start, chunks)
    async for piece in _from_gzip(whole, most) if start.startswith(_GZIP) else whole:
        yield piece


async def _continued(start: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield start
    async for chunk in chunks:
        yield chunk


async def _from_gzip(chunks: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    unpacking, size = _Gzip(), 0
    try:
        async for chunk in chunks:
            for piece in unpacking.pieces(chunk):
                size += len(piece)
                if size > most:
                    says = _("Unpacked, the file has more than %(most)d MB.")
                    raise TooLarge(says % {"most": most >> 20})
                yield piece
    except zlib.error as error:
        raise Invalid(_("The file is packed by gzip, and can't be unpacked.")) from error
    if not unpacking.is_whole:
        raise Invalid(_("The file is packed by gzip, and its end is missing."))


class _Gzip:
    """Unpacks in pieces of bounded size; several packed files may follow each other (RFC 1952 §2.2)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self.is_whole = False

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        """What this much more of the packed file holds."""
        while packed:
            if self.is_whole:
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            piece = self._member.decompress(packed, _PIECE)
            self.is_whole = self._member.eof
            packed = self._member.unused_data if self.is_whole else self._member.unconsumed_tail
            if piece:
                yield piece


def _kind_of(path: Path) -> ImportKind:
    """Whose export a file begins as. Raises Invalid, in words."""
    with path.open("rb") as file:
        head = file.read(_HEAD).removeprefix(_BOM).lstrip()
    if not head:
        raise Invalid(_("The file is empty."))
    if head.startswith(_ZIP):
        raise Invalid(
            _(
                "This is a ZIP. Unpack it, and hand in the XML file in it. An archive of another Rapport comes into an"
                " empty site alone: “rapport import archive FILE”."
            )
        )
    if not head.startswith((b"<", *_WIDE)):
        raise Invalid(_("This is no XML file: it does not begin with “<”."))
    if head[:200].lower().startswith((b"<!doctype html", b"<html")):
        raise Invalid(_("This is a web page, no export: maybe one that asks to sign in."))
    return ImportKind.DISQUS if b"<disqus" in head else ImportKind.WORDPRESS
