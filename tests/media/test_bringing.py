"""Files come along from a folder or from the old site, whole, once, and with a reason where not."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.abc import SocketStream
from sqlalchemy import select

from app.core.errors import Invalid
from app.core.outbound.door import Door
from app.core.storage import Folder
from app.media import bringing
from app.media.bringing import Outcome, bring_from_folder, fetch_from_old_site
from app.media.models import Upload
from app.work import Doors
from tests.core.strangers import Stranger, a_stranger, answers
from tests.media.samples import PDF, a_picture
from tests.shared import shared_file
from tests.world import an_upload

pytestmark = pytest.mark.anyio

PICTURE = a_picture()


@pytest.fixture
def storage(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "uploads")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A copy of the old site's uploads."""
    folder = tmp_path / "old"
    for name, content in {
        "2012/01/photo.jpg": PICTURE,
        "2012/01/photo-20x15.jpg": a_picture(size=(20, 15)),
        "2012/01/other.jpg": PICTURE,
        "2012/02/cafe\u0301.pdf": PDF,
        "2012/02/page.html": b"<script>alert(1)</script>",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


async def known_here(doors: Doors, *paths: str, **fields: Any) -> None:
    """Rows that the import has made."""
    async with doors.unit_of_work() as session:
        for path in paths:
            await an_upload(session, path, **fields)


async def rows(doors: Doors) -> dict[str, Upload]:
    async with doors.reading() as session:
        return {upload.path: upload for upload in await session.scalars(select(Upload))}


def reasons(outcomes: list[Outcome]) -> dict[str, str]:
    return {outcome.path: outcome.because for outcome in outcomes}


async def test_files_come_from_the_folder_with_their_other_sizes(
    doors: Doors, storage: Folder, old: Path
) -> None:
    await known_here(doors, "2012/01/photo.jpg", "2012/02/café.pdf", "2012/02/page.html")
    told: list[tuple[int, int]] = []

    outcomes = await bring_from_folder(doors, storage, old, lambda *done: told.append(done))

    assert set(reasons(outcomes).values()) == {""}
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    uploads = await rows(doors)
    photo, small = uploads["2012/01/photo.jpg"], uploads["2012/01/photo-20x15.jpg"]
    assert (photo.mime, photo.size, photo.width, photo.height, photo.is_stored) == (
        "image/jpeg", len(PICTURE), 40, 30, True,
    )  # fmt: skip
    assert (small.variant_of_id, small.width, small.is_stored) == (photo.id, 20, True)
    assert uploads["2012/02/café.pdf"].mime == "application/pdf"
    assert uploads["2012/02/page.html"].mime == "application/octet-stream"
    # Nobody uploaded it, as far as the export says.
    assert "2012/01/other.jpg" not in uploads
    assert storage.find("2012/01/other.jpg") is None


@pytest.mark.parametrize("around", ["wp-content/uploads", "uploads"])
async def test_the_folder_may_be_one_of_those_around_the_uploads(
    doors: Doors, storage: Folder, old: Path, tmp_path: Path, around: str
) -> None:
    os.renames(old, tmp_path / "site" / around)
    await known_here(doors, "2012/01/photo.jpg")

    outcomes = await bring_from_folder(doors, storage, tmp_path / "site")

    assert sorted(reasons(outcomes)) == ["2012/01/photo-20x15.jpg", "2012/01/photo.jpg"]


async def test_a_second_run_brings_only_what_is_new(
    doors: Doors, storage: Folder, old: Path
) -> None:
    await known_here(doors, "2012/01/photo.jpg", "2012/03/gone.jpg")
    await bring_from_folder(doors, storage, old)
    before = await rows(doors)
    (old / "2012/01/photo-10x8.jpg").write_bytes(a_picture(size=(10, 8)))

    outcomes = await bring_from_folder(doors, storage, old)

    assert reasons(outcomes) == {
        "2012/01/photo-10x8.jpg": "",
        "2012/03/gone.jpg": "It is not in the folder.",
    }
    assert set(await rows(doors)) - set(before) == {"2012/01/photo-10x8.jpg"}


async def test_what_a_killed_run_stored_is_not_brought_again(
    doors: Doors, storage: Folder, old: Path
) -> None:
    await known_here(doors, "2012/01/other.jpg")
    await bring_from_folder(doors, storage, old)
    async with doors.unit_of_work() as session:
        await session.delete((await session.scalars(select(Upload))).one())
    await known_here(doors, "2012/01/other.jpg")
    (old / "2012/01/other.jpg").unlink()

    outcomes = await bring_from_folder(doors, storage, old)

    assert reasons(outcomes) == {"2012/01/other.jpg": ""}
    assert (await rows(doors))["2012/01/other.jpg"].is_stored


async def test_a_file_that_was_lost_is_brought_again(
    doors: Doors, storage: Folder, old: Path
) -> None:
    await known_here(doors, "2012/01/other.jpg")
    await bring_from_folder(doors, storage, old)
    await storage.delete("2012/01/other.jpg")

    outcomes = await bring_from_folder(doors, storage, old)

    assert reasons(outcomes) == {"2012/01/other.jpg": ""}
    assert storage.find("2012/01/other.jpg") is not None


async def test_nothing_is_read_from_outside_the_folder(
    doors: Doors, storage: Folder, old: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/x.txt").write_text("secret")
    (old / "link.txt").symlink_to(tmp_path / "secret/x.txt")
    (old / "door").symlink_to(tmp_path / "secret")
    hostile = ["link.txt", "door/x.txt", "../secret/x.txt", "/etc/passwd", "a\x01b", "x" * 300]
    await known_here(doors, *hostile)

    outcomes = await bring_from_folder(doors, storage, old)

    assert sorted(reasons(outcomes)) == sorted(hostile)
    assert all(reasons(outcomes).values())
    assert not any(upload.is_stored for upload in (await rows(doors)).values())


async def test_bombs_are_named_and_the_rest_comes(doors: Doors, storage: Folder, old: Path) -> None:
    bomb = shared_file("data/attacks/files/bomb-claims-65535.gif").read_bytes()
    (old / "2012/01/bomb.gif").write_bytes(bomb)
    await known_here(doors, "2012/01/bomb.gif", "2012/01/photo.jpg")

    found = reasons(await bring_from_folder(doors, storage, old))

    assert "million pixels" in found["2012/01/bomb.gif"]
    assert found["2012/01/photo.jpg"] == ""


async def test_no_folder_is_said_at_once(doors: Doors, storage: Folder, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="is not a folder"):
        await bring_from_folder(doors, storage, tmp_path / "gone")


async def test_a_full_disk_ends_the_run_with_its_own_error(
    doors: Doors, storage: Folder, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known_here(doors, "2012/01/photo.jpg")

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        await bring_from_folder(doors, storage, old)


def a_door(*friends: Stranger) -> Door:
    return Door("https://ours.example", allow=frozenset(friend.server for friend in friends))


async def an_old_site(stream: SocketStream) -> None:
    """Answers with a picture."""
    await answers(PICTURE, "Content-Type: image/jpeg")(stream)


@pytest.fixture
async def site() -> AsyncIterator[Stranger]:
    async with a_stranger(an_old_site) as site:
        yield site


async def test_files_are_fetched_from_the_old_site_once(
    doors: Doors, storage: Folder, site: Stranger
) -> None:
    for number in range(60):
        await known_here(doors, f"{number}.jpg", source_url=f"{site.url}{number}.jpg")

    first = await fetch_from_old_site(doors, storage, a_door(site), [site.host])
    second = await fetch_from_old_site(doors, storage, a_door(site), [site.host])

    assert set(reasons(first).values()) == {""}
    assert second == []
    assert len(site.requests) == 60
    assert all(upload.is_stored for upload in (await rows(doors)).values())


async def test_only_hosts_of_the_old_site_are_asked(
    doors: Doors, storage: Folder, site: Stranger
) -> None:
    await known_here(doors, "a.jpg", source_url=site.url)
    await known_here(doors, "b.jpg", source_url="")
    await known_here(doors, "c.jpg", source_url="file:///etc/passwd")

    outcomes = await fetch_from_old_site(doors, storage, a_door(site), ["old.example"])

    assert all(reasons(outcomes).values())
    assert site.connections == 0


async def breaks_off(stream: SocketStream) -> None:
    await answers(PICTURE[:100], "Content-Type: image/jpeg", "Content-Length: 5000")(stream)


async def test_failures_have_reasons_and_leave_nothing_half(doors: Doors, storage: Folder) -> None:
    gone = answers(b"no", status="404 Not Found")
    page = answers(b"<h1>Oh no</h1>")
    for behaviour, reason in ((gone, "404"), (page, "kind of content"), (breaks_off, "breaks off")):
        async with a_stranger(behaviour) as site:
            path = f"{site.port}.jpg"
            await known_here(doors, path, source_url=site.url)
            outcomes = await fetch_from_old_site(doors, storage, a_door(site), [site.host])
        assert reason in reasons(outcomes)[path]
        assert storage.find(path) is None
    assert os.listdir(storage.root / ".incoming") == []


async def test_a_site_that_asks_for_a_pause_gets_one(doors: Doors, storage: Folder) -> None:
    asked: list[float] = []

    async def is_busy_at_first(stream: SocketStream) -> None:
        asked.append(anyio.current_time())
        if len(asked) == 1:
            busy = answers(b"", "Retry-After: 1", status="429 Too Many Requests")
            await busy(stream)
        else:
            await an_old_site(stream)

    async with a_stranger(is_busy_at_first) as site:
        await known_here(doors, "a.jpg", source_url=site.url)
        outcomes = await fetch_from_old_site(doors, storage, a_door(site), [site.host])

    assert reasons(outcomes) == {"a.jpg": ""}
    assert asked[1] - asked[0] >= 1


async def test_a_pause_of_thousands_of_digits_is_too_long(doors: Doors, storage: Folder) -> None:
    busy = answers(b"", f"Retry-After: {'9' * 5000}", status="429 Too Many Requests")
    async with a_stranger(busy) as site:
        await known_here(doors, "a.jpg", source_url=site.url)
        outcomes = await fetch_from_old_site(doors, storage, a_door(site), [site.host])

    assert reasons(outcomes) == {"a.jpg": "The old site asked to be left alone for a while."}


async def test_a_site_that_is_away_is_not_asked_for_everything(
    doors: Doors, storage: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "PATIENCE", 3)
    asked: list[SocketStream] = []

    async def hangs_up(stream: SocketStream) -> None:
        asked.append(stream)

    async with a_stranger(hangs_up) as site:
        for number in range(30):
            await known_here(doors, f"{number}.jpg", source_url=site.url)
        outcomes = await fetch_from_old_site(doors, storage, a_door(site), [site.host])

    assert len(outcomes) == 30
    assert all(reasons(outcomes).values())
    # Those on their way together with the third may still come.
    assert 3 <= len(asked) < 3 + bringing.AT_ONCE
