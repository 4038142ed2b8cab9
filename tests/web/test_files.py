"""Uploads are served where they were, as what they are, and never as a page of ours."""

from email.utils import formatdate
from urllib.parse import quote

import httpx
import pytest

from app.core.errors import Invalid
from app.core.storage import Folder
from app.media.actions import store_upload
from app.settings import Settings
from app.work import Doors
from tests.media.samples import MP4, PDF, a_picture, stream
from tests.shared import payloads, shared_file
from tests.world import an_upload

pytestmark = pytest.mark.anyio

UPLOADS = "/wp-content/uploads/"
PHOTO = "2012/01/photo.jpg"
PICTURE = a_picture()


@pytest.fixture
def storage(settings: Settings) -> Folder:
    return Folder(settings.data / "uploads")


async def stored(doors: Doors, storage: Folder, path: str, content: bytes = PICTURE) -> None:
    async with doors.unit_of_work() as session:
        await store_upload(session, storage, await an_upload(session, path), stream(content))


@pytest.fixture
async def photo(doors: Doors, storage: Folder) -> str:
    await stored(doors, storage, PHOTO)
    return UPLOADS + PHOTO


async def test_a_picture_is_shown_at_its_old_address(
    visitor: httpx.AsyncClient, photo: str
) -> None:
    answer = await visitor.get(photo)

    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"] == 'inline; filename="photo.jpg"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; img-src")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert "set-cookie" not in answer.headers


async def test_head_has_the_headers_alone(visitor: httpx.AsyncClient, photo: str) -> None:
    answer = await visitor.head(photo)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(PICTURE))


async def test_who_has_the_file_is_told_so(visitor: httpx.AsyncClient, photo: str) -> None:
    etag = (await visitor.get(photo)).headers["etag"]
    known = {
        '"x", ' + etag: 304,
        "W/" + etag: 304,
        "*": 304,
        '"x"': 200,
    }
    for tags, status in known.items():
        answer = await visitor.get(photo, headers={"If-None-Match": tags})
        assert (answer.status_code, answer.headers["etag"]) == (status, etag)
    for moment, status in ((formatdate(usegmt=True), 304), ("yesterday", 200)):
        answer = await visitor.get(photo, headers={"If-Modified-Since": moment})
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-9", 206, PICTURE[:10]),
        ("bytes=10-", 206, PICTURE[10:]),
        ("bytes=-5", 206, PICTURE[-5:]),
        ("bytes=0-999999", 206, PICTURE),
        ("bytes=999999-", 416, b""),
        ("pages=1-2", 200, PICTURE),
    ],
)
async def test_parts_of_a_file_are_given(
    visitor: httpx.AsyncClient, photo: str, asked: str, status: int, content: bytes | None
) -> None:
    answer = await visitor.get(photo, headers={"Range": asked})

    assert answer.status_code == status
    assert content is None or answer.content == content
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{len(PICTURE)}"


async def test_a_part_is_not_given_of_a_file_that_changed(
    visitor: httpx.AsyncClient, photo: str
) -> None:
    etag = (await visitor.get(photo)).headers["etag"]
    for condition, status in ((etag, 206), ('"older"', 200)):
        headers = {"Range": "bytes=0-9", "If-Range": condition}
        assert (await visitor.get(photo, headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("name", "content", "begins"),
    [
        ("film.mp4", MP4, "inline"),
        ("paper.pdf", PDF, "inline"),
        ("page.html", b"<script>alert(1)</script>", "attachment"),
        ("photo.jpg", b"<svg onload='alert(1)'/>", "attachment"),
        ("notes.txt", b"hello", "attachment"),
        ("\u202egpj.exe", b"MZ", 'attachment; filename="gpj.exe"'),
        ('a"; x=".txt', b"x", "attachment; filename*=utf-8''a%22%3B%20x%3D%22.txt"),
        ("<img src=x>.txt", b"x", "attachment; filename*=utf-8''%3Cimg%20src%3Dx%3E.txt"),
    ],
)
async def test_only_what_cannot_act_is_shown_in_the_browser(
    visitor: httpx.AsyncClient,
    doors: Doors,
    storage: Folder,
    name: str,
    content: bytes,
    begins: str,
) -> None:
    await stored(doors, storage, name, content)

    answer = await visitor.get(UPLOADS + quote(name))

    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith(begins)
    if begins.startswith("attachment"):
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_names_are_found_however_their_accents_are_written(
    visitor: httpx.AsyncClient, doors: Doors, storage: Folder
) -> None:
    await stored(doors, storage, "2012/01/café.jpg")
    for spelling in ("café.jpg", "cafe\u0301.jpg"):
        answer = await visitor.get(f"{UPLOADS}2012/01/{quote(spelling)}?ver=1")
        assert answer.content == PICTURE


async def test_a_size_that_was_not_brought_leads_to_the_picture(
    visitor: httpx.AsyncClient, doors: Doors, storage: Folder, photo: str
) -> None:
    await stored(doors, storage, "a b-scaled.png")
    for asked, found in (
        ("2012/01/photo-300x200.jpg", photo),
        ("a%20b-300x200.png", UPLOADS + "a%20b-scaled.png"),
    ):
        answer = await visitor.get(UPLOADS + asked)
        assert (answer.status_code, answer.headers["location"]) == (302, found)
    for nothing in ("2012/01/photo-300x.jpg", "2012/01/gone-300x200.jpg", "photo-300x200.jpg"):
        assert (await visitor.get(UPLOADS + nothing)).status_code == 404


async def test_what_is_no_stored_file_is_not_found(
    visitor: httpx.AsyncClient, doors: Doors, storage: Folder, settings: Settings, photo: str
) -> None:
    async with doors.unit_of_work() as session:
        await an_upload(session, "2012/01/never-came.jpg")
    await stored(doors, storage, "2012/01/lost.jpg")
    await storage.delete("2012/01/lost.jpg")
    (storage.root / "2012/01/unknown.jpg").write_bytes(PICTURE)

    for path in ("", "2012", "2012/01/", "2012/01/never-came.jpg", "2012/01/lost.jpg",
                 "2012/01/unknown.jpg", "2012/01/photo.jpg/", "%00", "x%00.jpg", "%ff", "a" * 2000,
                 "../../rapport.sqlite3", "%2e%2e/rapport.sqlite3", "..%2frapport.sqlite3",
                 ".incoming"):  # fmt: skip
        assert (await visitor.get(UPLOADS + path)).status_code == 404, path


async def test_no_path_of_the_attack_list_leads_to_another_file(
    visitor: httpx.AsyncClient, photo: str
) -> None:
    for text in payloads("traversal"):
        path = text.replace("{FILE}", "etc/passwd")
        answer = await visitor.get(UPLOADS + quote(path, safe="/%"))
        assert answer.status_code == 404, path


async def test_no_attack_is_ever_a_page_of_ours(
    visitor: httpx.AsyncClient, doors: Doors, storage: Folder
) -> None:
    served = 0
    for attack in sorted(shared_file("data/attacks/files").iterdir()):
        try:
            await stored(doors, storage, attack.name, attack.read_bytes())
        except Invalid:
            assert (await visitor.get(UPLOADS + attack.name)).status_code == 404
            continue
        answer = await visitor.get(UPLOADS + attack.name)
        served += 1
        assert answer.content == attack.read_bytes()
        assert answer.headers["content-type"] == "application/octet-stream", attack.name
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert served > 10


async def test_posting_to_a_file_is_the_wrong_method(
    visitor: httpx.AsyncClient, photo: str
) -> None:
    assert (await visitor.post(photo)).status_code == 405
