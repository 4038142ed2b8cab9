"""The newest posts and every kind of archive, as a reader pages through them."""

from datetime import UTC, datetime

import httpx
import pytest
from lxml import html

from app.posts.models import PostStatus
from app.web.pages.post_lists import one_sentence
from app.work import Doors
from tests.conftest import CountQueries
from tests.world import (
    a_category,
    a_comment,
    a_draft,
    a_page,
    a_post,
    a_tag,
    an_author,
    the_site,
)

pytestmark = pytest.mark.anyio


CHINESE = "信任是在许多小事里慢慢建立起来的，急不得，买不到。"


def titles(answer: httpx.Response) -> list[str]:
    """The titles of the posts in a list, in order."""
    page = html.fromstring(answer.text)
    return [str(title.text_content()) for title in page.find_class("post-row__title")]


def path_of(link: str) -> str:
    """A whole address without the site's own."""
    return link.removeprefix("http://blog.example")


async def test_the_newest_posts_come_first_and_the_oldest_last(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, posts_per_page=3)
        for number in range(7):
            await a_post(db, f"Post {number}")
        await a_draft(db)
        await a_page(db)

    pages = [titles(await visitor.get(path)) for path in ("/", "/page/2/", "/page/3/")]

    assert pages == [["Post 6", "Post 5", "Post 4"], ["Post 3", "Post 2", "Post 1"], ["Post 0"]]
    assert (await visitor.get("/page/4/")).status_code == 404


async def test_a_post_kept_at_the_top_stands_before_newer_ones(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, posts_per_page=2)
        await a_post(db, "Old and kept", is_sticky=True)
        for number in range(3):
            await a_post(db, f"Post {number}")

    first, second = await visitor.get("/"), await visitor.get("/page/2/")

    assert titles(first) == ["Old and kept", "Post 2", "Post 1"]
    assert "Kept at the top" in first.text
    assert titles(second) == ["Post 0", "Old and kept"]


async def test_an_empty_site_says_what_will_stand_here(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/")

    assert answer.status_code == 200
    assert "Nothing has been published yet" in answer.text


async def test_authors_are_named_only_where_there_is_more_than_one(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        gwen = await an_author(db)
        await a_post(db, "One", by=gwen)
        await a_post(db, "Two", by=gwen)
    alone = (await visitor.get("/")).text
    async with doors.unit_of_work() as db:
        await a_post(db, "Three", by=await an_author(db, "Ines Quiroga"))

    together = (await visitor.get("/")).text

    assert "Gwen Thomas" not in alone
    assert "Gwen Thomas" in together


async def test_the_first_page_names_who_spoke_last(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        public = await a_post(db, "Public")
        await a_comment(db, under=public, by="Ines")
        private = await a_post(db, "Private", status=PostStatus.PRIVATE)
        await a_comment(db, under=private, by="Secret")

    text = (await visitor.get("/")).text

    assert "Ines on Public" in text
    assert "Secret" not in text


async def test_a_category_holds_what_stands_below_it(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        work = await a_category(db, "Work", description="All of it.")
        meetings = await a_category(db, "Meetings", under=work)
        other = await a_category(db, "Works")
        await a_post(db, "On work", under=[work])
        await a_post(db, "On meetings", under=[meetings])
        await a_post(db, "On something else", under=[other])

    above, below = (
        await visitor.get("/category/work/"),
        await visitor.get("/category/work/meetings/"),
    )

    assert titles(above) == ["On meetings", "On work"]
    assert titles(below) == ["On meetings"]
    assert "All of it." in above.text
    assert 'href="/category/work/meetings/"' in above.text
    assert html.fromstring(below.text).xpath("//nav[@class='crumbs']//a/@href") == [
        "/category/work/"
    ]


async def test_a_tag_is_matched_whole(visitor: httpx.AsyncClient, doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        one, other = await a_tag(db, "One", slug="a_b"), await a_tag(db, "Other", slug="axb")
        await a_post(db, "Under one", under=[one])
        await a_post(db, "Under the other", under=[other])

    assert titles(await visitor.get("/tag/a_b/")) == ["Under one"]


async def test_an_authors_archive_begins_with_the_box_about_them(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        gwen, ines = await an_author(db), await an_author(db, "Ines Quiroga")
        await an_author(db, "Never Wrote")
        await a_post(db, "Together", by=[ines, gwen])
        await a_post(db, "Alone", by=ines)

    answer = await visitor.get("/author/gwen-thomas/")

    assert titles(answer) == ["Together"]
    assert html.fromstring(answer.text).find_class("author-box")
    assert (await visitor.get("/author/never-wrote/")).status_code == 404


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/2023/", ["Last of 2023"]),
        ("/2024/", ["Leap day", "First of 2024"]),
        ("/2024/02/", ["Leap day"]),
        ("/2024/02/29/", ["Leap day"]),
    ],
)
async def test_dates_are_those_of_the_sites_own_calendar(
    visitor: httpx.AsyncClient, doors: Doors, path: str, shown: list[str]
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, timezone="Pacific/Auckland")
        await a_post(db, "Last of 2023", at=datetime(2023, 12, 31, 10, 0, tzinfo=UTC))
        await a_post(db, "First of 2024", at=datetime(2023, 12, 31, 12, 0, tzinfo=UTC))
        await a_post(db, "Leap day", at=datetime(2024, 2, 28, 23, 0, tzinfo=UTC))

    assert titles(await visitor.get(path)) == shown


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/page/1/", "/"),
        ("/page/2", "/page/2/"),
        ("/category/work", "/category/work/"),
        ("/category/Work/", "/category/work/"),
        ("/category/meetings/", "/category/work/meetings/"),
        ("/category/meetings/page/2/", "/category/work/meetings/page/2/"),
        ("/category/work/page/1/", "/category/work/"),
        ("/tag/letters", "/tag/letters/"),
        ("/tag/LETTERS/", "/tag/letters/"),
        ("/author/gwen-thomas", "/author/gwen-thomas/"),
        ("/author/Gwen-Thomas/", "/author/gwen-thomas/"),
        ("/2024", "/2024/"),
        ("/2024/3/", "/2024/03/"),
        ("/2024/3/1", "/2024/03/01/"),
        ("/2024/page/1/", "/2024/"),
    ],
)
async def test_every_list_has_one_address(
    visitor: httpx.AsyncClient, doors: Doors, asked: str, leads_to: str
) -> None:
    async with doors.unit_of_work() as db:
        work = await a_category(db, "Work")
        meetings = await a_category(db, "Meetings", under=work)
        terms = [work, meetings, await a_tag(db)]
        await a_post(db, by=await an_author(db), under=terms)

    answer = await visitor.get(asked)

    assert (answer.status_code, path_of(answer.headers.get("location", ""))) == (301, leads_to)


@pytest.mark.parametrize(
    "asked",
    [
        "/page/0/", "/page/x/", "/page/-1/", "/page/99999999999/", "/page/",
        "/category/", "/category/none/", "/category/work/page/2/", "/category/work/page/0/",
        "/tag/", "/tag/none/", "/tag/%00/", "/author/", "/author/nobody/",
        "/1999/", "/2024/13/", "/2024/02/30/", "/0000/", "/9999/", "/9999/12/31/", "/2024/00/",
        "/2024/page/2/", "/2024/03/page/0/", "/２０２４/",
    ],
)  # fmt: skip
async def test_there_is_no_list_of_nothing(
    visitor: httpx.AsyncClient, doors: Doors, asked: str
) -> None:
    async with doors.unit_of_work() as db:
        await a_post(db, under=[await a_category(db, "Work")])

    assert (await visitor.get(asked)).status_code == 404


async def test_a_category_may_wait_for_its_first_post(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        await a_category(db, "Work")

    answer = await visitor.get("/category/work/")

    assert answer.status_code == 200
    assert "0 posts" in answer.text


async def test_a_post_whose_slug_is_a_number_is_no_archive(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db, "Forty-two", slug="42", at=datetime(2024, 3, 3, tzinfo=UTC))

    assert post.path == "/2024/03/42/"
    assert "Forty-two" in (await visitor.get("/2024/03/42/")).text


@pytest.mark.parametrize(
    ("summary", "sentence"),
    [
        ("", ""),
        ("One clock, and it was wrong.", "One clock, and it was wrong."),
        ("One clock, and it was wrong. We liked it.", "One clock, and it was wrong."),
        ("“Come in,” she said to us. So we did.", "“Come in,” she said to us."),
        (f"{CHINESE}第二句。", CHINESE),
        ("word " * 60, "word " * 30 + "…"),
    ],
)  # fmt: skip
def test_a_row_shows_one_sentence(summary: str, sentence: str) -> None:
    assert one_sentence(summary.strip()) == sentence


@pytest.mark.parametrize("posts", [12, 60])
@pytest.mark.parametrize(
    ("path", "most"),
    [("/", 4), ("/page/2/", 3), ("/category/work/", 4), ("/author/gwen-thomas/", 4), ("/2024/", 3)],
)
async def test_a_list_takes_the_same_few_queries_however_long_it_is(
    visitor: httpx.AsyncClient,
    doors: Doors,
    count_queries: CountQueries,
    path: str,
    posts: int,
    most: int,
) -> None:
    async with doors.unit_of_work() as db:
        gwen, work = await an_author(db), await a_category(db, "Work")
        for number in range(posts):
            post = await a_post(db, f"Post {number}", by=gwen, under=[work])
        await a_comment(db, under=post)

    with count_queries() as queries:
        answer = await visitor.get(path)

    assert answer.status_code == 200
    assert len(queries) == most, queries
