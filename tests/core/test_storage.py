"""Files appear whole or not at all, and no name leads out of their folder."""

import hashlib
import json
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.core.storage import Folder, checked_name, folder_at
from tests.shared import payloads, shared_file

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "uploads")


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def breaks_off() -> AsyncIterator[bytes]:
    yield b"half"
    raise ConnectionError("gone")


async def put(folder: Folder, name: str, content: bytes = b"x") -> None:
    async with folder.receive(stream(content)) as incoming:
        await incoming.keep(name)


def lying_in(folder: Folder) -> list[str]:
    """Every file under the folder, unfinished ones too."""
    files = (path for path in folder.root.rglob("*") if not path.is_dir())
    return sorted(path.relative_to(folder.root).as_posix() for path in files)


async def test_a_file_is_kept_under_its_name_with_its_size_and_sum(folder: Folder) -> None:
    async with folder.receive(stream(b"one ", b"two")) as incoming:
        await incoming.keep("2012/01/caf\u0065\u0301.txt")

    assert (incoming.size, incoming.sha256) == (7, hashlib.sha256(b"one two").hexdigest())
    found = folder.find("2012/01/café.txt")
    assert found is not None
    assert found.read_bytes() == b"one two"
    assert folder.find("2012/01/cafe\u0301.txt") == found
    assert lying_in(folder) == ["2012/01/café.txt"]


async def test_what_is_not_kept_leaves_nothing(folder: Folder) -> None:
    async with folder.receive(stream(b"x")) as incoming:
        assert incoming.path.read_bytes() == b"x"
    with pytest.raises(ConnectionError):
        async with folder.receive(breaks_off()):
            pass

    assert lying_in(folder) == []


async def test_a_new_file_takes_the_place_of_an_old_one_at_once(folder: Folder) -> None:
    await put(folder, "a.txt", b"old")
    async with folder.receive(stream(b"new")) as incoming:
        assert folder.find("a.txt").read_bytes() == b"old"  # type: ignore[union-attr]
        await incoming.keep("a.txt")

    assert folder.find("a.txt").read_bytes() == b"new"  # type: ignore[union-attr]


async def test_a_deleted_file_is_gone_and_deleting_it_again_is_fine(folder: Folder) -> None:
    await put(folder, "a/b.txt")
    await folder.delete("a/b.txt")
    await folder.delete("a/b.txt")

    assert folder.find("a/b.txt") is None


async def test_a_folder_and_a_file_do_not_take_each_others_name(folder: Folder) -> None:
    await put(folder, "a/b.txt")
    for name in ("a", "a/b.txt/c.txt"):
        with pytest.raises(Invalid):
            await put(folder, name)

    assert lying_in(folder) == ["a/b.txt"]
    assert folder.find("a") is None
    assert folder.find("a/b.txt/c") is None


@pytest.mark.parametrize(
    "name",
    ["", "/", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "a/", "./a", ".htaccess", "a/.git/x",
     "a\\..\\b", "C:\\x", "x\r\ny", "x\x00.txt", "\ud800", "a" * 256, "é" * 128, "a/" * 251 + "a",
     ".incoming/x"],
)  # fmt: skip
async def test_bad_names_are_refused_and_found_nowhere(folder: Folder, name: str) -> None:
    with pytest.raises(Invalid):
        await put(folder, name)
    with pytest.raises(Invalid):
        await folder.delete(name)
    assert folder.find(name) is None
    assert lying_in(folder) == []


@pytest.mark.parametrize(
    "name", ["a.txt", "-rf.txt", "x.php.png", "x%2f..%2fy.txt", "a b/ü.png", "…"]
)
def test_odd_but_harmless_names_are_good(name: str) -> None:
    assert checked_name(name) == name


async def test_no_name_of_the_attack_lists_leads_out_of_the_folder(folder: Folder) -> None:
    secret = folder.root.parent / "etc" / "passwd"
    secret.parent.mkdir()
    secret.write_text("secret")
    attacks = json.loads(shared_file("data/attacks/files/filenames.json").read_text("utf-8"))
    attacks += [text.replace("{FILE}", "etc/passwd") for text in payloads("traversal")]

    for name in attacks:
        assert folder.find(name) is None
        try:
            await put(folder, name)
        except Invalid:
            continue

    outside = [p for p in folder.root.parent.rglob("*") if not p.is_relative_to(folder.root)]
    assert sorted(outside) == [secret.parent, secret]
    assert secret.read_text() == "secret"


@settings(deadline=None)
@given(st.text())
def test_whatever_the_name_it_stays_inside(name: str) -> None:
    try:
        parts = checked_name(name).split("/")
    except Invalid:
        return
    inside = os.path.normpath(os.path.join("/root", *parts))
    assert inside.startswith("/root/")
    assert inside.count("/") == len(parts) + 1


async def test_symbolic_links_are_not_followed(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.txt").write_text("secret")
    folder.root.mkdir()
    (folder.root / "door").symlink_to(tmp_path / "outside")
    (folder.root / "x.txt").symlink_to(tmp_path / "outside" / "x.txt")
    (folder.root / "loop").symlink_to(folder.root / "loop")

    assert folder.find("loop") is None
    for name in ("door/x.txt", "x.txt", "loop/x"):
        assert folder.find(name) is None
        with pytest.raises(Invalid):
            await put(folder, name)
    assert (tmp_path / "outside" / "x.txt").read_text() == "secret"


async def test_what_a_killed_process_left_is_cleared_away_after_a_day(folder: Folder) -> None:
    await put(folder, "a.txt")
    left = folder.root / ".incoming" / "left"
    for age, remains in ((3600, True), (90_000, False)):
        left.write_bytes(b"half")
        os.utime(left, (time.time() - age,) * 2)
        await put(folder, "b.txt")
        assert left.exists() == remains


async def test_a_file_that_another_process_just_finished_disturbs_nobody(folder: Folder) -> None:
    await put(folder, "a.txt")
    # Listed, and gone when it is looked at.
    (folder.root / ".incoming" / "finished").symlink_to(folder.root / "gone")

    await put(folder, "b.txt")

    assert folder.find("b.txt") is not None


def test_the_setting_names_a_folder(tmp_path: Path) -> None:
    assert folder_at("", tmp_path).root == tmp_path
    assert folder_at("file:///srv/my%20media", tmp_path).root == Path("/srv/my media")


@pytest.mark.parametrize(
    "setting", ["s3://bucket/prefix", "uploads", "file://server/share", "file:uploads", "http://x/"]
)
def test_other_settings_are_refused_by_name(setting: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="RAPPORT_MEDIA_URL"):
        folder_at(setting, tmp_path)


async def test_what_lies_below_is_listed_for_a_folder_that_is_named_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "library" / "30").mkdir(parents=True)
    (tmp_path / "data" / "library" / "30" / "letter.txt").write_bytes(b"Dear Ada")

    kept = [one async for one in Folder(Path("data")).below("library")]

    assert [(one.name, one.size) for one in kept] == [("library/30/letter.txt", 8)]
