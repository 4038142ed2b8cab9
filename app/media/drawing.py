"""Pictures that come in: looked at whole, turned upright, and kept without what they tell beside the picture.

A picture that is upright keeps its own bytes, as far as they are the picture; only what has to be turned,
or can't be taken apart, is drawn anew, as well as it was.
"""

import ctypes
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from PIL import Image, ImageOps, JpegImagePlugin

from app.core.errors import Invalid
from app.core.i18n import _
from app.media.containers import Broken, bare
from app.media.ends import give_end
from app.media.files import Nature, holds_markup
from app.media.turning import STRIPS, bytes_held, samples_of, set_upright

T = TypeVar("T")

# What Pillow's readers raise on damaged files is not documented; these were all seen.
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, RuntimeError, struct.error, MemoryError)
# Bytes that may be held while one picture is drawn: its file and its bare copy come on top.
MOST_MEMORY = 120 << 20
# Bytes a pixel takes while a picture of a kind is drawn, as measured: some readers keep it several times.
_BYTES = {"PNG": 5.0, "GIF": 5.0, "BMP": 8.0, "WEBP": 16.5, "AVIF": 10.0}
_WHOLE = 4.0
# What writers take beside the picture, where that is much.
_WRITING = {"WEBP": 5.0, "AVIF": 26.0}
# A JPEG is read in an eighth of its size; one in many scans is held whole, in two bytes a number.
_SMALLEST = 8
_A_NUMBER = 2.1
_give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
ORIENTATION = 0x0112
UPRIGHT = 1
_AS_GOOD = 92
# Pixels of all frames of an AVIF together that are drawn anew while somebody waits.
_MOST_MOVING = 60_000_000
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP",
            "image/avif": "AVIF", "image/bmp": "BMP"}  # fmt: skip


@dataclass(frozen=True)
class Bare:
    """A picture as it is kept: its file, and what that is."""

    content: bytes
    nature: Nature


async def in_turn(draw: Callable[..., T], *arguments: Any) -> T:
    """Run this in a thread, one at a time in this process: a large picture takes much memory."""
    return await to_thread.run_sync(_drawn_and_tidied, draw, *arguments, limiter=_room())


def _drawn_and_tidied(draw: Callable[..., T], *arguments: Any) -> T:
    try:
        return draw(*arguments)
    finally:
        # Left to itself, glibc keeps what a large picture took, for the next one (malloc_trim(3)).
        if _give_back is not None:
            _give_back(0)


def bare_picture(path: Path, nature: Nature) -> Bare:
    """The picture in this file, upright and with nothing beside it. Raises Invalid for what is damaged or vast."""
    try:
        if nature.mime == "image/jpeg":
            give_end(path, _read_whole, MOST_MEMORY)
        orientation = _orientation(path, nature)
        content = None if orientation else _as_it_came(path, nature)
        if content is None:
            content = _drawn_anew(path, nature, orientation)
        return Bare(content, _looked_at(content, nature))
    except DAMAGED as error:
        raise damaged() from error


def _read_whole(picture: Image.Image) -> float:
    return picture.width * picture.height * bytes_a_pixel(picture, 1)


def refuse_vast(picture: Image.Image, *, is_drawn: bool = False) -> None:
    """Refuse what would take too much memory, before anything is decoded. Raises Invalid."""
    each = bytes_a_pixel(picture, is_drawn=is_drawn)
    width, height = picture.size
    if width * height * each > MOST_MEMORY:
        most = int(MOST_MEMORY / each / 1_000_000)
        says = _("This picture has more than %(most)d million pixels. Make it smaller first.")
        raise Invalid(says % {"most": most})


def bytes_a_pixel(
    picture: Image.Image, smaller: int = _SMALLEST, *, is_drawn: bool = False
) -> float:
    """Bytes a pixel takes while it is read, a JPEG so many times smaller; or while it is drawn anew."""
    kind = _kind_of(picture)
    if not isinstance(picture, JpegImagePlugin.JpegImageFile):
        each = _BYTES.get(kind, max(_BYTES.values()))
        # As it is, and as it becomes.
        return max(each, _WHOLE) + _WHOLE + _WRITING.get(kind, 0.0) if is_drawn else each
    in_scans = picture.info.get("progressive") or picture.info.get("progression")
    each = bytes_held(picture) if is_drawn else _WHOLE / smaller**2
    return each + (_A_NUMBER * samples_of(picture) if in_scans else 0.0)


def damaged() -> Invalid:
    """The refusal of what begins like a picture and is none."""
    return Invalid(_("This picture is damaged."))


def _as_it_came(path: Path, nature: Nature) -> bytes | None:
    """The file's own bytes of the picture; None where they can't be told from the rest."""
    try:
        content = bare(nature.mime, path.read_bytes())
    except Broken:
        return None
    return None if content is None or holds_markup(content) else content


def _orientation(path: Path, nature: Nature) -> int:
    """How the picture lies in its file, as EXIF numbers it; 0 for upright."""
    with Image.open(path, formats=[_FORMATS[nature.mime]]) as picture:
        # Before EXIF is asked for: some kinds are decoded for that, and let go of at the end.
        refuse_vast(picture)
        lies = None if is_animated(picture) else picture.getexif().get(ORIENTATION)
        return lies if isinstance(lies, int) and 2 <= lies <= 8 else 0


def _drawn_anew(path: Path, nature: Nature, orientation: int) -> bytes:
    """The same picture upright, by our own hand: what else was in its file is not in this one."""
    with Image.open(path, formats=[_FORMATS[nature.mime]]) as picture:
        refuse_vast(picture, is_drawn=True)
        if isinstance(picture, JpegImagePlugin.JpegImageFile):
            return _without_chance(path, orientation)
        kind = _kind_of(picture)
        options: dict[str, Any] = {"icc_profile": picture.info.get("icc_profile")}
        if kind in ("WEBP", "AVIF"):
            options["quality"] = _AS_GOOD
        upright: Image.Image = picture
        if is_animated(picture):
            if kind != "AVIF" or picture.n_frames * picture.width * picture.height > _MOST_MOVING:  # type: ignore[attr-defined]
                raise Broken
            options["save_all"] = True
        else:
            upright = ImageOps.exif_transpose(picture)
        for told in ("exif", "xmp", "comment"):
            upright.info.pop(told, None)
        out = io.BytesIO()
        upright.save(
            out, kind, **{name: value for name, value in options.items() if value is not None}
        )
        return out.getvalue()


def _without_chance(path: Path, orientation: int) -> bytes:
    """The photo upright, in strips of another height where four bytes happen to look like the begin of a page."""
    content = b""
    for rows in STRIPS:
        content = set_upright(path, orientation, rows)
        if not holds_markup(content):
            break
    return content


def is_animated(picture: Image.Image) -> bool:
    """Whether it has more than one frame that is shown after the other: the second picture in a JPEG is not."""
    return _kind_of(picture) != "JPEG" and bool(getattr(picture, "is_animated", False))


def _kind_of(picture: Image.Image) -> str:
    return "JPEG" if picture.format == "MPO" else picture.format or ""


def _looked_at(content: bytes, before: Nature) -> Nature:
    """What the bare picture is, after all of it was decoded once."""
    with Image.open(io.BytesIO(content), formats=[_FORMATS[before.mime]]) as picture:
        refuse_vast(picture)
        size = picture.size
        picture.draft(None, (max(size[0] // 8, 1), max(size[1] // 8, 1)))
        picture.load()
    if holds_markup(content):
        raise damaged()
    return Nature(before.mime, *size)


@cache
def _room() -> CapacityLimiter:
    return CapacityLimiter(1)
