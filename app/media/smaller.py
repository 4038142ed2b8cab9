"""Smaller versions of a picture, for small screens and slow lines: drawn once each, in newer formats too. Pure."""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from app.media.drawing import (
    DAMAGED,
    MOST_MEMORY,
    ORIENTATION,
    UPRIGHT,
    bytes_a_pixel,
    damaged,
    is_animated,
    refuse_vast,
)
from app.media.files import Nature

# Widths in pixels: a telephone, a column of text, the same on a screen of twice the points.
WIDTHS = (480, 960, 1600)
_WRITTEN: dict[str, tuple[str, dict[str, Any]]] = {
    "image/avif": ("avif", {"quality": 62, "speed": 6}),
    "image/webp": ("webp", {"quality": 80, "method": 4}),
    "image/jpeg": ("jpg", {"quality": 82, "progressive": True, "optimize": True}),
    "image/png": ("png", {"optimize": True}),
}
NEWER = ("image/avif", "image/webp")
# Pixels of a version: writing one as AVIF takes 25 bytes for each.
_MOST_DRAWN = 4_000_000
# Rows that are drawn at once, and those above and below that LANCZOS looks at.
_ROWS = 128
_AROUND = 4
_MODES = {"P", "PA", "L", "LA", "1", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "I;16"}
# Grey in 65,536 steps, of which screens show 256.
_FINE_GREY = "I;16"
_GREY = ("L", _FINE_GREY)


@dataclass(frozen=True)
class Smaller:
    """One version: its ending goes on the name of its file."""

    content: bytes
    nature: Nature
    ending: str


def versions_of(path: Path, nature: Nature) -> list[Smaller]:
    """The picture in each width below its own, in its format and newer ones; none of what moves.

    What would not be smaller in bytes than the picture itself is left out. Raises Invalid.
    """
    most = path.stat().st_size
    try:
        largest = _largest(path)
        if largest is None:
            return []
        return [one for one in _drawn(largest, nature) if len(one.content) < most]
    except DAMAGED as error:
        raise damaged() from error


def _largest(path: Path) -> Image.Image | None:
    """The picture in the largest width it is drawn in; by itself, as all of it takes several times the memory."""
    with Image.open(path) as picture:
        refuse_vast(picture)
        if is_animated(picture) or picture.mode not in _MODES:
            return None
        if picture.mode == _FINE_GREY and picture.has_transparency_data:
            # One of the fine steps is clear: in coarse ones its neighbours would be, too.
            return None
        if picture.getexif().get(ORIENTATION, UPRIGHT) != UPRIGHT:
            # It came from elsewhere as it is, and its versions would lie on their side.
            return None
        size = next(_sizes_within_bounds(picture), None)
        if size is None:
            return None
        # JPEGs are read smaller than they are, where that is enough.
        picture.draft(None, size)
        profile = picture.info.get("icc_profile") if picture.mode != "CMYK" else None
        picture.load()
        largest = _in_strips(picture, size)
        largest.info["icc_profile"] = profile
        return largest


def _sizes_within_bounds(picture: Image.Image) -> Iterator[tuple[int, int]]:
    """The sizes it can be drawn in without much memory, the largest first."""
    width, height = picture.size
    for wide in sorted({min(width, one) for one in WIDTHS}, reverse=True):
        high = _height(wide, picture.size)
        read = bytes_a_pixel(picture, min(width // wide, height // high)) * width * height
        if wide * high <= _MOST_DRAWN and read <= MOST_MEMORY:
            yield wide, high


def _in_strips(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture in this size: some rows at a time, as what lies between two steps is larger than both."""
    if picture.size == size:
        return _plain(picture)
    wide, high = size
    mode = "RGBA" if picture.has_transparency_data else "L" if picture.mode in _GREY else "RGB"
    drawn, step = Image.new(mode, size), picture.height / high
    for top in range(0, high, _ROWS):
        bottom = min(top + _ROWS, high)
        # With the rows around it that the filter looks at, which are cut off again.
        above, below = max(top - _AROUND, 0), min(bottom + _AROUND, high)
        first, last = int(above * step), min(math.ceil(below * step), picture.height)
        part = _plain(picture.crop((0, first, picture.width, last)))
        box = (0, above * step - first, picture.width, min(below * step - first, part.height))
        strip = part.resize((wide, below - above), Image.Resampling.LANCZOS, box)
        drawn.paste(strip.crop((0, top - above, wide, bottom - above)), (0, top))
    return drawn


def _drawn(largest: Image.Image, whole: Nature) -> Iterator[Smaller]:
    own = whole.width or largest.width
    for wide in sorted({*WIDTHS, own}, reverse=True):
        if wide > largest.width or (wide == own and own <= min(WIDTHS)):
            continue
        drawn = _resized(largest, wide, (own, whole.height or largest.height))
        # A picture that came in a newer format has no third one.
        for kind in dict.fromkeys((*NEWER, whole.mime)):
            # In its own format and size there is the picture itself.
            if kind in _WRITTEN and (kind != whole.mime or wide < own):
                yield _written(drawn, kind, largest.info["icc_profile"])


def _resized(picture: Image.Image, wide: int, whole: tuple[int, int]) -> Image.Image:
    size = wide, _height(wide, whole)
    if picture.size == size:
        return picture
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _height(wide: int, whole: tuple[int, int]) -> int:
    return max(1, round(whole[1] * wide / whole[0]))


def _plain(picture: Image.Image) -> Image.Image:
    """In a mode that can be made smaller, and written in every format."""
    if picture.mode in ("RGB", "RGBA", "L"):
        return picture
    if picture.mode == _FINE_GREY:
        # Pillow makes white of all that is above 255.
        return picture.point(lambda grey: grey * (1 / 256)).convert("L")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _written(picture: Image.Image, mime: str, profile: bytes | None) -> Smaller:
    ending, options = _WRITTEN[mime]
    if profile:
        options = options | {"icc_profile": profile}
    out = io.BytesIO()
    picture.save(out, ending.replace("jpg", "jpeg").upper(), **options)
    return Smaller(out.getvalue(), Nature(mime, *picture.size), ending)
