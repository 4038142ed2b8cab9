"""Pictures of people: drawn anew, with nothing in them that was not to be seen."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.core.errors import Invalid
from app.core.storage import Folder
from app.media.portraits import SIZES, forget_portrait, keep_portrait, portrait_path

pytestmark = pytest.mark.anyio

PLACE = b"48.8584 N 2.2945 E"


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (800, 600), **options: Any) -> bytes:
    """A picture whose left half is red, and whose right half is blue."""
    mode = "RGBA" if kind in ("PNG", "WEBP") else "RGB"
    picture = Image.new(mode, size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def with_a_place() -> bytes:
    """As a telephone takes it: lying on its side, with where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = PLACE.decode()
    return a_picture(exif=exif, comment=PLACE)


def kept_in(root: Path) -> list[str]:
    """The names of all pictures that are kept."""
    return [path.name for path in root.glob("portraits/*")]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
async def test_a_picture_becomes_squares(tmp_path: Path, kind: str) -> None:
    folder = Folder(tmp_path)

    name = await keep_portrait(folder, a_picture(kind))

    for size in SIZES:
        place = folder.find(portrait_path(name, size))
        assert place is not None
        with Image.open(place) as square:
            assert (square.format, square.size, square.mode) == ("JPEG", (size, size), "RGB")
    await forget_portrait(folder, name)
    assert not any(folder.find(portrait_path(name, size)) for size in SIZES)


async def test_it_stands_upright_and_nothing_else_comes_along(tmp_path: Path) -> None:
    folder = Folder(tmp_path)

    name = await keep_portrait(folder, with_a_place())

    place = folder.find(portrait_path(name, SIZES[0]))
    assert place is not None
    assert PLACE not in place.read_bytes()
    with Image.open(place) as square:
        assert len(square.getexif()) == 0
        top, bottom = square.getpixel((72, 5)), square.getpixel((72, 138))
    # Turned by a quarter: what was left is on top.
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > 100 > top[2]
    assert bottom[2] > 200 > 100 > bottom[0]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no picture at all", b"<svg xmlns='http://www.w3.org/2000/svg'/>", a_picture()[:300],
        a_picture() + b"<script>alert(1)</script>", b"%PDF-1.4 and so on",
    ],
)  # fmt: skip
async def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Invalid):
        await keep_portrait(Folder(tmp_path), content)

    assert kept_in(tmp_path) == []


async def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    small_and_huge = a_picture("PNG", (8000, 7000))

    with pytest.raises(Invalid, match="pixels"):
        await keep_portrait(Folder(tmp_path), small_and_huge)


async def test_a_very_long_one_is_no_trouble(tmp_path: Path) -> None:
    folder = Folder(tmp_path)

    name = await keep_portrait(folder, a_picture("PNG", (4000, 3)))

    assert folder.find(portrait_path(name, max(SIZES)))
