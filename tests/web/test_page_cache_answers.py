"""In which form a page leaves the door: for HEAD, in the coding that is liked, whole or refused."""

import gzip
from collections.abc import AsyncIterator, Callable

import brotli
import httpx
import pytest
import zstandard
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.door.page_cache import PageCacheDoor, mark_cacheable
from tests.visiting import visiting
from tests.web.small_site import RSS, Site, door_around

pytestmark = pytest.mark.anyio


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
async def reader(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody whose program asks for nothing special."""
    async with visiting(site.door) as client:
        client.headers.pop("accept-encoding")
        yield client


async def test_head_is_get_without_its_body(site: Site, reader: httpx.AsyncClient) -> None:
    first = await reader.head("/hello/")
    whole = await reader.get("/hello/")
    again = await reader.head("/hello/")

    assert site.rendered == ["GET /hello/"]
    assert first.content == again.content == b""
    assert dict(first.headers) == dict(again.headers) == dict(whole.headers)


async def test_head_is_answered_for_what_is_not_kept_as_well(
    site: Site, reader: httpx.AsyncClient
) -> None:
    site.tags = set()
    answer = await reader.head("/search/")

    assert answer.content == b""
    assert answer.headers["content-length"] == str(len((await reader.get("/search/")).content))


@pytest.mark.parametrize(
    ("accepted", "coding", "read"),
    [
        ("br, gzip", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("zstd", "zstd", zstandard.decompress),
        ("identity", None, bytes),
    ],
)
@pytest.mark.parametrize("is_kept", [True, False])
async def test_every_reader_gets_the_coding_it_likes(
    site: Site,
    reader: httpx.AsyncClient,
    accepted: str,
    coding: str | None,
    read: Callable[[bytes], bytes],
    is_kept: bool,
) -> None:
    site.tags = {"site"} if is_kept else set()
    for _ in range(2):
        async with reader.stream("GET", "/a/", headers={"Accept-Encoding": accepted}) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])

        assert answer.headers.get("content-encoding") == coding
        assert answer.headers["content-length"] == str(len(raw))
        assert answer.headers["vary"] == "Accept-Encoding, Cookie"
        assert read(raw) == b"<p>Edition 1 of /a/</p>" * 40


async def test_however_many_ways_there_are_to_ask_each_gets_its_coding(
    site: Site, reader: httpx.AsyncClient
) -> None:
    ways = [f"gzip, x-{number}" for number in range(50)] + ["gzip," * 200]
    for accepted in ways * 2:
        answer = await reader.get("/a/", headers={"Accept-Encoding": accepted})

        assert answer.headers["content-encoding"] == "gzip"
    assert site.rendered == ["GET /a/"]


async def test_who_refuses_every_coding_is_told_so(reader: httpx.AsyncClient) -> None:
    answer = await reader.get("/a/", headers={"Accept-Encoding": "identity;q=0"})

    assert answer.status_code == 406


async def test_a_picture_is_not_compressed_again(site: Site, reader: httpx.AsyncClient) -> None:
    site.content_type = "image/webp"
    answer = await reader.get("/a.webp", headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers


async def test_a_stream_is_passed_on_as_it_comes() -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        async def parts() -> AsyncIterator[str]:
            for number in range(3):
                yield f"{number} " * 300

        await StreamingResponse(parts(), media_type="text/csv")(scope, receive, send)

    async with visiting(door_around(application)) as reader:
        answer = await reader.get("/export")

    assert answer.text == "0 " * 300 + "1 " * 300 + "2 " * 300
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/wp-content/uploads/2026/01/photo.jpg", "HEAD"),
        ("/resources/a-letter/download", "HEAD"),
        ("/resources/a-letter/versions/2/download", "HEAD"),
        ("/resources/a-letter/download/token", "HEAD"),
        ("/resources/a-letter/", "GET"),
        ("/resources/download", "GET"),
    ],
)
async def test_files_stream_past_the_door(
    site: Site, reader: httpx.AsyncClient, path: str, method: str
) -> None:
    await reader.head(path)

    assert site.rendered == [f"{method} {path}"]


async def test_a_large_answer_is_not_held_in_memory() -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        mark_cacheable(scope, ["site"])
        await PlainTextResponse("x" * (5 << 20))(scope, receive, send)

    async with visiting(door_around(application)) as reader:
        answer = await reader.get("/huge")

    assert len(answer.content) == 5 << 20


async def test_an_answer_that_is_not_kept_is_asked_for_again(
    site: Site, reader: httpx.AsyncClient
) -> None:
    site.tags = set()

    assert (await reader.get("/a/")).headers["cache-control"] == "no-cache"
    signed_in = await reader.get("/a/", headers={"Cookie": "session=x"})
    assert signed_in.headers["cache-control"] == "no-store"
    site.headers = {"Cache-Control": "max-age=9"}
    assert (await reader.get("/a/")).headers["cache-control"] == "max-age=9"


async def test_a_feed_sent_whole_can_be_refused(site: Site) -> None:
    asked: list[str] = []

    def limit(_scope: Scope, path: str) -> ASGIApp | None:
        asked.append(path)
        return PlainTextResponse("Later.", 429) if len(asked) > 2 else None

    site.content_type = RSS
    door = PageCacheDoor(site, site.pages, site.news, limit)
    async with visiting(door) as client:
        answers = [await client.get("/feed/") for _ in range(3)]
        etag = answers[0].headers["etag"]
        known = await client.get("/feed/", headers={"If-None-Match": etag})
        head = await client.head("/feed/")
        signed_in = await client.get("/feed/", headers={"Cookie": "session=x"})

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (known.status_code, head.status_code) == (304, 200)
    assert signed_in.status_code == 429, "a cookie is no way around"


async def test_a_page_is_no_feed(site: Site) -> None:
    door = PageCacheDoor(site, site.pages, site.news, lambda *_: PlainTextResponse("", 429))
    async with visiting(door) as client:
        assert (await client.get("/a/")).status_code == 200
