"""What a file in the library is and may be called: its ending agrees with its bytes. No archive is opened."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import Invalid
from app.core.i18n import _
from app.core.text import one_line
from app.media.files import ANY_BYTES, SHOWN_INLINE, nature_of
from app.media.names import safe_name

PLAIN = "text/plain; charset=utf-8"

_BLOCK = 1 << 20
_HEAD = 512
# Endings of what browsers show or play, by what it is.
_SHOWN = {
    "image/jpeg": ("jpg", "jpeg"), "image/png": ("png",), "image/gif": ("gif",),
    "image/webp": ("webp",), "image/avif": ("avif",), "image/bmp": ("bmp",),
    "application/ogg": ("ogg", "oga", "ogv"), "audio/ogg": ("ogg", "oga"), "video/ogg": ("ogv", "ogg"),
    "audio/flac": ("flac",), "audio/mp4": ("m4a", "mp4"), "audio/mpeg": ("mp3",),
    "audio/wav": ("wav",), "video/mp4": ("mp4", "m4v", "m4a"), "video/quicktime": ("mov",),
    "video/webm": ("webm",), "application/pdf": ("pdf",),
}  # fmt: skip
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
# Archives in the manner of ZIP: what they hold is nobody's business but the reader's.
_ZIPPED = {
    "zip": "application/zip", "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet", "pptx": f"{_OFFICE}presentationml.presentation",
    "odt": f"{_OPEN}text", "ods": f"{_OPEN}spreadsheet", "odp": f"{_OPEN}presentation",
    "epub": "application/epub+zip",
}  # fmt: skip
# The first entry of these says what they are, at the same place in each.
_SAYS_ITSELF = {"odt", "ods", "odp", "epub"}
_OLD_OFFICE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}
_PLAIN = {"txt": PLAIN, "md": PLAIN, "csv": PLAIN, "ics": PLAIN}
# Text that some program would act on: handed out as bytes of no kind.
_MARKED_UP = {"svg", "xml", "json", "opml", "rtf"}
ENDINGS = frozenset(
    ending
    for endings in (*_SHOWN.values(), _ZIPPED, _OLD_OFFICE, _PLAIN, _MARKED_UP, ("gz", "tgz"))
    for ending in endings
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_MARKS_OF_TEXT = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class Accepted:
    """A file that is what its name says; `mime` is what it is handed out as."""

    file_name: str
    mime: str


def accept(path: Path, given_name: str) -> Accepted:
    """Look at a file that came in under a name. Raises Invalid where the two do not agree."""
    stem, ending = safe_name(given_name)
    if ending not in ENDINGS:
        raise _refused(given_name)
    mime = _mime_of(path, ending)
    if mime is None:
        raise _refused(given_name)
    return Accepted(f"{stem}.{ending}", mime)


def _refused(name: str) -> Invalid:
    detail = _("“%(name)s” is not what its name says, or nothing that is taken here.")
    says = detail % {"name": one_line(name)[:100]}
    return Invalid(says, fields={"file": says})


def _mime_of(path: Path, ending: str) -> str | None:
    """What the file is handed out as, if its bytes may have that ending."""
    nature = nature_of(path)
    if nature.mime in SHOWN_INLINE:
        return nature.mime if ending in _SHOWN[nature.mime] else None
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if ending in _ZIPPED:
        return _ZIPPED[ending] if _is_zipped(head, ending) else None
    if ending in _OLD_OFFICE:
        return _OLD_OFFICE[ending] if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") else None
    if ending in ("gz", "tgz"):
        return "application/gzip" if head.startswith(b"\x1f\x8b") else None
    if ending in _PLAIN:
        return _PLAIN[ending] if _is_text(path, head) else None
    if ending in _MARKED_UP:
        return ANY_BYTES if _begins_so(head, ending) and _is_text(path, head) else None
    return None


def _is_zipped(head: bytes, ending: str) -> bool:
    # PKWARE's APPNOTE §4.3.7; an archive of nothing begins with its end (§4.3.16).
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    wanted = _ZIPPED[ending].encode()
    return ending not in _SAYS_ITSELF or head[30:].startswith(b"mimetype" + wanted)


def _begins_so(head: bytes, ending: str) -> bool:
    text = head.decode("utf-8-sig", "replace").lstrip()
    if ending == "json":
        return text[:1] in ("{", "[")
    return text.startswith(r"{\rtf" if ending == "rtf" else "<")


def _is_text(path: Path, head: bytes) -> bool:
    """Whether all of it can be read as text, block by block."""
    encoding = _MARKS_OF_TEXT.get(head[:2], "utf-8")
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                if _CONTROLS.search(decoder.decode(block)):
                    return False
            return not decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
