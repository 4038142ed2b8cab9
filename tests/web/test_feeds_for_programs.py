"""What feeds promise to programs: hubs, limits, and to stay well-formed whatever people write."""

import json
from collections.abc import AsyncIterator
from typing import Any

import feedparser
import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from app.web.feeds.limits import FeedLimit
from app.web.pages.discovery import comments_feed_of, discovery, link_header
from tests.shared import payloads
from tests.visiting import running, visiting
from tests.web.feed_readers import FORMATS, assert_harmless_feed
from tests.world import a_comment, a_post, an_author, the_site

pytestmark = pytest.mark.anyio


@pytest.fixture
async def with_hub(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor of a site with a hub."""
    app = create_app(settings.model_copy(update={"websub_hub": "https://hub.example/"}))
    async with running(app), visiting(app) as client:
        yield client


async def test_a_feed_names_its_hub_and_itself(with_hub: httpx.AsyncClient) -> None:
    for suffix in FORMATS:
        answer = await with_hub.get(f"/feed/{suffix}")

        own = f"http://blog.example/feed/{suffix}"
        assert answer.headers["link"] == f'<https://hub.example/>; rel="hub", <{own}>; rel="self"'
        if suffix == "json/":
            hubs = json.loads(answer.content)["hubs"]
            assert hubs == [{"type": "WebSub", "url": "https://hub.example/"}]
        else:
            links = feedparser.parse(answer.content).feed.links
            assert {link.rel: link.href for link in links}["hub"] == "https://hub.example/"


async def test_without_a_hub_none_is_named(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/feed/")

    assert "link" not in answer.headers
    assert b"hub" not in answer.content


async def test_one_client_gets_one_feed_whole_thirty_times_an_hour(
    doors: Any, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        await a_post(db)
    etag = (await visitor.get("/feed/")).headers["etag"]
    for _ in range(29):
        assert (await visitor.get("/feed/")).status_code == 200

    refused = await visitor.get("/feed/")

    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert refused.headers["x-content-type-options"] == "nosniff"
    unchanged = await visitor.get("/feed/", headers={"If-None-Match": etag})
    assert unchanged.status_code == 304
    assert (await visitor.head("/feed/")).status_code == 200
    for other in ("/feed/atom/", "/comments/feed/", "/feed/?page=1"):
        assert (await visitor.get(other)).status_code == 200


async def test_load_tests_may_switch_the_limit_off(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"rate_limits": "off"}))
    async with running(app), visiting(app) as client:
        statuses = {(await client.get("/feed/")).status_code for _ in range(40)}

    assert statuses == {200}


@pytest.mark.parametrize(
    ("first", "second", "is_same_client"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_a_household_is_one_client(first: str, second: str, is_same_client: bool) -> None:
    limit = FeedLimit()

    def ask(host: str) -> bool:
        return limit({"query_string": b"", "client": (host, 1)}, "/feed/") is None

    assert [ask(first) for _ in range(30)] == [True] * 30
    assert ask(second) is not is_same_client


def test_parameters_that_mean_nothing_do_not_make_another_feed() -> None:
    limit = FeedLimit()
    queries = [f"x={number}".encode() for number in range(31)]

    answers = [limit({"query_string": q, "client": ("192.0.2.1", 1)}, "/feed/") for q in queries]

    assert [answer is None for answer in answers] == [True] * 30 + [False]


@pytest.mark.parametrize("name", ["naughty", "xss"])
async def test_attacks_in_posts_and_comments_leave_every_feed_whole_and_harmless(
    doors: Any, visitor: httpx.AsyncClient, name: str
) -> None:
    texts = payloads(name)[::7]
    async with doors.unit_of_work() as db:
        await the_site(db, feed_items=100)
        author = await an_author(db, "".join(texts[:3])[:200], login="odd", slug="odd")
        for text in texts:
            post = await a_post(db, text[:400], body=text, by=author)
            await a_comment(db, text, under=post, by=text[:80])
    for path in ("/feed/", "/comments/feed/"):
        for suffix in FORMATS:
            assert_harmless_feed(suffix, (await visitor.get(path + suffix)).content)


def test_the_posts_feed_is_the_first_that_a_page_names() -> None:
    links = discovery("http://blog.example", "Rooms & kettles")

    assert [(link.rel, link.type, link.href) for link in links] == [
        ("alternate", "application/rss+xml", "http://blog.example/feed/"),
        ("alternate", "application/atom+xml", "http://blog.example/feed/atom/"),
        ("alternate", "application/feed+json", "http://blog.example/feed/json/"),
        ("EditURI", "application/rsd+xml", "http://blog.example/xmlrpc.php?rsd"),
    ]
    assert [link.title for link in links][:2] == ["Rooms & kettles (RSS)", "Rooms & kettles (Atom)"]


def test_a_post_names_the_feed_of_its_comments_and_how_to_show_it_elsewhere() -> None:
    own = comments_feed_of("Tea", "/2012/01/t%C3%A9/")
    links = discovery(
        "http://blog.example", "R", own_feed=own, post_url="http://blog.example/2012/01/t%C3%A9/"
    )

    assert [(link.href, link.title) for link in links[3:6]] == [
        ("http://blog.example/2012/01/t%C3%A9/feed/", "Comments on: Tea (RSS)"),
        ("http://blog.example/2012/01/t%C3%A9/feed/atom/", "Comments on: Tea (Atom)"),
        ("http://blog.example/2012/01/t%C3%A9/feed/json/", "Comments on: Tea (JSON Feed)"),
    ]
    endpoint = "http://blog.example/wp-json/oembed/1.0/embed?url="
    url = "http%3A%2F%2Fblog.example%2F2012%2F01%2Ft%25C3%25A9%2F"
    assert [(link.type, link.href) for link in links[6:8]] == [
        ("application/json+oembed", endpoint + url),
        ("text/xml+oembed", endpoint + url + "&format=xml"),
    ]


def test_the_link_header_names_the_feed_and_a_short_address() -> None:
    feed = '<http://blog.example/feed/>; rel="alternate"; type="application/rss+xml"'

    assert link_header("http://blog.example") == feed
    short = '<http://blog.example/?p=7>; rel="shortlink"'
    assert link_header("http://blog.example", post_id=7) == f"{feed}, {short}"
