"""Who gets what from memory, and when: the door around a small application of the tests' own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from app.core import clock
from app.web.door.asking import KNOWN_PARAMETERS, LEFTOVERS
from app.web.door.page_cache import changes_before
from app.web.leftovers.meanings import _ANYWHERE, _AT_ROOT
from tests.visiting import visiting
from tests.web.small_site import Site, door_around, until

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


async def test_a_page_is_rendered_once_and_then_sent_from_memory(
    site: Site, reader: httpx.AsyncClient
) -> None:
    first = await reader.get("/hello/")
    second = await reader.get("/hello/")

    assert site.rendered == ["GET /hello/"]
    assert first.text == second.text == "<p>Edition 1 of /hello/</p>" * 40
    assert first.headers == second.headers


async def test_a_committed_change_is_there_in_the_very_next_answer(
    site: Site, reader: httpx.AsyncClient
) -> None:
    await reader.get("/hello/")
    site.edition = 2
    assert "Edition 1" in (await reader.get("/hello/")).text

    site.news.commit("post:1")

    assert "Edition 2" in (await reader.get("/hello/")).text


async def test_a_change_elsewhere_leaves_the_page_in_memory(
    site: Site, reader: httpx.AsyncClient
) -> None:
    await reader.get("/hello/")
    site.news.commit("post:2")
    await reader.get("/hello/")

    assert len(site.rendered) == 1


async def test_what_a_change_overtook_is_answered_and_not_kept(
    site: Site, reader: httpx.AsyncClient
) -> None:
    site.gate = asyncio.Event()
    slow = asyncio.create_task(reader.get("/hello/"))
    await until(lambda: site.rendered)
    site.news.commit("post:1")
    site.edition = 2
    site.gate.set()

    assert "Edition 1" in (await slow).text, "it was asked for before the change"
    assert "Edition 2" in (await reader.get("/hello/")).text


async def test_a_page_that_many_ask_for_at_once_is_rendered_once(
    site: Site, reader: httpx.AsyncClient
) -> None:
    site.gate = asyncio.Event()
    asked = [asyncio.create_task(reader.get("/hello/")) for _ in range(20)]
    await until(lambda: site.rendered)
    await asyncio.sleep(0.05)
    site.gate.set()

    assert {answer.text for answer in await asyncio.gather(*asked)} == {
        "<p>Edition 1 of /hello/</p>" * 40
    }
    assert len(site.rendered) == 1


async def test_who_comes_after_a_change_does_not_get_what_was_begun_before_it(
    site: Site, reader: httpx.AsyncClient
) -> None:
    site.gate = asyncio.Event()
    before = asyncio.create_task(reader.get("/hello/"))
    await until(lambda: site.rendered)
    site.news.commit("post:1")
    site.edition = 2
    after = [asyncio.create_task(reader.get("/hello/")) for _ in range(5)]
    await asyncio.sleep(0.05)
    site.gate.set()

    assert "Edition 1" in (await before).text
    assert all("Edition 2" in answer.text for answer in await asyncio.gather(*after))
    assert len(site.rendered) == 2


async def test_who_waits_for_a_reader_that_went_away_is_answered_all_the_same(
    site: Site, reader: httpx.AsyncClient
) -> None:
    site.gate = asyncio.Event()
    gone = asyncio.create_task(reader.get("/hello/"))
    await until(lambda: site.rendered)
    waiting = asyncio.create_task(reader.get("/hello/"))
    await asyncio.sleep(0.05)
    gone.cancel()
    site.gate.set()

    assert (await waiting).status_code == 200


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(("commit", "ask", "ask", "hold", "let go", "turn")), max_size=30))
def test_no_order_of_events_gives_anybody_an_older_page(steps: list[str]) -> None:
    asyncio.run(_no_answer_is_older_than_its_question(steps))


async def _no_answer_is_older_than_its_question(steps: list[str]) -> None:
    site = Site()
    site.gate = asyncio.Event()
    asked: list[tuple[int, asyncio.Task[httpx.Response]]] = []
    async with visiting(site.door) as reader:
        for step in steps:
            if step == "commit":
                site.edition += 1
                site.news.commit("post:1")
            elif step == "ask":
                asked.append((site.edition, asyncio.create_task(reader.get("/"))))
            elif step == "hold":
                site.gate.clear()
            elif step == "let go":
                site.gate.set()
            else:
                await asyncio.sleep(0)
        site.gate.set()
        for edition, answer in asked:
            given_edition = int((await answer).text.removeprefix("<p>Edition ").split()[0])
            assert given_edition >= edition


async def test_what_is_not_for_everybody_is_made_for_each(
    site: Site, reader: httpx.AsyncClient
) -> None:
    site.tags = set()
    site.gate = asyncio.Event()
    asked = [asyncio.create_task(reader.get("/search/?q=x")) for _ in range(3)]
    await until(lambda: site.rendered)
    site.gate.set()
    await asyncio.gather(*asked)

    assert len(site.rendered) == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "session=abc"},
        {"Cookie": "theme=dark; __Host-session=abc"},
        {"Authorization": "Bearer abc"},
        {"HX-Request": "true"},
    ],
    ids=str,
)
async def test_who_may_see_something_else_is_never_answered_from_memory_nor_into_it(
    site: Site, reader: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await reader.get("/hello/", headers=headers)
    await reader.get("/hello/")
    await reader.get("/hello/", headers=headers)
    await reader.get("/hello/")

    assert len(site.rendered) == 3


async def test_a_session_in_a_second_cookie_header_counts_too(
    site: Site, reader: httpx.AsyncClient
) -> None:
    cookies = [("Cookie", "session=abc"), ("Cookie", "theme=dark")]

    await reader.get("/hello/", headers=cookies)

    assert len(site.pages) == 0


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (404, {}),
        (301, {"Location": "/"}),
        (200, {"Set-Cookie": "seen=1"}),
        (200, {"Cache-Control": "private"}),
        (200, {"Cache-Control": "no-store"}),
        (200, {"Content-Encoding": "gzip"}),
        (200, {"Vary": "Accept-Language"}),
    ],
    ids=str,
)
async def test_an_answer_that_is_for_one_reader_or_no_page_is_not_kept(
    site: Site, reader: httpx.AsyncClient, status: int, headers: dict[str, str]
) -> None:
    site.status, site.headers = status, headers
    async with reader.stream("GET", "/hello/"):
        pass
    async with reader.stream("GET", "/hello/") as answer:
        assert answer.status_code == status

    assert len(site.rendered) == 2


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("", "/a/"),
        ("utm_source=letter&fbclid=1", "/a/"),
        ("q=x&utm_source=letter", "/a/?q=x"),
        ("q=b&page=2&q=a", "/a/?page=2&q=b&q=a"),
        ("q=", "/a/?q="),
        ("p=1", None),
        ("replytocom=7&utm_source=letter", None),
        ("cat[]=7", None),
        ("s=x", None),
        ("&".join(f"a{n}=1" for n in range(99)), None),
    ],
)
async def test_a_page_is_kept_under_its_path_and_what_is_known_of_its_query(
    site: Site, reader: httpx.AsyncClient, query: str, key: str | None
) -> None:
    await reader.get(f"/a/?{query}" if query else "/a/")

    assert (len(site.pages), key is None or site.pages.find(key) is not None) == (
        0 if key is None else 1,
        True,
    )


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_what_is_no_reading_goes_to_the_application(
    site: Site, reader: httpx.AsyncClient, method: str
) -> None:
    await reader.get("/hello/")
    answer = await reader.request(method, "/hello/")

    assert answer.text.startswith("<p>Edition 1")
    assert site.rendered == ["GET /hello/", f"{method} /hello/"]


async def test_a_page_is_made_anew_when_it_is_too_old(
    site: Site, reader: httpx.AsyncClient
) -> None:
    site.marks = {"max_age": timedelta(days=1)}
    await reader.get("/hello/")
    with clock.moved(timedelta(hours=23)):
        await reader.get("/hello/")
    assert len(site.rendered) == 1

    with clock.moved(timedelta(hours=25)):
        await reader.get("/hello/")
    assert len(site.rendered) == 2


async def test_nothing_is_answered_from_memory_while_nobody_knows_what_changed(
    site: Site, reader: httpx.AsyncClient
) -> None:
    await reader.get("/hello/")
    site.news.is_away = True
    site.edition = 2

    assert "Edition 2" in (await reader.get("/hello/")).text
    assert "Edition 2" in (await reader.get("/hello/")).text
    assert len(site.pages) == 0


def test_no_query_of_wordpress_is_answered_from_memory() -> None:
    assert (_AT_ROOT | _ANYWHERE) <= LEFTOVERS
    assert not LEFTOVERS & KNOWN_PARAMETERS


async def test_parts_of_pages_may_be_kept_by_what_was_known_before_the_request(
    site: Site, reader: httpx.AsyncClient
) -> None:
    known: list[int] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        known.append(changes_before(scope))
        await site(scope, receive, send)

    async with visiting(door_around(application)) as other:
        await other.get("/hello/")

    assert known == [0]
    assert changes_before({"type": "http"}) == -1
