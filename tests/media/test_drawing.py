"""Of a picture that comes in only the picture is kept: upright, as good as it was, and telling nothing else."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms

from app.core.errors import Invalid
from app.media.containers import Broken, bare
from app.media.drawing import Bare, bare_picture
from app.media.files import as_picture, holds_markup
from tests.media.samples import a_picture

SECRET = b"52.5200 north, by Gwen's telephone"
HTML = b"<script>alert(document.domain)</script>"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def taken(content: bytes, folder: Path) -> Bare:
    place = folder / "picture"
    place.write_bytes(content)
    nature = as_picture(place)
    assert nature is not None
    return bare_picture(place, nature)


def a_scene(size: tuple[int, int] = (96, 64), mode: str = "RGB") -> Image.Image:
    """Something with corners that can be told from one another."""
    picture = Image.radial_gradient("L").resize(size).convert(mode)
    picture.paste((255, 0, 0, 255)[: len(picture.getbands())], (0, 0, size[0] // 4, size[1] // 4))
    return picture


def told(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, SECRET.decode()
    exif.get_ifd(0x8825)[29] = "2026:11:29"
    return exif


def written(kind: str, picture: Image.Image, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


KINDS = ["JPEG", "PNG", "WEBP", "AVIF"]


@pytest.mark.parametrize("kind", KINDS)
def test_where_and_with_what_it_was_taken_goes_and_the_colours_stay(
    kind: str, tmp_path: Path
) -> None:
    options = {"xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"} if kind != "PNG" else {}
    content = written(kind, a_scene(), exif=told(), icc_profile=PROFILE, quality=80, **options)
    assert SECRET in content

    kept = taken(content, tmp_path)

    assert SECRET not in kept.content
    picture = Image.open(BytesIO(kept.content))
    assert not picture.getexif()
    assert picture.info["icc_profile"] == PROFILE
    assert (kept.nature.width, kept.nature.height) == picture.size == (96, 64)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_upright_picture_loses_nothing_of_its_quality(kind: str, tmp_path: Path) -> None:
    content = written(kind, a_scene(), exif=told(), quality=40)

    kept = taken(content, tmp_path)

    before, after = Image.open(BytesIO(content)), Image.open(BytesIO(kept.content))
    assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None
    assert len(kept.content) < len(content)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_picture_is_set_upright(kind: str, orientation: int, tmp_path: Path) -> None:
    upright = a_scene()
    turned = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT], 3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM], 5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90], 7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }[orientation]  # fmt: skip
    lying = upright
    for step in turned:
        lying = lying.transpose(step)
    content = written(kind, lying, exif=told(orientation), quality=95)

    kept = taken(content, tmp_path)

    picture = Image.open(BytesIO(kept.content)).convert("RGB")
    assert picture.size == (96, 64)
    red, _green, blue = picture.getpixel((6, 4))
    assert red > 200 > 60 > blue
    assert picture.getpixel((90, 60))[2] > 60
    assert SECRET not in kept.content


def test_a_turned_photo_is_written_with_its_own_tables(tmp_path: Path) -> None:
    content = written("JPEG", a_scene(), exif=told(6), quality=71, subsampling=0)

    kept = taken(content, tmp_path)

    before, after = Image.open(BytesIO(content)), Image.open(BytesIO(kept.content))
    assert after.quantization == before.quantization


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_what_moves_goes_on_moving(kind: str, tmp_path: Path) -> None:
    frames = [a_scene().rotate(turn) for turn in (0, 90, 180)]
    content = written(
        kind, frames[0], save_all=True, append_images=frames[1:], duration=80, loop=0,
        **({"comment": SECRET} if kind == "GIF" else {"exif": told()}),
    )  # fmt: skip
    assert SECRET in content

    kept = taken(content + HTML, tmp_path)

    picture = Image.open(BytesIO(kept.content))
    assert picture.n_frames == 3
    assert picture.info["loop"] == 0
    assert SECRET not in kept.content
    assert HTML not in kept.content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP"])
def test_nothing_stays_that_stands_behind_a_picture(kind: str, tmp_path: Path) -> None:
    kept = taken(a_picture(kind, (32, 32)) + HTML, tmp_path)

    assert not holds_markup(kept.content)
    assert Image.open(BytesIO(kept.content)).size == (32, 32)


def test_a_page_in_a_comment_or_a_profile_goes(tmp_path: Path) -> None:
    with_comment = written("JPEG", a_scene(), comment=HTML)
    with_profile = written("JPEG", a_scene(), icc_profile=PROFILE + HTML)

    assert HTML not in taken(with_comment, tmp_path).content
    with pytest.raises(Invalid, match="damaged"):
        taken(with_profile, tmp_path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_half_a_picture_is_refused(kind: str, tmp_path: Path) -> None:
    whole = written(kind, a_scene((480, 320)))

    with pytest.raises((Invalid, AssertionError)):
        taken(whole[: len(whole) * 3 // 4], tmp_path)


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"subsampling": 0}, {"quality": 95}]
)
@pytest.mark.parametrize("lacks", [1, 2])
def test_a_photo_that_lacks_nothing_but_its_end_marker_is_taken_as_it_is(
    lacks: int, options: dict[str, Any], tmp_path: Path
) -> None:
    whole = written("JPEG", a_scene((483, 321)), exif=told(), **options)

    kept = taken(whole[:-lacks], tmp_path)

    assert kept.content.endswith(b"\xff\xd9")
    assert SECRET not in kept.content
    same = ImageChops.difference(
        Image.open(BytesIO(kept.content)).convert("RGB"), Image.open(BytesIO(whole)).convert("RGB")
    )
    assert same.getbbox() is None


def test_a_photo_without_its_end_that_lies_on_its_side_is_set_upright(tmp_path: Path) -> None:
    whole = written("JPEG", a_scene((480, 320)), exif=told(6))

    assert taken(whole[:-2], tmp_path).nature.width == 320


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"subsampling": 0}, {"quality": 95}]
)
@pytest.mark.parametrize("lacks", [3, 4, 9, 40])
def test_a_photo_that_lacks_a_byte_more_is_refused(
    lacks: int, options: dict[str, Any], tmp_path: Path
) -> None:
    whole = written("JPEG", a_scene((483, 321)), **options)

    with pytest.raises(Invalid, match="damaged"):
        taken(whole[:-lacks], tmp_path)


def test_a_photo_that_stops_between_two_of_its_scans_is_refused(tmp_path: Path) -> None:
    whole = written("JPEG", a_scene((483, 321)), progressive=True)
    last = whole.rindex(b"\xff\xda")

    for stops in (last, whole.rindex(b"\xff\xc4", 0, last)):
        with pytest.raises(Invalid, match="damaged"):
            taken(whole[:stops], tmp_path)


def a_png(width: int, height: int) -> bytes:
    """As small as a PNG of one colour can be."""
    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(said)) + kind + said + struct.pack(">I", zlib.crc32(kind + said))
        for kind, said in chunks
    )


def test_a_picture_that_would_take_much_memory_is_refused_before_it_is_decoded(
    tmp_path: Path,
) -> None:
    assert taken(a_png(800, 800), tmp_path).nature.width == 800
    with pytest.raises(Invalid, match="million pixels"):
        taken(a_png(8000, 8000), tmp_path)


def test_a_photo_in_endless_scans_is_refused(tmp_path: Path) -> None:
    content = written("JPEG", a_scene(), progressive=True)
    at = content.rindex(b"\xff\xda")

    with pytest.raises(Broken):
        bare("image/jpeg", content[:-2] + content[at:-2] * 60 + b"\xff\xd9")


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kind=st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "AVIF"]),
    place=st.integers(0, 900),
    wrong=st.binary(min_size=0, max_size=12),
    cut=st.integers(0, 40),
)
def test_damaged_pictures_are_kept_or_refused_and_nothing_else(
    kind: str, place: int, wrong: bytes, cut: int, tmp_path: Path
) -> None:
    whole = a_picture(kind)
    content = whole[:place] + wrong + whole[place + len(wrong) + cut :]
    try:
        kept = taken(content, tmp_path)
    except (Invalid, AssertionError):
        return
    Image.open(BytesIO(kept.content)).load()
