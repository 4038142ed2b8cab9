"""Photos that lie on their side in their file, set upright strip by strip: no second copy is held.

Each strip is written as a JPEG of its own, and their scans are put one after the other with restart
markers between them (ITU-T T.81 §F.1.1.5): the tables are the photo's own, as is how fine its colours are.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from PIL import Image, JpegImagePlugin

Box: TypeAlias = tuple[int, int, int, int]
Cut: TypeAlias = Callable[[Box], Image.Image]

# Rows of a strip: whole blocks of any JPEG, and few enough that a restart interval counts them.
STRIPS = (64, 48, 32)
# By the number EXIF gives to how a photo lies.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_FROM_THE_END = (3, 4, 7, 8)
_ON_ITS_SIDE = (5, 6, 7, 8)
_HALF_COLOURS = 2


def samples_of(photo: JpegImagePlugin.JpegImageFile) -> float:
    """Numbers that a pixel of this photo has in its file: 1 for grey, 3 in full colour."""
    if photo.layers != 3:
        return float(photo.layers)
    return {1: 2.0, _HALF_COLOURS: 1.5}.get(_sampling(photo), 3.0)


def bytes_held(photo: JpegImagePlugin.JpegImageFile) -> float:
    """Bytes a pixel takes while the photo is turned, beside what its reader takes."""
    if photo.mode == "L":
        return 1.0
    return 2.0 if _is_in_half_colours(photo) else 4.0


def set_upright(path: Path, orientation: int, rows: int = STRIPS[0]) -> bytes:
    """The JPEG in this file as it is meant to be seen, by how it lies as EXIF numbers it.

    `rows` of it are written at once. Raises what Pillow raises.
    """
    with Image.open(path, formats=["JPEG", "MPO"]) as photo:
        assert isinstance(photo, JpegImagePlugin.JpegImageFile)
        options = {
            "qtables": photo.quantization,
            "subsampling": max(_sampling(photo), 0),
            "restart_marker_rows": rows // _block_height(photo),
        }
        size, profile = photo.size, photo.info.get("icc_profile")
        cut = _in_two(path, photo) if _is_in_half_colours(photo) else _in_one(photo)
    _width, height = size[::-1] if orientation in _ON_ITS_SIDE else size
    whole = io.BytesIO()
    for number, top in enumerate(range(0, height, rows)):
        strip = cut(_where(orientation, size, top, min(top + rows, height)))
        if orientation in _TURNS:
            strip = strip.transpose(_TURNS[orientation])
        # What the photo said of itself, a comment or where it was taken, goes no further.
        strip.info = {}
        out = io.BytesIO()
        # Said once, in the first strip's head, which becomes that of all.
        strip.save(out, "JPEG", icc_profile=None if number else profile, **options)
        whole.writelines(_parts(out.getvalue(), number, height))
    whole.write(b"\xff\xd9")
    return whole.getvalue()


def _is_in_half_colours(photo: JpegImagePlugin.JpegImageFile) -> bool:
    # What a JPEG of red, green and blue is, no reader turns into brightness and colours.
    is_usual = photo.mode == "RGB" and photo.info.get("adobe_transform", 1) == 1
    # A single row or column can't be read in half its size.
    return is_usual and min(photo.size) > 1 and _sampling(photo) == _HALF_COLOURS


def _sampling(photo: JpegImagePlugin.JpegImageFile) -> int:
    """How fine its colours are: 0 whole, 1 half as wide, 2 half as wide and high, -1 neither."""
    return JpegImagePlugin.get_sampling(photo)


def _block_height(photo: JpegImagePlugin.JpegImageFile) -> int:
    return 16 if _sampling(photo) == _HALF_COLOURS else 8


def _in_one(photo: JpegImagePlugin.JpegImageFile) -> Cut:
    # Not turned into another system of colours, where it need not be.
    photo.draft("YCbCr" if photo.info.get("adobe_transform", 1) == 1 else photo.mode, photo.size)
    photo.load()
    return photo.crop


def _in_two(path: Path, photo: JpegImagePlugin.JpegImageFile) -> Cut:
    """Its brightness whole, its colours in half the size they are kept in: two bytes a pixel, not four."""
    photo.draft("L", photo.size)
    photo.load()
    with Image.open(path, formats=["JPEG", "MPO"]) as again:
        again.draft("YCbCr", (max(again.width // 2, 1), max(again.height // 2, 1)))
        again.load()

    def cut(box: Box) -> Image.Image:
        left, top, right, bottom = box
        near = left // 2, top // 2, (right + 1) // 2, (bottom + 1) // 2
        half = again.crop(near)
        double = half.resize((half.width * 2, half.height * 2), Image.Resampling.NEAREST)
        x, y = left - near[0] * 2, top - near[1] * 2
        _dim, blue, red = double.crop((x, y, x + right - left, y + bottom - top)).split()
        return Image.merge("YCbCr", (photo.crop(box), blue, red))

    return cut


def _where(orientation: int, size: tuple[int, int], top: int, bottom: int) -> Box:
    """The part of the lying photo which becomes these rows of the upright one."""
    width, height = size
    whole = width if orientation in _ON_ITS_SIDE else height
    if orientation in _FROM_THE_END:
        top, bottom = whole - bottom, whole - top
    return (top, 0, bottom, height) if orientation in _ON_ITS_SIDE else (0, top, width, bottom)


def _parts(strip: bytes, number: int, height: int) -> Iterator[bytes]:
    """What of this strip goes into the whole: of the first its head too, saying the height of all."""
    frame, scan = _frame_and_scan(strip)
    if number == 0:
        # ITU-T T.81 §B.2.2: a marker, a length, the precision, then the number of lines.
        yield strip[: frame + 5] + height.to_bytes(2, "big") + strip[frame + 7 : scan]
    else:
        yield bytes((0xFF, 0xD0 + (number - 1) % 8))
    yield strip[scan:-2]


def _frame_and_scan(strip: bytes) -> tuple[int, int]:
    """Where the frame's marker is in a JPEG that Pillow wrote, and where the scan's first byte."""
    at, frame = 2, 0
    while True:
        marker, length = strip[at + 1], int.from_bytes(strip[at + 2 : at + 4], "big")
        if marker == 0xDA:
            return frame, at + 2 + length
        if marker in (0xC0, 0xC1):
            frame = at
        at += 2 + length
