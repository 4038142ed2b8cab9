"""Files in a bucket: the same promises as in a folder, over a real connection to a stand-in."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from app.core import clock
from app.core.bucket import Bucket
from app.core.errors import Invalid, Unreachable
from app.core.storage import Folder, Store
from app.core.stores import store_of
from app.main import create_app
from app.media.actions import store_upload
from app.resources.models import Access
from app.resources.uploading import sweep
from app.settings import Settings
from app.work import Doors
from tests.buckets import NAME, a_bucket_server
from tests.media.samples import a_picture
from tests.resources.lending import TEXT, a_resource, fetch
from tests.visiting import BASE_URL, running, visiting
from tests.world import an_upload

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def bucket_url() -> Iterator[str]:
    with a_bucket_server() as url:
        yield url


@pytest.fixture
def settings(settings: Settings, bucket_url: str, request: pytest.FixtureRequest) -> Settings:
    """As shipped, but for where files are kept."""
    return settings.model_copy(
        update={
            "media_url": f"s3://{NAME}/{abs(hash(request.node.nodeid))}/files",
            "s3_endpoint": bucket_url,
            "s3_key": "key",
            "s3_secret": "secret",
        }
    )


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def put(store: Store, name: str, content: bytes) -> None:
    async with store.receive(stream(content)) as incoming:
        await incoming.keep(name)


async def whole(store: Store, name: str, start: int, stop: int) -> bytes:
    return b"".join([block async for block in store.read(name, start, stop)])


async def test_a_file_is_kept_whole_read_in_part_and_deleted(settings: Settings) -> None:
    store = store_of(settings)
    content = bytes(range(256)) * 50_000
    assert isinstance(store, Bucket)
    async with store.receive(stream(content[:100], content[100:])) as incoming:
        await incoming.keep("2012/01/cafe\u0301.bin")

    assert incoming.sha256 == hashlib.sha256(content).hexdigest()
    kept = await store.look("2012/01/café.bin")
    assert kept is not None
    assert (kept.size, kept.name) == (len(content), "2012/01/café.bin")
    assert abs(clock.now() - kept.changed_at) < timedelta(minutes=1)
    assert await whole(store, "2012/01/café.bin", 3, 300) == content[3:300]
    assert await whole(store, "2012/01/café.bin", 0, len(content)) == content
    assert [one.name async for one in store.below("2012")] == ["2012/01/café.bin"]
    assert [one.name async for one in store.below("2013")] == []
    await store.delete("2012/01/café.bin")
    await store.delete("2012/01/café.bin")
    assert await store.look("2012/01/café.bin") is None


async def test_what_is_not_kept_leaves_nothing_and_names_lead_nowhere_else(
    settings: Settings,
) -> None:
    store = store_of(settings)
    async with store.receive(stream(b"x")):
        pass
    for name in ("../x", "/x", "a//b", ".hidden", "a\0b"):
        with pytest.raises(Invalid):
            await put(store, name, b"x")
        assert await store.look(name) is None

    assert [path for path in (settings.data / "uploads").rglob("*") if path.is_file()] == []


async def test_a_server_that_is_away_is_said_to_be(settings: Settings) -> None:
    store = store_of(settings.model_copy(update={"s3_endpoint": "http://127.0.0.1:9"}))

    with pytest.raises(Unreachable):
        await put(store, "a.txt", b"x")
    with pytest.raises(Unreachable):
        await store.look("a.txt")


async def test_the_library_hands_out_of_a_bucket_and_tidies_it(
    doors: Doors, settings: Settings
) -> None:
    app = create_app(settings)
    await a_resource(doors, settings)
    await a_resource(doors, settings, "For members", access=Access.MEMBERS)
    store = store_of(settings)
    await put(store, "resources/ab/left-behind", b"half a thing")
    async with running(app), visiting(app) as visitor:
        path = "/resources/a-calendar-of-letters/download"
        assert (await fetch(visitor, path)).content == TEXT
        part = await visitor.get(path, headers={"Range": "bytes=4-9"})
        assert (part.status_code, part.content) == (206, TEXT[4:10])
        assert (await visitor.head(path)).headers["content-length"] == str(len(TEXT))
        assert (await visitor.get("/resources/for-members/download")).status_code == 404

        assert await sweep(doors, store) == 0
        with clock.moved(timedelta(days=2)):
            assert await sweep(doors, store) == 1
        assert (await fetch(visitor, path)).content == TEXT


async def test_pictures_of_posts_are_shown_out_of_a_bucket(
    doors: Doors, settings: Settings
) -> None:
    app, picture = create_app(settings), a_picture()
    async with doors.unit_of_work() as db:
        await store_upload(
            db, store_of(settings), await an_upload(db, "2012/01/tea.jpg"), stream(picture)
        )
    async with running(app), visiting(app) as visitor:
        answer = await visitor.get("/wp-content/uploads/2012/01/tea.jpg")

    assert (answer.status_code, answer.content) == (200, picture)


@pytest.mark.parametrize(
    "url", ["s3://", "s3:///prefix", "ftp://a/b", "s3://bucket?x=1", "relative/folder"]
)
def test_what_is_no_store_is_no_setting(url: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        Settings(_env_file=None, media_url=url, base_url=BASE_URL)


def test_a_folder_is_the_usual_store(settings: Settings) -> None:
    usual = settings.model_copy(update={"media_url": ""})

    assert store_of(usual) == Folder(settings.data / "uploads")
