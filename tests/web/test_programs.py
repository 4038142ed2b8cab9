"""Robots, sitemaps, lists of feeds and oEmbed."""

import json
from typing import Any

import httpx
import pytest
from lxml import etree

from app.feeds import sitemaps
from app.posts.local_addresses import local_path
from tests.shared import payloads
from tests.world import (
    a_category,
    a_draft,
    a_page,
    a_post,
    a_tag,
    an_author,
    the_site,
)

pytestmark = pytest.mark.anyio

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
OEMBED = "/wp-json/oembed/1.0/embed"


@pytest.fixture
async def blog(doors: Any) -> None:
    """A post, a page, a draft, and what the post is filed under."""
    async with doors.unit_of_work() as db:
        await the_site(db, title="Rooms & kettles", former_urls=["https://old.example/blog"])
        gwen = await an_author(db)
        await an_author(db, "Silent")
        work = await a_category(db, "Work & play")
        below = await a_category(db, "Meetings", under=work)
        await a_category(db, "Empty")
        await a_post(db, "Té & talk", slug="té", by=gwen, under=(below, await a_tag(db, "tea")))
        await a_page(db)
        await a_draft(db)


def located(document: bytes) -> list[str]:
    root = etree.fromstring(document)
    return [str(url) for url in root.xpath("//s:loc/text()", namespaces=SITEMAP)]


async def test_robots_are_told_where_the_sitemap_is(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/robots.txt")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "User-agent: *\nDisallow:\n" in answer.text
    assert "\nSitemap: http://blog.example/sitemap.xml\n" in answer.text


async def test_sitemaps_name_every_public_address_once(
    visitor: httpx.AsyncClient, blog: None
) -> None:
    files = located((await visitor.get("/sitemap.xml")).content)

    root = "http://blog.example/sitemap-"
    kinds = ["home", "posts", "pages", "categories", "tags", "authors"]
    assert [file.removeprefix(root).partition("-")[0] for file in files] == kinds
    found = {file: located((await visitor.get(file)).content) for file in files}
    assert [url.removeprefix("http://blog.example") for urls in found.values() for url in urls] == [
        "/",
        "/2024/03/t%C3%A9/",
        "/about/",
        "/category/work-play/meetings/",
        "/tag/tea/",
        "/author/gwen-thomas/",
    ]


async def test_sitemaps_say_when_something_changed(visitor: httpx.AsyncClient, blog: None) -> None:
    for path in ("/sitemap.xml", "/sitemap-posts-1.xml", "/sitemap-tags-1.xml"):
        root = etree.fromstring((await visitor.get(path)).content)
        dates = root.xpath("//s:lastmod/text()", namespaces=SITEMAP)
        assert len(dates) == len(root)
        assert all(str(date).startswith("20") and str(date).endswith("+00:00") for date in dates)


async def test_a_long_sitemap_is_split(
    doors: Any, visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "FILE_SIZE", 2)
    async with doors.unit_of_work() as db:
        posts = [await a_post(db, f"Post {number}") for number in range(5)]

    files = located((await visitor.get("/sitemap.xml")).content)

    urls = [url for file in files for url in located((await visitor.get(file)).content)]
    assert urls[1:] == [f"http://blog.example{post.path}" for post in posts]
    assert len(files) == 1 + 3


@pytest.mark.parametrize(
    "path",
    ["/sitemap-posts-9.xml", f"/sitemap-posts-{10**30}.xml", "/sitemap-people-1.xml", "/sitemap-posts-x.xml"],
)  # fmt: skip
async def test_there_is_no_sitemap_without_addresses(
    visitor: httpx.AsyncClient, blog: None, path: str
) -> None:
    assert (await visitor.get(path)).status_code == 404


async def test_an_empty_site_has_its_home_alone(visitor: httpx.AsyncClient) -> None:
    (file,) = located((await visitor.get("/sitemap.xml")).content)

    assert located((await visitor.get(file)).content) == ["http://blog.example/"]


async def test_a_page_at_the_root_is_listed_as_the_root(
    doors: Any, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, front_page_id=(await a_page(db)).id)

    files = located((await visitor.get("/sitemap.xml")).content)

    assert [file.rpartition("/")[2] for file in files] == ["sitemap-home-1.xml"]


async def test_a_new_post_is_in_the_very_next_sitemap(
    doors: Any, visitor: httpx.AsyncClient, blog: None
) -> None:
    before = located((await visitor.get("/sitemap-posts-1.xml")).content)
    async with doors.unit_of_work() as db:
        await a_post(db, "Another")

    assert len(located((await visitor.get("/sitemap-posts-1.xml")).content)) == len(before) + 1


async def test_the_list_of_feeds_names_each_with_its_page(
    visitor: httpx.AsyncClient, blog: None
) -> None:
    answer = await visitor.get("/feeds.opml")

    root = etree.fromstring(answer.content)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "Rooms & kettles"
    feeds = [
        (line.get("text"), line.get("type"), line.get("xmlUrl")) for line in root.iter("outline")
    ]
    assert feeds == [
        ("Rooms & kettles", "rss", "http://blog.example/feed/"),
        ("Comments for Rooms & kettles", "rss", "http://blog.example/comments/feed/"),
        ("Resources of Rooms & kettles", "rss", "http://blog.example/resources/feed/"),
        ("Gwen Thomas", "rss", "http://blog.example/author/gwen-thomas/feed/"),
        ("Meetings", "rss", "http://blog.example/category/work-play/meetings/feed/"),
        ("tea", "rss", "http://blog.example/tag/tea/feed/"),
    ]
    for _name, _type, url in feeds:
        assert (await visitor.get(str(url))).status_code == 200
    pages = [line.get("htmlUrl") for line in root.iter("outline")]
    assert pages[4] == "http://blog.example/category/work-play/meetings/"


async def test_a_post_may_be_shown_elsewhere(visitor: httpx.AsyncClient, blog: None) -> None:
    url = "http://blog.example/2024/03/t%C3%A9/"

    answer = await visitor.get(OEMBED, params={"url": url})

    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Rooms & kettles",
        "provider_url": "http://blog.example/",
        "title": "Té & talk",
        "html": f'<blockquote><p><a href="{url}">Té &amp; talk</a></p>'
        "<p>Write to one person a week.</p></blockquote>",
        "width": 600,
        "height": 300,
        "author_name": "Gwen Thomas",
        "author_url": "http://blog.example/author/gwen-thomas/",
    }


async def test_the_same_may_be_had_as_xml(visitor: httpx.AsyncClient, blog: None) -> None:
    params = {"url": "http://blog.example/2024/03/té/", "format": "xml"}

    answer = await visitor.get(OEMBED, params=params)

    assert answer.headers["content-type"].startswith("text/xml")
    root = etree.fromstring(answer.content)
    assert (root.tag, root.findtext("title"), root.findtext("width")) == ("oembed", "Té & talk", "600")  # fmt: skip


@pytest.mark.parametrize(("asked", "width"), [("300", 300), ("50", 200), ("9000", 600), ("x", 600)])
async def test_it_is_no_wider_than_wanted(
    visitor: httpx.AsyncClient, blog: None, asked: str, width: int
) -> None:
    params = {"url": "http://blog.example/2024/03/té/", "maxwidth": asked}

    assert (await visitor.get(OEMBED, params=params)).json()["width"] == width


async def test_only_what_is_public_here_is_shown_elsewhere(
    visitor: httpx.AsyncClient, blog: None
) -> None:
    statuses = {
        url: (await visitor.get(OEMBED, params={"url": url})).status_code
        for url in (
            "https://blog.example/2024/03/té/",
            "https://www.old.example/blog/2024/03/té/",
            "http://blog.example/about/",
            "http://blog.example/2024/03/not-yet/",
            "http://blog.example/2024/03/té/feed/",
            "http://blog.example/",
            "http://other.example/2024/03/té/",
            "http://blog.example.evil.example/2024/03/té/",
            "/2024/03/té/",
            "nonsense",
            "",
        )
    }

    assert list(statuses.values()) == [200, 200, 200] + [404] * 8, statuses


async def test_oembed_knows_two_formats(visitor: httpx.AsyncClient, blog: None) -> None:
    params = {"url": "http://blog.example/about/", "format": "yaml"}

    assert (await visitor.get(OEMBED, params=params)).status_code == 501
    assert (await visitor.get(OEMBED)).status_code == 422


async def test_attacks_in_a_title_stay_text_in_oembed(
    doors: Any, visitor: httpx.AsyncClient
) -> None:
    texts = payloads("xss")[::20]
    async with doors.unit_of_work() as db:
        posts = [await a_post(db, text[:400], body=text) for text in texts]
    for post in posts:
        params = {"url": f"http://blog.example{post.path}"}
        markup = json.loads((await visitor.get(OEMBED, params=params)).content)["html"]
        (quote,) = etree.fromstring(f"<div>{markup}</div>")
        assert {str(element.tag) for element in quote.iter()} <= {"blockquote", "p", "a"}
        etree.fromstring((await visitor.get(OEMBED, params=params | {"format": "xml"})).content)


async def test_browsers_find_the_mark_without_being_told(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/favicon.ico", follow_redirects=True)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://blog.example/a/", "/a/"),
        ("https://www.blog.example/a/", "/a/"),
        ("http://BLOG.example:80/a/", "/a/"),
        ("http://blog.example", "/"),
        ("http://blog.example/caf%C3%A9/?x=1#y", "/café/"),
        ("https://old.example/blog/a/", "/a/"),
        ("https://old.example/blogger/", None),
        ("https://old.example/", None),
        ("http://blog.example:8080/", None),
        ("ftp://blog.example/", None),
        ("http://blog.example@evil.example/", None),
        ("http://[/", None),
        ("//blog.example/a/", None),
    ],
)
def test_an_address_of_this_site_is_known_as_such(url: str, path: str | None) -> None:
    assert local_path(url, ("http://blog.example", "https://old.example/blog")) == path
