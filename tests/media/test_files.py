"""What a file is, is read from its bytes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.core.storage import Folder
from app.media.files import (
    ANY_BYTES,
    PICTURES,
    SHOWN_INLINE,
    Nature,
    find_stored,
    holds_markup,
    nature_of,
    store,
)
from tests.media.samples import MP3, MP4, OGG, PDF, WAV, a_picture, stream
from tests.shared import shared_file

pytestmark = pytest.mark.anyio

HTML = b"<script>alert(document.domain)</script>"


def nature_of_bytes(content: bytes, folder: Path) -> Nature:
    place = folder / "file.txt"
    place.write_bytes(content)
    return nature_of(place)


@pytest.mark.parametrize(
    ("kind", "mime"),
    [
        ("JPEG", "image/jpeg"), ("PNG", "image/png"), ("GIF", "image/gif"), ("WEBP", "image/webp"),
        ("AVIF", "image/avif"), ("BMP", "image/bmp"),
    ],
)  # fmt: skip
def test_pictures_are_known_with_their_size(kind: str, mime: str, tmp_path: Path) -> None:
    assert nature_of_bytes(a_picture(kind, (16, 16)), tmp_path) == Nature(mime, 16, 16)


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (MP4, "video/mp4"),
        (MP3, "audio/mpeg"),
        (OGG, "application/ogg"),
        (WAV, "audio/wav"),
        (PDF, "application/pdf"),
    ],
)
def test_what_browsers_play_is_known(content: bytes, mime: str, tmp_path: Path) -> None:
    assert nature_of_bytes(content, tmp_path) == Nature(mime)
    assert mime in SHOWN_INLINE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<!DOCTYPE html><title>x</title>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
        b"<?php system($_GET['c']);",
        b"alert(1)",
        b"MZ\x90\0" + bytes(100),
        b"PK\x03\x04" + bytes(100),
        a_picture("JPEG") + HTML,
        a_picture("PNG") + HTML.upper(),
        a_picture("GIF") + b"<?PHP echo 1;",
        a_picture("PNG")[:40],
        a_picture("GIF")[:6] + HTML,
        a_picture("TIFF"),
        a_picture("ICO"),
        PDF.replace(b"/Pages", b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>/Pages"),
        PDF.replace(b"/Pages", b"/OpenAction<</S/J#61va#53cript/JS(x)>>/Pages"),
        PDF.replace(b"/Pages", b"/AA<</S/Launch/F(cmd.exe)>>/Pages"),
    ],
)
def test_everything_else_is_just_bytes(content: bytes, tmp_path: Path) -> None:
    assert nature_of_bytes(content, tmp_path) == Nature(ANY_BYTES)


@pytest.mark.parametrize(
    ("content", "is_markup"),
    [
        (b"<svg onload=x>", True), (b"<SVG/onload=x>", True), (b"<sVg\n>", True), (b"<script>", True),
        (b"<!DOCTYPE html", True), (b"<?php", True),
        (b"\x01<sVg\x8e\x00", False), (b"<scripts", False), (b"<svg", False),
    ],
)  # fmt: skip
def test_markup_is_told_from_letters_that_came_about_by_chance(
    content: bytes, is_markup: bool
) -> None:
    assert holds_markup(b"\x89PNG" + content) == is_markup


def test_a_tail_is_found_where_two_blocks_meet(tmp_path: Path) -> None:
    picture = a_picture("PNG")
    padding = bytes((1 << 20) - len(picture) - 3)
    assert nature_of_bytes(picture + padding + HTML, tmp_path).mime == ANY_BYTES


@pytest.mark.parametrize("name", ["bomb-30000x30000.png", "bomb-claims-65535.gif"])
def test_bombs_are_refused(name: str) -> None:
    with pytest.raises(Invalid, match="million pixels"):
        nature_of(shared_file(f"data/attacks/files/{name}"))


def a_vast_webp() -> bytes:
    """A small WebP in a frame of 16383 by 16383 pixels."""
    inner = b"VP8X\x0a\0\0\0\x10\0\0\0" + b"\xfe\x3f\0" * 2 + a_picture("WEBP")[12:]
    return b"RIFF" + (len(inner) + 4).to_bytes(4, "little") + b"WEBP" + inner


def a_vast_bmp() -> bytes:
    """A small BMP that claims 65535 by 65535 pixels."""
    picture = a_picture("BMP")
    return picture[:18] + b"\xff\xff\0\0" * 2 + picture[26:]


@pytest.mark.parametrize("content", [a_vast_webp(), a_vast_bmp()])
def test_pictures_that_claim_to_be_vast_are_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="million pixels"):
        nature_of_bytes(content, tmp_path)


async def test_a_bomb_leaves_nothing_behind(tmp_path: Path) -> None:
    bomb = shared_file("data/attacks/files/bomb-claims-65535.gif").read_bytes()
    with pytest.raises(Invalid):
        await store(Folder(tmp_path), "2012/01/x.gif", stream(bomb))

    assert await find_stored(Folder(tmp_path), "2012/01/x.gif") is None
    assert os.listdir(tmp_path / ".incoming") == []


async def test_a_stored_file_can_be_looked_at_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    stored = await store(folder, "2012/01/x.jpg", stream(a_picture()))

    assert stored.nature == Nature("image/jpeg", 40, 30)
    assert await find_stored(folder, "2012/01/x.jpg") == stored
    assert await find_stored(folder, "2012/01/y.jpg") is None


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kind=st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP"]),
    place=st.integers(0, 400),
    wrong=st.binary(min_size=1, max_size=8),
)
def test_damaged_pictures_are_pictures_or_bytes_or_refused(
    kind: str, place: int, wrong: bytes, tmp_path: Path
) -> None:
    whole = a_picture(kind)
    try:
        nature = nature_of_bytes(whole[:place] + wrong + whole[place + len(wrong) :], tmp_path)
    except Invalid:
        return
    assert nature.mime in PICTURES | {ANY_BYTES}


_LOOKED_AT = """
import resource, sys
from pathlib import Path
from app.core.errors import Invalid
from app.media.files import nature_of
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name in sys.argv[1:]:
    try:
        nature_of(Path(name))
    except Invalid:
        pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_no_attack_takes_long_or_much_memory(tmp_path: Path) -> None:
    (tmp_path / "vast.webp").write_bytes(a_vast_webp())
    attacks = sorted(map(str, shared_file("data/attacks/files").iterdir()))
    attacks.append(str(tmp_path / "vast.webp"))
    began = time.monotonic()
    command = [sys.executable, "-c", _LOOKED_AT, *attacks]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert int(printed) < 150_000  # kilobytes
    assert time.monotonic() - began < 5 * len(attacks)
