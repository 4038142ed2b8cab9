"""Old addresses of which an export says little: without rewriting, below a front, of other pages of comments."""

from pathlib import Path
from typing import Any

import pytest

from tests.porting.importing import bring
from tests.porting.wxr_samples import BASE, a_comment, an_export, an_item
from tests.world import a_category

pytestmark = pytest.mark.anyio

TERMS = (
    "<wp:category><wp:term_id>7</wp:term_id><wp:category_nicename>tea</wp:category_nicename>"
    "<wp:category_parent></wp:category_parent><wp:cat_name>Tea</wp:cat_name></wp:category>"
    "<wp:category><wp:term_id>8</wp:term_id><wp:category_nicename>green</wp:category_nicename>"
    "<wp:category_parent>tea</wp:category_parent><wp:cat_name>Green</wp:cat_name></wp:category>"
    "<wp:tag><wp:term_id>9</wp:term_id><wp:tag_slug>cups</wp:tag_slug><wp:tag_name>Cups</wp:tag_name></wp:tag>"
)


async def leads(visitor: Any, address: str) -> tuple[int, str]:
    answer = await visitor.get(address)
    return answer.status_code, answer.headers.get("location", "")


@pytest.mark.parametrize("folder", ["", "/journal"])
async def test_where_nothing_was_rewritten_addresses_lose_the_name_of_the_program(
    doors: Any, visitor: Any, tmp_path: Path, folder: str
) -> None:
    old, here = f"{folder}/index.php/2012/01/tea/", f"{folder}/2012/01/tea/"
    item = an_item(link=f"{BASE}{old}", wp__post_name="tea", comments=a_comment(1))

    report = await bring(doors, tmp_path, an_export(item))

    assert [post.remarks for post in report.posts if post.remarks] == []
    assert await leads(visitor, here) == (200, "")
    assert await leads(visitor, old) == (301, here)
    assert await leads(visitor, f"{old}feed/") == (301, f"{here}feed/")
    assert await leads(visitor, "/?p=1") == (301, here)


async def test_a_trackback_finds_its_post_behind_the_name_of_the_program(
    doors: Any, visitor: Any, tmp_path: Path
) -> None:
    item = an_item(link=f"{BASE}/index.php/2012/01/tea/", wp__post_name="tea")
    await bring(doors, tmp_path, an_export(item))

    answer = await visitor.post(
        "/index.php/2012/01/tea/trackback/", data={"url": "http://elsewhere.example/page"}
    )

    assert (answer.status_code, "<error>0</error>" in answer.text) == (200, True)


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        # A front before all that is no page, as each first site of a network has it.
        ("/blog/category/tea/", "/category/tea/"),
        ("/blog/category/tea/green/feed/", "/category/tea/green/feed/"),
        ("/blog/tag/cups/page/2/", "/tag/cups/page/2/"),
        ("/blog/author/gwen/", "/author/gwen/"),
        ("/blog/author/gwen/feed/atom/", "/author/gwen/feed/atom/"),
        ("/blog/2012/", "/2012/"),
        ("/blog/2012/01", "/2012/01/"),
        ("/blog/2012/01/03/feed/", "/2012/01/03/feed/"),
        # Words of the owner's.
        ("/topics/tea/green/", "/category/tea/green/"),
        ("/topics/TEA/", "/category/tea/"),
        ("/about-things/cups/feed/", "/tag/cups/feed/"),
    ],
)
async def test_archives_are_found_whatever_stood_before_them(
    doors: Any, visitor: Any, tmp_path: Path, asked: str, there: str
) -> None:
    await bring(doors, tmp_path, an_export(below_a_front(), head=TERMS))

    assert await leads(visitor, asked) == (301, there)


@pytest.mark.parametrize(
    "asked",
    [
        # Beyond the end of what is there.
        "/tag/cups/page/2/",
        "/category/tea/page/9/",
        "/tag/tea/",
        "/other/2012/",
        "/blog/author/nobody/",
        "/topics/coffee/",
        "/blog/tag/tea/",
        "/topics/tea/amp/",
    ],
)
async def test_what_never_was_an_archive_is_not_found(
    doors: Any, visitor: Any, tmp_path: Path, asked: str
) -> None:
    await bring(doors, tmp_path, an_export(below_a_front(), head=TERMS))

    assert (await visitor.get(asked)).status_code == 404


async def test_a_site_that_was_begun_here_guesses_nothing(doors: Any, visitor: Any) -> None:
    async with doors.unit_of_work() as db:
        await a_category(db, "Tea")

    assert (await visitor.get("/topics/tea/")).status_code == 404


async def test_pages_of_comments_lead_to_the_last_where_there_were_more(
    doors: Any, visitor: Any, tmp_path: Path
) -> None:
    said = "".join(a_comment(number) for number in range(1, 61))
    await bring(doors, tmp_path, an_export(an_item(comments=said)))
    post = "/2012/01/post-1/"

    assert await leads(visitor, f"{post}comment-page-2/") == (200, "")
    assert await leads(visitor, f"{post}comment-page-6/") == (302, f"{post}comment-page-2/")
    assert await leads(visitor, f"{post}comment-page-60/") == (302, f"{post}comment-page-2/")
    assert (await visitor.get(f"{post}comment-page-61/")).status_code == 404


async def test_a_slug_of_few_digits_is_no_year(doors: Any, visitor: Any, tmp_path: Path) -> None:
    item = an_item(link=f"{BASE}/54/", wp__post_name="54", comments=a_comment(1))
    await bring(doors, tmp_path, an_export(item))

    assert await leads(visitor, "/54/") == (200, "")
    assert await leads(visitor, "/54/feed/") == (200, "")


def below_a_front() -> str:
    filed = (
        '<category domain="category" nicename="green">Green</category>'
        '<category domain="post_tag" nicename="cups">Cups</category>'
    )
    return an_item(link=f"{BASE}/blog/2012/01/a-cup/", wp__post_name="a-cup", extra=filed)
