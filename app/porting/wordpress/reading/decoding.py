"""Any file as a stream of sound UTF-8: declared encoding read, forbidden characters dropped.

Nothing is dropped silently: each kind of mend is noted once, with the line where it came first.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.core.i18n import _

BLOCK = 1 << 20

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    # Without a mark, the first two characters tell (XML 1.0, appendix F).
    ("<?".encode("utf-16-le"), "utf-16-le"),
    ("<?".encode("utf-16-be"), "utf-16-be"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
# What calls itself Latin-1 is Windows-1252 wherever it uses 0x80 to 0x9F, as browsers know.
_REALLY = {"iso8859-1": "cp1252", "ascii": "utf-8"}
# Python's own inventions and what nobody writes a file in.
_NO_ENCODING = frozenset(
    ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7")
)
# Bytes that mean nothing come through as lone surrogates, to be seen and replaced: a single one between
# letters by what it is in Windows-1252, in which it was pasted or written long ago.
_UNDECODABLE = "\udc00"
_PASTED = {
    0xDC00 + byte: bytes([byte]).decode("cp1252", errors="replace") for byte in range(0x80, 0x100)
} | {ord(_UNDECODABLE): "\ufffd"}
# XML 1.0 §2.2 Char: of one byte in UTF-8, and the two noncharacters of three.
_FORBIDDEN_BYTES = bytes(b for b in range(0x20) if b not in b"\t\n\r")
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the file that was mended on the way in, where it was seen first."""

    line: int
    what: str


class SoundBlocks:
    """Blocks of valid UTF-8 holding only characters which XML allows.

    `read` counts the bytes of the source that went by; `notices` fill up while it is read.
    """

    def __init__(self, source: BinaryIO) -> None:
        self.read = 0
        self.notices: list[Notice] = []
        self._source = source
        self._line = 1
        self._noticed: set[str] = set()

    def __iter__(self) -> Iterator[bytes]:
        block = self._source.read(BLOCK)
        decode = self._decoder(block)
        while block:
            self.read += len(block)
            following = self._source.read(BLOCK)
            yield self._sound(decode.decode(block, final=not following))
            block = following

    def _decoder(self, start: bytes) -> codecs.IncrementalDecoder:
        name = _encoding(start)
        try:
            b"".decode(name)
            known = codecs.lookup(name).name
        except LookupError:
            known = ""
        if not known or known in _NO_ENCODING:
            self._notice(1, _("The encoding “%s” is unknown; read as UTF-8.") % name)
            known = "utf-8"
        return codecs.getincrementaldecoder(_REALLY.get(known, known))("wxr-mark")

    def _sound(self, text: str) -> bytes:
        try:
            block = text.encode()
        except UnicodeEncodeError as error:
            line = self._line + text.count("\n", 0, error.start)
            self._notice(line, _("Bytes that are no text were replaced."))
            block = text.translate(_PASTED).encode(errors="replace")
        if len(sound := _allowed(block)) < len(block):
            line = self._line + block.count(b"\n", 0, _first_difference(block, sound))
            self._notice(line, _("Characters that XML forbids were dropped."))
        self._line += sound.count(b"\n")
        return sound

    def _notice(self, line: int, what: str) -> None:
        if what not in self._noticed:
            self._noticed.add(what)
            self.notices.append(Notice(line, what))


def _encoding(start: bytes) -> str:
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    declared = _DECLARED.search(start[:1000])
    name = declared[1].decode() if declared else "utf-8"
    # A declaration that can be read byte by byte was not written in two bytes a letter.
    return "utf-8" if name.lower().startswith(("utf-16", "utf-32", "ucs")) else name


def _allowed(block: bytes) -> bytes:
    block = block.translate(None, _FORBIDDEN_BYTES)
    for nonsense in _NONCHARACTERS:
        block = block.replace(nonsense, b"")
    return block


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    # More than one of them began a letter that was cut off.
    is_letter = len(wrong) == 1 and wrong[0] >= 0x80
    return chr(0xDC00 + wrong[0]) if is_letter else _UNDECODABLE, error.end


codecs.register_error("wxr-mark", _mark)


def _first_difference(block: bytes, sound: bytes) -> int:
    pairs = enumerate(zip(block, sound, strict=False))
    return next((at for at, (before, after) in pairs if before != after), len(sound))
