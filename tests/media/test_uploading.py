"""Files that authors hand in: what they may be called, where they go, what is refused."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.accounts.actor import VISITOR, Actor, Role
from app.core.errors import AppError, Forbidden, Invalid, SignInNeeded, TooLarge
from app.core.storage import Folder
from app.media import uploading
from app.media.files import Nature
from app.media.models import Upload
from app.media.uploading import NewUpload, add_upload, file_name
from app.work import Doors
from tests.media.samples import MP3, PDF, a_picture, stream
from tests.world import a_member

pytestmark = pytest.mark.anyio

NOVEMBER = datetime.fromisoformat("2026-11-28T12:00")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "uploads")


@pytest.fixture
async def author(doors: Doors) -> Actor:
    async with doors.unit_of_work() as db:
        member = await a_member(db, "Ada", roles=[Role.AUTHOR])
    return Actor(member.id, "Ada", frozenset({Role.AUTHOR}))


def given(name: str = "tea.jpg", content: bytes = b"", **more: int) -> NewUpload:
    return NewUpload(name=name, chunks=stream(content or a_picture()), at=NOVEMBER, **more)


async def test_a_file_goes_into_the_folder_of_its_month(
    doors: Doors, folder: Folder, author: Actor
) -> None:
    first = await add_upload(doors, folder, author, given("My Tea.JPG", post_id=7))
    second = await add_upload(doors, folder, author, given("My Tea.JPG"))

    assert [first.path, second.path] == ["2026/11/my-tea.jpg", "2026/11/my-tea-2.jpg"]
    assert (first.mime, first.width, first.height) == ("image/jpeg", 40, 30)
    assert (first.is_stored, first.title, first.post_id, first.user_id) == (
        True, "My Tea", 7, author.user_id,
    )  # fmt: skip
    place = folder.find(first.path)
    assert place is not None
    assert place.read_bytes() == a_picture()


@pytest.mark.parametrize(
    ("name", "mime", "expected"),
    [
        ("photo.jpg", "image/jpeg", ("photo", "jpg")),
        ("../../etc/Passwd.png", "image/png", ("passwd", "png")),
        ("C:\\\\Pictures\\\\Té á deux.JPEG", "image/jpeg", ("té-á-deux", "jpeg")),
        (".htaccess.gif", "image/gif", ("htaccess", "gif")),
        ("a.php.jpg", "image/jpeg", ("a-php", "jpg")),
        (".jpg", "image/jpeg", ("file", "jpg")),
        ("!!!.pdf", "application/pdf", ("file", "pdf")),
        ("x" * 300 + ".mp3", "audio/mpeg", ("x" * 100, "mp3")),
        ("notes.docx", "application/octet-stream", ("notes", "docx")),
    ],
)
def test_a_name_is_made_safe(name: str, mime: str, expected: tuple[str, str]) -> None:
    assert file_name(name, Nature(mime)) == expected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tea.png", a_picture("JPEG")),
        ("tea.jpg", b"<html><script>alert(1)</script>"),
        ("tea.txt", a_picture("PNG")),
        ("tea", a_picture()),
        ("", a_picture()),
        ("run.php", b"<?php phpinfo();"),
        ("page.html", b"<p>Hello"),
        ("run.exe", b"MZ"),
        ("song.jpg", MP3),
        ("tea.jpg.pdf", a_picture()),
    ],
)
async def test_a_file_that_is_not_what_its_name_says_is_refused(
    doors: Doors, folder: Folder, author: Actor, name: str, content: bytes
) -> None:
    with pytest.raises(Invalid):
        await add_upload(doors, folder, author, given(name, content))

    assert await number_of_rows(doors) == 0
    assert [path for path in folder.root.rglob("*") if path.is_file()] == []


async def number_of_rows(doors: Doors) -> int:
    async with doors.reading() as db:
        return await db.scalar(select(func.count()).select_from(Upload)) or 0


async def test_no_file_is_larger_than_the_largest(
    doors: Doors, folder: Folder, author: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "LARGEST_UPLOAD", 1 << 20)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(1 << 16)

    new = NewUpload(name="tea.jpg", chunks=endless(), at=NOVEMBER)
    with pytest.raises(TooLarge, match="1 MB"):
        await add_upload(doors, folder, author, new)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (VISITOR, SignInNeeded),
        (Actor(1, "Member"), Forbidden),
        (Actor(1, "Mod", frozenset({Role.MODERATOR})), Forbidden),
    ],
)
async def test_only_authors_hand_files_in(
    doors: Doors, folder: Folder, who: Actor, refusal: type[AppError]
) -> None:
    with pytest.raises(refusal):
        await add_upload(doors, folder, who, given("tea.pdf", PDF))


async def test_a_title_does_not_turn_the_direction_of_reading(
    doors: Doors, folder: Folder, author: Actor
) -> None:
    taken = await add_upload(doors, folder, author, given("tea\u202egpj.exe\u2066.jpg"))

    assert (taken.title, taken.path) == ("teagpj.exe", "2026/11/teagpj-exe.jpg")


@pytest.mark.parametrize("ending", ["heic", "HEIF", "tif", "tiff"])
def test_who_hands_in_what_few_browsers_show_is_told_what_to_do(ending: str) -> None:
    with pytest.raises(Invalid, match="Save it as a JPEG"):
        file_name(f"photo.{ending}", Nature("application/octet-stream"))
