"""What stands around a picture in its file: taken apart, so that only what is seen of it is kept. Pure.

Nothing is decoded and nothing drawn anew, so no quality is lost: out go EXIF (where it was taken, with
what), XMP, IPTC, comments, previews, and whatever follows the picture's end. Colour profiles stay.
"""

import re
import struct
from collections.abc import Iterator

# Each scan of a progressive JPEG costs a pass over the picture; encoders make about ten.
MOST_SCANS = 60

_RESTARTS = range(0xD0, 0xD8)
# Frames, tables, restarts and scans: without them there is no picture.
_JPEG_PICTURE = frozenset(range(0xC0, 0xD0)) - {0xC8} | {0xDA, 0xDB, 0xDC, 0xDD}
# A marker that is no part of a scan: not a stuffed byte, not a restart, not a fill byte.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
# PNG third edition, and its animation: no text, no time, no EXIF, and no chunk of somebody's own.
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD hIST pHYs cICP mDCV cLLI"
    b" acTL fcTL fdAT".split()
)
_GIF_KEPT = frozenset((b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"))
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ICCP", b"ALPH", b"ANIM", b"ANMF"))
_AVIF_KEPT = frozenset((b"ftyp", b"meta", b"mdat", b"moov"))
_WEBP_EXIF_AND_XMP = 0x08 | 0x04


class Broken(ValueError):
    """The file is not put together as its kind is."""


def bare(mime: str, content: bytes | memoryview) -> bytes | None:
    """The file of a picture with nothing but the picture; None for kinds that are not known here.

    Raises Broken.
    """
    parts = _PARTS.get(mime)
    if parts is None:
        return None
    try:
        return b"".join(parts(memoryview(content)))
    except (IndexError, struct.error) as error:
        raise Broken from error


def _jpeg(data: memoryview) -> Iterator[memoryview | bytes]:
    yield data[:2]
    scans = 0
    for marker, begin, end in segments_of(data):
        scans += marker == 0xDA
        if scans > MOST_SCANS:
            raise Broken
        yield from _kept_segment(marker, data[begin:end])
    if not scans:
        raise Broken
    yield b"\xff\xd9"


def segments_of(data: memoryview) -> Iterator[tuple[int, int, int]]:
    """ITU-T T.81 annex B: markers, most with a length, and scans that last until the next marker.

    Each as its marker, where it begins behind that, and where it ends. Raises Broken where none ends the
    picture: it was cut off, and nobody knows how much of it is missing.
    """
    if bytes(data[:2]) != b"\xff\xd8":
        raise Broken
    at = 2
    while True:
        if at >= len(data) or data[at] != 0xFF:
            raise Broken
        while data[at] == 0xFF:
            at += 1
        marker, at = data[at], at + 1
        if marker == 0xD9:
            return
        if marker in _RESTARTS or marker == 0x01:
            continue
        end = at + struct.unpack_from(">H", data, at)[0]
        if end < at + 2 or end > len(data):
            raise Broken
        if marker == 0xDA:
            found = _NEXT_MARKER.search(data, end)
            end = found.start() if found else len(data)
        yield marker, at, end
        at = end


def _kept_segment(marker: int, segment: memoryview) -> Iterator[memoryview | bytes]:
    begins = bytes(segment[2:14])
    if marker == 0xE0 and begins.startswith(b"JFIF\0") and len(segment) >= 16:
        # Without the preview that may stand at its end.
        yield b"\xff\xe0\0\x10" + bytes(segment[2:14]) + b"\0\0"
    elif (
        marker in _JPEG_PICTURE
        or (marker == 0xE2 and begins == b"ICC_PROFILE\0")
        # Says how colours were turned before they were written.
        or (marker == 0xEE and begins.startswith(b"Adobe") and len(segment) == 14)
    ):
        yield bytes((0xFF, marker))
        yield segment


def _png(data: memoryview) -> Iterator[memoryview | bytes]:
    if bytes(data[:8]) != _PNG_BEGINS:
        raise Broken
    yield data[:8]
    at = 8
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise Broken
        if kind in _PNG_KEPT:
            yield data[at:end]
        if kind == b"IEND":
            return
        at = end


def _gif(data: memoryview) -> Iterator[memoryview | bytes]:
    """GIF89a: a header, blocks that say by their first byte what they are, and a trailer."""
    if bytes(data[:6]) not in (b"GIF87a", b"GIF89a"):
        raise Broken
    at = 13 + _colours(data[10])
    yield data[:at]
    while at < len(data) and data[at] != 0x3B:
        begins, is_kept = at, True
        if data[at] == 0x2C:
            at += 10 + _colours(data[at + 9]) + 1
        elif data[at] == 0x21:
            label, name = data[at + 1], bytes(data[at + 3 : at + 14])
            is_kept = label == 0xF9 or (label == 0xFF and name in _GIF_KEPT)
            at += 2
        else:
            raise Broken
        at = _after_blocks(data, at)
        if is_kept:
            yield data[begins:at]
    yield b"\x3b"


def _colours(packed: int) -> int:
    """Bytes of the table of colours that this byte announces."""
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _after_blocks(data: memoryview, at: int) -> int:
    while length := data[at]:
        at += length + 1
    return at + 1


def _webp(data: memoryview) -> Iterator[memoryview | bytes]:
    """RFC 9649 §2: chunks, each with its length, padded to an even one."""
    if bytes(data[:4]) != b"RIFF" or bytes(data[8:12]) != b"WEBP":
        raise Broken
    size = struct.unpack_from("<I", data, 4)[0] + 8
    if size > len(data) + 1:
        raise Broken
    kept = [chunk for chunk in _riff_chunks(data[:size]) if bytes(chunk[:4]) in _WEBP_KEPT]
    parts: list[memoryview | bytes] = []
    for chunk in kept:
        is_header = bytes(chunk[:4]) == b"VP8X"
        parts.append(_without_flags(chunk) if is_header else chunk)
        parts.append(b"\0" * (len(chunk) % 2))
    yield b"RIFF" + struct.pack("<I", 4 + sum(map(len, parts))) + b"WEBP"
    yield from parts


def _riff_chunks(data: memoryview) -> Iterator[memoryview]:
    at = 12
    while at + 8 <= len(data):
        length = struct.unpack_from("<I", data, at + 4)[0]
        if at + 8 + length > len(data):
            raise Broken
        yield data[at : at + 8 + length]
        at += 8 + length + length % 2


def _without_flags(header: memoryview) -> bytes:
    changed = bytearray(header)
    changed[8] &= ~_WEBP_EXIF_AND_XMP
    return bytes(changed)


def _avif(data: memoryview) -> Iterator[memoryview | bytes]:
    """ISO/IEC 14496-12 §4.2: boxes. They name places in the file, so none is left out but at its end."""
    at, kinds = 0, set[bytes]()
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind not in _AVIF_KEPT:
            break
        length = length or len(data) - at
        box = bytes(data[at : at + length]) if kind == b"meta" else b""
        if length < 8 or at + length > len(data) or b"Exif" in box or b"mime" in box:
            raise Broken
        kinds.add(kind)
        at += length
    if not kinds >= {b"ftyp", b"meta", b"mdat"}:
        raise Broken
    yield data[:at]


_PARTS = {
    "image/avif": _avif,
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/gif": _gif,
    "image/webp": _webp,
}
