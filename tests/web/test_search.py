"""Searching the site, as a visitor does it."""

from typing import Any

import httpx
import pytest
from lxml import html

from tests import world
from tests.shared import payloads

pytestmark = [pytest.mark.anyio, pytest.mark.each_case]


@pytest.fixture
async def searcher(doors: Any, visitor: httpx.AsyncClient) -> httpx.AsyncClient:
    """A visitor of a small site."""
    async with doors.unit_of_work() as db:
        gwen = await world.an_author(db, "Gwen Thomas")
        post = await world.a_post(db, "The <red> garden", body="Walls & *roses*.", by=gwen)
        await world.a_page(db, "Roses of a page", body="Nothing else.")
        await world.a_draft(db, "Secret roses")
        for number in range(12):
            await world.a_comment(db, f"Violets, {number} times.", under=post, by=f"Bob {number}")
    return visitor


def page_of(answer: httpx.Response) -> html.HtmlElement:
    return html.document_fromstring(answer.text)


def titles(answer: httpx.Response) -> list[str]:
    return [title.text_content() for title in page_of(answer).xpath("//article//h2")]


async def test_what_is_found_is_shown_with_its_words_marked(searcher: httpx.AsyncClient) -> None:
    answer = await searcher.get("/search/", params={"q": "roses"})

    page = page_of(answer)
    assert answer.status_code == 200
    assert titles(answer) == ["Roses of a page", "The <red> garden"]
    assert [mark.text for mark in page.xpath("//mark")] == ["roses"]
    assert "Walls &amp; <mark>roses</mark>." in answer.text
    assert page.xpath("//article//a")[1].get("href") == "/2024/03/the-red-garden/"
    assert page.xpath('//input[@name="q"]')[0].get("value") == "roses"
    assert "2 found" in page.xpath('//*[@role="status"]')[0].text_content()


async def test_a_found_comment_leads_to_its_place_in_the_thread(
    searcher: httpx.AsyncClient,
) -> None:
    answer = await searcher.get("/search/", params={"q": '"violets, 3 times"'})

    assert titles(answer) == ["Bob 3 on The <red> garden"]
    link = page_of(answer).xpath("//article//a")[0].get("href")
    place, _, anchor = link.partition("#")
    thread = await searcher.get(place)
    assert page_of(thread).get_element_by_id(anchor) is not None


async def test_search_pages_are_not_for_search_engines_and_not_kept(
    searcher: httpx.AsyncClient,
) -> None:
    answer = await searcher.get("/search/", params={"q": "roses"})

    robots = page_of(answer).xpath('//meta[@name="robots"]')[0].get("content")
    assert "noindex" in robots
    assert "public" not in answer.headers.get("cache-control", "")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", ""),
        ("q=", ""),
        ("q=%20%20", ""),
        ("q=%3F%21%2A", "no word"),
        ("q=-roses", "only what is not wanted"),
        ("q=nowhere", "Nothing here has all of these words"),
        ("q=%00", ""),
        ("q=%ff%fe", "no word"),
        ("q=%F0%9F%91%8D", "no word"),
    ],
)
async def test_nothing_found_is_a_page_with_a_reason_and_a_field(
    searcher: httpx.AsyncClient, query: str, said: str
) -> None:
    answer = await searcher.get(f"/search/?{query}")

    page = page_of(answer)
    assert answer.status_code == 200
    assert titles(answer) == []
    assert said in page.text_content()
    assert page.xpath('//main//input[@name="q"]')


async def test_a_line_too_long_is_cut_and_the_page_says_so(searcher: httpx.AsyncClient) -> None:
    answer = await searcher.get("/search/", params={"q": "roses " + "x" * 10_000})

    assert answer.status_code == 200
    assert "first 200 characters" in answer.text
    assert len(answer.text) < 30_000


@pytest.mark.parametrize(
    ("narrowing", "expected"),
    [
        ("kind=page", ["Roses of a page"]),
        ("kind=post", ["The <red> garden"]),
        ("kind=comment", []),
        ("by=gwen", ["The <red> garden"]),
        ("since=2024-03-02", ["Roses of a page"]),
        ("until=2024-03-01", ["The <red> garden"]),
        ("order=newest", ["Roses of a page", "The <red> garden"]),
    ],
)
async def test_a_search_is_narrowed(
    searcher: httpx.AsyncClient, narrowing: str, expected: list[str]
) -> None:
    answer = await searcher.get(f"/search/?q=roses&{narrowing}")

    assert titles(answer) == expected


async def test_what_can_not_be_read_narrows_nothing(searcher: httpx.AsyncClient) -> None:
    odd = (
        "kind=nonsense", "order=sideways", "since=yesterday", "since=0001-01-01",
        "until=9999-12-31", "until=2024-02-31", "by=%22%2A%00", "q=garden", "kind=", "x=1",
    )  # fmt: skip

    found = {query: titles(await searcher.get(f"/search/?{query}&q=roses")) for query in odd}

    assert [query for query, shown in found.items() if len(shown) != 2] == []


async def test_pages_are_turned_and_end(searcher: httpx.AsyncClient) -> None:
    first = await searcher.get("/search/?q=violets")
    second = await searcher.get("/search/?q=violets&page=2")

    assert (len(titles(first)), len(titles(second))) == (10, 2)
    assert not set(titles(first)) & set(titles(second))
    onward = [link.get("href") for link in page_of(first).xpath('//a[@rel="next"]')]
    assert onward == ["/search/?q=violets&page=2"]


async def test_a_page_that_is_not_there_is_not_found(searcher: httpx.AsyncClient) -> None:
    numbers = ("0", "-1", "3", "51", "abc", "", "1.5", "01", "1e1", "²", "9" * 40, "000" + "9" * 40)

    answers = [await searcher.get("/search/", params={"q": "violets", "page": n}) for n in numbers]

    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/?s=red+garden", "/search/?q=red+garden"),
        ("/search/red%20garden/", "/search/?q=red+garden"),
        ("/search?q=red", "/search/?q=red"),
        ("/search", "/search/"),
    ],
)
async def test_old_addresses_of_searches_lead_here(
    searcher: httpx.AsyncClient, old: str, new: str
) -> None:
    answer = await searcher.get(old)

    assert (answer.status_code, answer.headers["location"]) == (301, new)


@pytest.mark.parametrize("attacks", ["sqli", "naughty", "xss"])
async def test_whatever_is_typed_is_shown_and_harms_nothing(
    searcher: httpx.AsyncClient, attacks: str
) -> None:
    scripts = len(page_of(await searcher.get("/search/?q=x")).xpath("//script"))
    for typed in payloads(attacks)[::7]:
        answer = await searcher.get("/search/", params={"q": typed})

        page = page_of(answer)
        assert answer.status_code == 200
        assert len(page.xpath("//script")) == scripts
        assert not page.xpath("//main//*[@onerror or @onload]|//main//iframe")


async def test_a_draft_is_not_found(searcher: httpx.AsyncClient) -> None:
    assert titles(await searcher.get("/search/?q=secret")) == []


async def test_a_wrong_address_names_the_nearest_titles(searcher: httpx.AsyncClient) -> None:
    answer = await searcher.get("/2019/12/a-red-gardin/")

    assert answer.status_code == 404
    assert "/2024/03/the-red-garden/" in answer.text
    assert "Secret" not in answer.text
