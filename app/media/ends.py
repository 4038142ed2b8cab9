"""Photos without the marker that ends them: those of which nothing else is missing, told from those that were cut.

A reader that comes to the end of a scan too soon makes up the rest, and says nothing. So such a photo is read
with several things behind it: where all of it is there they are passed over, and it looks the same each time.
"""

import hashlib
import io
import struct
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from app.media.containers import MOST_SCANS, Broken, segments_of

_END = b"\xff\xd9"
_FRAMES = frozenset(range(0xC0, 0xCC)) - {0xC4, 0xC8}
_SCAN = 0xDA
_LAST_NUMBER = 63
# Each begins with other bits, and none is a marker: whatever code is missing, they are read as others.
_BEHIND = (b"", b"\xd5\x3c" * 256, b"\x2b\xc6" * 256)
_ROWS = 64


def give_end(path: Path, takes: Callable[[Image.Image], float], most: float) -> None:
    """Let the JPEG in this file end as it should, if all else of it is there; what was cut stays as it is.

    So does what takes more than `most` bytes to be read whole, by `takes` of them. Raises what Pillow raises.
    """
    content = path.read_bytes()
    if _stops_in_its_last_scan(memoryview(content)) and _is_all_there(content, takes, most):
        with path.open("ab") as file:
            file.write(_END)


def _stops_in_its_last_scan(data: memoryview) -> bool:
    frame, scans, marker, end = data[:0], list[memoryview](), 0, 0
    try:
        for marker, begin, end in segments_of(data):
            if marker in _FRAMES:
                frame = data[begin:end]
            elif marker == _SCAN:
                scans.append(data[begin:end])
    except (Broken, IndexError, struct.error):
        stops_in_one = marker == _SCAN and end == len(data) and len(scans) <= MOST_SCANS
        return stops_in_one and _are_all(frame, scans)
    return False


def _are_all(frame: memoryview, scans: list[memoryview]) -> bool:
    """Whether these scans give all numbers of all colours, to the last bit (ITU-T T.81 §B.2.2, §B.2.3)."""
    colours = {frame[8 + 3 * number] for number in range(frame[7])} if len(frame) > 7 else set()
    first, last = set[int](), set[int]()
    for scan in scans:
        behind = 3 + 2 * scan[2]
        begins, ends, bits = scan[behind : behind + 3]
        its = set(scan[3:behind:2]) if bits & 0x0F == 0 else set()
        first |= its if begins == 0 else set()
        last |= its if ends == _LAST_NUMBER else set()
    return bool(colours) and colours <= first & last


def _is_all_there(content: bytes, takes: Callable[[Image.Image], float], most: float) -> bool:
    seen = set[bytes]()
    for behind in _BEHIND:
        whole = io.BytesIO(b"".join((content.rstrip(b"\xff"), behind, _END)))
        with Image.open(whole, formats=["JPEG", "MPO"]) as picture:
            if takes(picture) > most:
                return False
            picture.load()
            seen.add(_hashed(picture))
    return len(seen) == 1


def _hashed(picture: Image.Image) -> bytes:
    """Of all its pixels, some rows at a time: no second copy is held."""
    hashed = hashlib.sha256()
    for top in range(0, picture.height, _ROWS):
        part = picture.crop((0, top, picture.width, min(top + _ROWS, picture.height)))
        hashed.update(part.tobytes())
    return hashed.digest()
