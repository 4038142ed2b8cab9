"""A photo that lies is set upright strip by strip: as if it had been turned in one piece."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from app.media.turning import set_upright

# More than eight strips, no whole number of them, and no whole number of blocks.
SIZE = (587, 541)


def a_photo(size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    """Brightness and colours that differ everywhere."""
    across = Image.linear_gradient("L").resize(size)
    bands = (
        across,
        across.transpose(Image.Transpose.ROTATE_180),
        Image.radial_gradient("L").resize(size),
    )
    return Image.merge("RGB", bands).convert(mode)


def lying(folder: Path, orientation: int, picture: Image.Image, **options: Any) -> Path:
    exif = Image.Exif()
    exif[0x0112] = orientation
    place = folder / "lies.jpg"
    picture.save(place, "JPEG", exif=exif, **{"quality": 90, **options})
    return place


def require_alike(upright: bytes, place: Path) -> None:
    with Image.open(place) as before:
        meant = ImageOps.exif_transpose(before)
    after = Image.open(BytesIO(upright))
    assert (after.size, after.mode) == (meant.size, meant.mode)
    difference = ImageStat.Stat(ImageChops.difference(meant, after))
    assert max(difference.mean) < 1.5
    # No strip is elsewhere, and no seam is seen.
    assert max(high for _low, high in difference.extrema) < 24


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_it_is_as_if_turned_in_one_piece(
    orientation: int, subsampling: int, tmp_path: Path
) -> None:
    place = lying(tmp_path, orientation, a_photo(), subsampling=subsampling)

    require_alike(set_upright(place, orientation), place)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_photos_in_grey_and_for_print_too(mode: str, orientation: int, tmp_path: Path) -> None:
    place = lying(tmp_path, orientation, a_photo(mode=mode))

    require_alike(set_upright(place, orientation), place)


@pytest.mark.parametrize(
    "options", [{"progressive": True}, {"keep_rgb": True}, {"restart_marker_rows": 1}], ids=str
)
def test_however_it_was_written(options: dict[str, Any], tmp_path: Path) -> None:
    place = lying(tmp_path, 6, a_photo(), **options)

    require_alike(set_upright(place, 6), place)


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 300), (300, 1), (16, 64), (64, 128), (65, 65)], ids=str
)
@pytest.mark.parametrize("orientation", [4, 5, 7])
def test_of_any_size(size: tuple[int, int], orientation: int, tmp_path: Path) -> None:
    place = lying(tmp_path, orientation, a_photo(size))

    require_alike(set_upright(place, orientation), place)


def test_its_profile_is_said_once(tmp_path: Path) -> None:
    profile = bytes(range(256)) * 4
    place = lying(tmp_path, 6, a_photo(), icc_profile=profile)

    upright = set_upright(place, 6)

    assert Image.open(BytesIO(upright)).info["icc_profile"] == profile
    assert upright.count(profile) == 1
