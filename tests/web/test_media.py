"""The library of files: put there, described, found again, deleted."""

import re
from io import BytesIO

import anyio
import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.accounts.models import AuditEntry
from app.media.library import PAGE_SIZE
from app.media.models import Upload
from app.posts.actions import add_post
from app.posts.drafts import Draft
from app.settings import Settings
from app.site.queries import ensure_site
from app.work import Doors
from tests.conftest import CountQueries, RunJobs, SignedIn
from tests.media.samples import MP3, PDF, a_picture
from tests.world import a_post, an_upload

pytestmark = pytest.mark.anyio

DESK = "/write/media/"
# A form without a tick, as a browser sends it.
NOTHING = {"though_used": ""}


async def hand_in(client: httpx.AsyncClient, *files: tuple[str, bytes]) -> httpx.Response:
    """Files sent together, as a browser without script does."""
    sent = [("file", (name, content, "application/octet-stream")) for name, content in files]
    return await client.post(DESK, files=sent)


async def the_upload(doors: Doors, path: str = "") -> Upload:
    async with doors.reading() as db:
        query = select(Upload).where(Upload.variant_of_id.is_(None)).order_by(Upload.id.desc())
        found = await db.scalar(query.where(Upload.path.endswith(path)).limit(1))
    assert found is not None
    return found


async def test_a_picture_is_handed_in_and_asks_for_its_alt_text(
    signed_in: SignedIn, visitor: httpx.AsyncClient, doors: Doors
) -> None:
    author = await signed_in(Role.AUTHOR)

    added = await hand_in(author, ("Tea & cake.JPG", a_picture()))

    assert added.status_code == 303
    page = (await author.get(added.headers["location"])).text
    assert "Now say what is to be seen on it." in page
    assert "No alt text yet" in page
    upload = await the_upload(doors)
    assert f"![](/wp-content/uploads/{upload.path})" in page
    assert (await visitor.get(f"/wp-content/uploads/{upload.path}")).status_code == 200
    listed = (await author.get(DESK)).text
    assert "1 picture has no alt text yet." in listed
    assert "Tea &amp; cake" in listed


async def test_several_files_are_taken_each_for_itself(signed_in: SignedIn, doors: Doors) -> None:
    author = await signed_in(Role.AUTHOR)

    some = await hand_in(author, ("a.jpg", a_picture()), ("b.png", b"no picture"), ("c.mp3", MP3))
    all_ = await hand_in(author, ("d.pdf", PDF), ("e.png", a_picture("PNG")))

    assert some.status_code == 422
    assert ">“b.png” is not what its name says" in some.text
    assert "Taken all the same:" in some.text
    assert (all_.status_code, all_.headers["location"]) == (303, f"{DESK}?done=several")
    async with doors.reading() as db:
        paths = await db.scalars(select(Upload.path).order_by(Upload.id))
        assert [path[8:] for path in paths] == ["a.jpg", "c.mp3", "d.pdf", "e.png"]


async def test_no_file_is_an_error_that_says_so(signed_in: SignedIn) -> None:
    author = await signed_in(Role.AUTHOR)

    answer = await hand_in(author, ("", b""))

    assert answer.status_code == 422
    assert "Please choose a file." in answer.text


async def described(client: httpx.AsyncClient, url: str, **words: str) -> httpx.Response:
    page = (await client.get(url)).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    return await client.post(f"{url}words", data={"version": version[1], **words})


async def test_words_about_a_file_are_kept_found_and_in_the_log(
    signed_in: SignedIn, doors: Doors
) -> None:
    author = await signed_in(Role.AUTHOR)
    await hand_in(author, ("one.jpg", a_picture()), ("two.jpg", a_picture()))
    upload = await the_upload(doors)
    url = f"{DESK}{upload.id}/"

    said = await described(author, url, alt="A green pot [of] tea", title="Pot", caption="1%")

    assert (said.status_code, said.headers["location"]) == (303, f"{url}?done=saved")
    page = (await author.get(url)).text
    assert r"![A green pot \[of\] tea](/wp-content/uploads/" in page
    for words, there in (("green", 1), ("POT tea", 1), ("1%", 1), ("9%", 0), ("two", 1), ("x", 0)):
        found = (await author.get(DESK, params={"q": words})).text
        assert found.count("media-card__link") == there, words
    untold = (await author.get(DESK, params={"kind": "untold"})).text
    assert untold.count("media-card__link") == 1
    async with doors.reading() as db:
        logged = list(await db.scalars(select(AuditEntry.what).order_by(AuditEntry.id)))
    assert logged[-3:] == ["file added", "file added", "file described"]


async def test_of_two_who_describe_a_file_at_once_the_second_is_told(
    signed_in: SignedIn, doors: Doors
) -> None:
    author = await signed_in(Role.AUTHOR)
    await hand_in(author, ("one.jpg", a_picture()))
    url = f"{DESK}{(await the_upload(doors)).id}/"
    data = {"version": "1", "title": "One", "alt": "A"}
    assert (await author.post(f"{url}words", data=data)).status_code == 303

    second = await author.post(f"{url}words", data={**data, "alt": "What I typed"})

    assert second.status_code == 409
    assert "What I typed" in second.text
    assert 'name="version" value="2"' in second.text
    too_long = await described(author, url, alt="x" * 1001)
    assert too_long.status_code == 422
    assert "At most 1000 characters" in too_long.text


async def test_authors_keep_their_own_files_and_editors_all(
    signed_in: SignedIn, doors: Doors
) -> None:
    author = await signed_in(Role.AUTHOR)
    await hand_in(author, ("one.jpg", a_picture()))
    url = f"{DESK}{(await the_upload(doors)).id}/"

    other, editor, owner = [
        await signed_in(role) for role in (Role.AUTHOR, Role.EDITOR, Role.OWNER)
    ]

    assert (await other.get(url)).status_code == 404
    assert (await other.post(f"{url}deletion", data=NOTHING)).status_code == 404
    assert "media-card__link" not in (await other.get(DESK)).text
    for client in (editor, owner):
        assert (await client.get(url)).status_code == 200
        assert "media-card__link" in (await client.get(DESK)).text
    for role in (None, Role.MODERATOR):
        client = await signed_in(*([role] if role else []))
        for answer in (await client.get(DESK), await client.get(url), await client.post(DESK)):
            assert answer.status_code == 403


async def test_a_file_that_no_post_uses_is_deleted_for_good(
    signed_in: SignedIn,
    visitor: httpx.AsyncClient,
    doors: Doors,
    settings: Settings,
    run_jobs: RunJobs,
) -> None:
    author = await signed_in(Role.AUTHOR)
    await hand_in(author, ("one.jpg", a_picture(size=(1000, 700))))
    await run_jobs()
    upload = await the_upload(doors)

    gone = await author.post(f"{DESK}{upload.id}/deletion", data=NOTHING)

    assert (gone.status_code, gone.headers["location"]) == (303, f"{DESK}?done=deleted")
    assert (await visitor.get(f"/wp-content/uploads/{upload.path}")).status_code == 404
    await run_jobs()
    left = [path for path in (settings.data / "uploads").rglob("*") if path.is_file()]
    assert left == []
    assert (await author.get(f"{DESK}{upload.id}/")).status_code == 404
    # Whoever keeps the old file for ever is never shown another under its name.
    await hand_in(author, ("one.jpg", a_picture()))
    assert (await the_upload(doors)).path.endswith("one-2.jpg")


async def test_a_file_that_posts_use_asks_before_it_goes(
    signed_in: SignedIn, visitor: httpx.AsyncClient, doors: Doors
) -> None:
    editor = await signed_in(Role.EDITOR)
    await hand_in(editor, ("one.jpg", a_picture()))
    upload = await the_upload(doors)
    async with doors.unit_of_work() as db:
        await a_post(db, title="With a cover", slug="with-a-cover", cover_id=upload.id)
    await write(doors, f"See ![it](/wp-content/uploads/{upload.path}).", title="With a picture")
    url = f"{DESK}{upload.id}/"

    page = (await editor.get(url)).text
    refused = await editor.post(f"{url}deletion", data=NOTHING)

    assert "With a picture" in page
    assert refused.status_code == 409
    assert "Posts use this file." in refused.text
    assert (await visitor.get(f"/wp-content/uploads/{upload.path}")).status_code == 200
    gone = await editor.post(f"{url}deletion", data={"though_used": "1"})
    assert gone.status_code == 303


async def write(doors: Doors, body: str, **more: str) -> int:
    async with doors.unit_of_work() as db:
        site = await ensure_site(db, "blog.example")
        post = await add_post(db, OWNER_AT_THE_MACHINE, site, Draft(body=body, **more))
        return post.id


async def test_words_about_a_cover_are_new_on_its_page_at_once(
    signed_in: SignedIn, visitor: httpx.AsyncClient, doors: Doors
) -> None:
    editor = await signed_in(Role.EDITOR)
    await hand_in(editor, ("one.jpg", a_picture()))
    upload = await the_upload(doors)
    async with doors.unit_of_work() as db:
        post = await a_post(db, cover_id=upload.id)
    assert "A green pot" not in (await visitor.get(post.path or "")).text

    await described(editor, f"{DESK}{upload.id}/", alt="A green pot")

    assert 'alt="A green pot"' in (await visitor.get(post.path or "")).text
    await editor.post(f"{DESK}{upload.id}/deletion", data={"though_used": "1"})
    assert upload.path not in (await visitor.get(post.path or "")).text


async def test_two_of_one_name_at_once_get_a_path_each(signed_in: SignedIn, doors: Doors) -> None:
    clients = [await signed_in(Role.AUTHOR) for _number in range(4)]
    async with anyio.create_task_group() as tasks:
        for client in clients:
            tasks.start_soon(hand_in, client, ("one.jpg", a_picture()))

    async with doors.reading() as db:
        paths = [path[8:] for path in await db.scalars(select(Upload.path).order_by(Upload.path))]
    assert paths == ["one-2.jpg", "one-3.jpg", "one-4.jpg", "one.jpg"]


async def test_pages_of_the_library_follow_each_other_by_key(
    signed_in: SignedIn, doors: Doors, count_queries: CountQueries
) -> None:
    async with doors.unit_of_work() as db:
        for number in range(2 * PAGE_SIZE + 5):
            await an_upload(db, f"2024/03/{number}.pdf", is_stored=True, mime="application/pdf")
    editor = await signed_in(Role.EDITOR)
    seen, url, asked = [], DESK, set()
    while url:
        with count_queries() as queries:
            page = (await editor.get(url)).text
        seen += re.findall(r'media-card__link" href="(\S+)"', page)
        asked.add(len(queries))
        more = re.search(r'href="([^"]*before=\d+)"', page)
        url = more[1] if more else ""

    assert len(seen) == len(set(seen)) == 2 * PAGE_SIZE + 5
    assert max(asked) - min(asked) <= 2


async def test_what_was_handed_in_may_be_kept_for_ever_and_what_was_imported_may_not(
    signed_in: SignedIn, visitor: httpx.AsyncClient, doors: Doors
) -> None:
    await hand_in(await signed_in(Role.AUTHOR), ("one.jpg", a_picture()))
    upload = await the_upload(doors)

    answer = await visitor.get(f"/wp-content/uploads/{upload.path}")
    part = await visitor.get(f"/wp-content/uploads/{upload.path}", headers={"Range": "bytes=0-9"})

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (part.status_code, part.content) == (206, answer.content[:10])


def a_turned_photo() -> bytes:
    """A photo as telephones make them: lying on its side, and full of facts about its maker."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A telephone"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    out = BytesIO()
    Image.new("RGB", (60, 20), (9, 90, 200)).save(out, "JPEG", exif=exif, comment=b"secret")
    return out.getvalue()


async def test_a_photo_stands_upright_and_tells_nothing_else(
    signed_in: SignedIn, visitor: httpx.AsyncClient, doors: Doors
) -> None:
    await hand_in(await signed_in(Role.AUTHOR), ("photo.jpg", a_turned_photo()))

    upload = await the_upload(doors)
    served = (await visitor.get(f"/wp-content/uploads/{upload.path}")).content

    assert (upload.width, upload.height) == (20, 60)
    picture = Image.open(BytesIO(served))
    assert picture.size == (20, 60)
    assert not picture.getexif()
    assert b"telephone" not in served
    assert b"secret" not in served
