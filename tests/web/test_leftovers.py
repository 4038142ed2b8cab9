"""WordPress's addresses lead to the same things here."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import httpx
import pytest
from starlette.types import ASGIApp, Message

from app.web.leftovers.meanings import asked_in_query
from tests.shared import payloads, shared_file
from tests.world import (
    a_category,
    a_comment,
    a_draft,
    a_page,
    a_post,
    a_tag,
    an_author,
    an_upload,
    the_site,
)

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Ids:
    """Numbers as WordPress's queries have them."""

    post: int
    page: int
    draft: int
    category: int
    author: int
    shy: int


@pytest.fixture
async def ids(doors: Any) -> Ids:
    """A site with one of everything."""
    async with doors.unit_of_work() as db:
        gwen, shy = await an_author(db, legacy_id=71), await an_author(db, "Shy", legacy_id=72)
        work = await a_category(db, legacy_id=81)
        meetings = await a_category(db, "Meetings", under=work, legacy_id=82)
        tea = await a_tag(db, "tea")
        at = datetime(2012, 1, 3, 12, tzinfo=UTC)
        post = await a_post(db, "Template comments", by=gwen, under=(meetings, tea), at=at)
        old = await a_post(db, "Of another number", by=gwen, at=at)
        old.legacy_id = 900
        await a_comment(db, under=post)
        await an_upload(db, "2012/01/cup.jpg", legacy_id=901, is_stored=True)
        await an_upload(db, "2012/01/lost.jpg", legacy_id=902)
        page, draft = await a_page(db), await a_draft(db, by=shy)
        return Ids(post.id, page.id, draft.id, 82, 71, 72)


HERE = "/2012/01/template-comments/"


LEADS_TO = (
    ("/?p={0.post}", HERE),
    ("/index.php?p={0.post}", "/?p={0.post}"),
    ("/?p={0.post}&utm_source=x", HERE),
    ("/?p=900", "/2012/01/of-another-number/"),
    ("/?page_id={0.page}", "/about/"),
    ("/?p={0.page}", "/about/"),
    ("/?name=template-comments", HERE),
    ("/?name=TEMPLATE-comments", HERE),
    ("/?attachment_id=901", "/wp-content/uploads/2012/01/cup.jpg"),
    ("/?attachment_id={0.post}", HERE),
    ("/?p=901", "/wp-content/uploads/2012/01/cup.jpg"),
    ("/?cat={0.category}", "/category/working-life/meetings/"),
    ("/?tag=tea", "/tag/tea/"),
    ("/?author={0.author}", "/author/gwen-thomas/"),
    ("/?m=2012", "/2012/"),
    ("/?m=201201", "/2012/01/"),
    ("/?m=20120103", "/2012/01/03/"),
    ("/?m=201201031200", "/2012/01/03/"),
    ("/?paged=2", "/page/2/"),
    ("/?paged=1", "/"),
    ("/category/working-life/?paged=3", "/category/working-life/page/3/"),
    ("/?s=green+tea", "/search/?q=green+tea"),
    ("/?s=tea&paged=2", "/search/?q=tea&page=2"),
    ("/search/green+tea/", "/search/?q=green+tea"),
    ("/search/gr%C3%BCn", "/search/?q=gr%C3%BCn"),
    ("/search/tea/feed/rss2/", "/search/feed/?q=tea"),
    ("/search/tea/feed/atom/", "/search/feed/atom/?q=tea"),
    ("/search/tea/feed", "/search/feed/?q=tea"),
    ("/?replytocom=1&p={0.post}", HERE),
    (HERE + "?cpage=2", HERE + "comment-page-2/"),
    (HERE + "?cpage=1", HERE),
    ("/?feed=rss2", "/feed/"),
    ("/?feed=feed", "/feed/"),
    ("/?feed=rss", "/feed/"),
    ("/?feed=rdf", "/feed/"),
    ("/?feed=atom", "/feed/atom/"),
    ("/?feed=comments-rss2", "/comments/feed/"),
    ("/?feed=comments-atom", "/comments/feed/atom/"),
    ("/?feed=rss2&p={0.post}", HERE + "feed/"),
    ("/?feed=comments-rss2&p={0.post}", HERE + "feed/"),
    ("/?feed=atom&cat={0.category}", "/category/working-life/meetings/feed/atom/"),
    ("/?feed=rss2&tag=tea", "/tag/tea/feed/"),
    ("/?feed=rss2&author={0.author}", "/author/gwen-thomas/feed/"),
    ("/?feed=rss2&m=201201", "/2012/01/feed/"),
    ("/?feed=rss2&s=tea", "/search/feed/?q=tea"),
    (HERE + "?feed=rss2", HERE + "feed/"),
    ("/tag/tea?feed=atom", "/tag/tea/feed/atom/"),
    ("/rss", "/feed/"),
    ("/rss/", "/feed/"),
    ("/wp-rss.php", "/feed/"),
    ("/wp-rss2.php", "/feed/"),
    ("/wp-rdf.php", "/feed/"),
    ("/wp-feed.php", "/feed/"),
    ("/wp-atom.php", "/feed/atom/"),
    ("/wp-commentsrss2.php", "/comments/feed/"),
    ("/wp-commentsrss2.php?p={0.post}", HERE + "feed/"),
    ("/wp-rss2.php?cat={0.category}", "/category/working-life/meetings/feed/"),
    ("/wp-sitemap.xml", "/sitemap.xml"),
    ("/wp-links-opml.php", "/feeds.opml"),
    ("/index.php/2012/01/template-comments/", HERE),
    ("/index.php/feed/", "/feed/"),
    ("/index.php/caf%C3%A9/?x=1", "/caf%C3%A9/?x=1"),
    ("/index.php", "/"),
    (HERE + "embed/", HERE),
    ("/template-comments/", HERE),
    ("/TEMPLATE-comments/", HERE),
    ("/2012/01/TEMPLATE-COMMENTS/", HERE),
    ("/2012/01/template-comments", HERE),
)


async def test_each_leads_to_the_one_address_of_the_same_thing(
    visitor: httpx.AsyncClient, ids: Ids
) -> None:
    expected = {asked.format(ids): (301, there.format(ids)) for asked, there in LEADS_TO}

    answers = {asked: await visitor.get(asked) for asked in expected}

    found = {
        asked: (got.status_code, got.headers.get("location")) for asked, got in answers.items()
    }
    assert found == expected


UNKNOWN = (
    "/?p=abc", "/?p=", "/?p=0", "/?p=-1", "/?p=99999", "/?p=1e3", "/?p=99999999999999999999",
    "/?p={0.draft}", "/?page_id=abc", "/?attachment_id=99999", "/?attachment_id=902", "/?name=none",
    "/?cat=99999", "/?cat=-3", "/?cat=a", "/?tag=none", "/?tag=tea%00", "/?author=99999",
    "/?author=gwen", "/?author={0.shy}", "/?m=abc", "/?m=20", "/?m=201213", "/?m=20120230",
    "/?m=٢٠١٢", "/?paged=0", "/?paged=x", "/?feed=xml", "/?feed=rss2&p=99999", "/?feed=../evil",
    "/?rest_route=/wp/v2/posts", "/wp-json/", "/wp-json/wp/v2/posts", "/wp-login.php", "/wp-admin/",
    "/wp-admin/admin-ajax.php", "/search/tea/feed/xml/", "/wp-trackback.php", "/wp-trackback.php/abc",
    "/2012/01/template-comments/amp/", "/archives/1",
)  # fmt: skip


async def test_what_is_unknown_is_not_found(visitor: httpx.AsyncClient, ids: Ids) -> None:
    found = {asked: (await visitor.get(asked.format(ids))).status_code for asked in UNKNOWN}

    assert found == dict.fromkeys(UNKNOWN, 404)


@pytest.mark.parametrize("asked", ["/wp-trackback.php?p={0.post}", "/wp-trackback.php/{0.post}"])
async def test_whoever_reads_a_trackback_address_gets_the_post(
    visitor: httpx.AsyncClient, ids: Ids, asked: str
) -> None:
    answer = await visitor.get(asked.format(ids))

    assert (answer.status_code, answer.headers["location"]) == (302, HERE)


@pytest.mark.parametrize(
    ("path", "query", "is_asked"),
    [
        ("/", "p=1", True),
        ("/", "utm_source=x", False),
        ("/", "", False),
        ("/", "page=2", False),
        ("/2012/", "author=3", False),
        ("/2012/", "feed=rss2", True),
        ("/search/", "q=x&author=Gwen&paged=2", False),
        ("/", "&".join(["x=1"] * 99), False),
    ],
)
def test_only_wordpress_queries_are_taken(path: str, query: str, is_asked: bool) -> None:
    assert asked_in_query(path, query.encode()) == is_asked


async def test_head_is_redirected_as_get_is(visitor: httpx.AsyncClient, ids: Ids) -> None:
    answer = await visitor.head(f"/?p={ids.post}")

    assert (answer.status_code, answer.headers["location"]) == (301, HERE)


def leads_away(location: str) -> bool:
    """Whether a browser that was here would end up elsewhere."""
    there = urlsplit(urljoin("http://blog.example/", location.replace("\\", "/")))
    return (there.scheme, there.netloc) != ("http", "blog.example")


EVIL = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "//evil.example/%2f..",
]
EVIL += ["http://evil.example", "/%0d%0aSet-Cookie:a=b", "/%5cevil.example", "/%09/evil.example"]
DOORS = (
    "{}?feed=rss2",
    "{}?replytocom=1",
    "/index.php{}",
    "/search/{}",
    "/?s={}",
    "{}/feed",
    "{}/embed/",
)


async def test_no_redirect_leads_off_the_site(application: ASGIApp, ids: Ids) -> None:
    texts = [*EVIL, *payloads("redirect"), *payloads("crlf")]
    for door, text in product(DOORS, texts):
        url = door.format(text if text.startswith("/") or not door.startswith("{") else f"/{text}")

        status, headers = await answered(application, url)

        assert status < 500, (url, status)
        assert not leads_away(headers.get("location", "/")), (url, headers)
        assert "set-cookie" not in headers, url


async def answered(application: ASGIApp, url: str) -> tuple[int, dict[str, str]]:
    """Status and headers for a path and query as they stand: a client would mend them first."""
    path, _, query = url.partition("?")
    scope = {
        "type": "http", "method": "GET", "path": unquote(path), "query_string": query.encode(),
        "raw_path": path.encode(), "headers": [(b"host", b"blog.example")], "scheme": "http",
        "client": ("192.0.2.1", 1), "server": ("blog.example", 80), "root_path": "", "state": {},
        "http_version": "1.1", "asgi": {"version": "3.0"}, "extensions": {},
    }  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await application(scope, receive, send)
    headers = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers


# Where the product has decided otherwise than WordPress: what is answered instead.
DECIDED_OTHERWISE = {
    "/?feed=rss2": 301, "/feed": 301, "/feed/rss2/": 301, "/feed/rss/": 301, "/feed/rdf/": 301,
    "/rss/": 301, "/wp-rss2.php": 301, "/wp-feed.php": 301, "/wp-commentsrss2.php": 301,
    "/?s=template": 301, "/?s=template&feed=rss2": 301, "/search/template/": 301,
    "/search/template/feed/rss2/": 301, "/index.php/feed/": 301, "/wp-links-opml.php": 301,
    "/wp-sitemap.xml": 301, "/sitemap.xml": 200, "/wp-json/": 404, "/?rest_route=/wp/v2/posts": 404,
    "/2012/01/03/template-comments/embed/": 301, "/2012/01/03/TEMPLATE-COMMENTS/": 301,
    "/2012/01/03/template-comments/comment-page-1/": 301, "/wp-login.php": 404, "/wp-admin/": 404,
    "/wp-content/uploads/": 404, "/wp-trackback.php/1": 302,
}  # fmt: skip


def rows_of_addresses() -> list[tuple[str, int, str]]:
    """Address, status and target of every row that was taken down from a real WordPress."""
    text = shared_file("data/wordpress/addresses.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in text.splitlines()]
    return [(row[0], int(row[1]), row[3]) for row in cells if len(row) == 4 and row[1].isdigit()]


@pytest.fixture
async def unit_test_site(doors: Any) -> None:
    """As much of the site in that list as its addresses speak of, under the same numbers."""
    async with doors.unit_of_work() as db:
        await the_site(db, permalinks="/%year%/%monthnum%/%day%/%postname%/", posts_per_page=1)
        admin = await an_author(db, "admin", legacy_id=1)
        rest = await a_category(db, "Uncategorized", legacy_id=1)
        alpha = await a_tag(db, "alpha")
        filed: dict[str, Any] = {"by": admin, "under": (rest, alpha)}
        await a_post(db, "Hello world", at=datetime(2026, 11, 22, tzinfo=UTC), **filed)
        await a_page(db, "Sample page")  # the second of all, as there
        long_ago = datetime(2012, 1, 3, 12, tzinfo=UTC)
        template = await a_post(db, "Template comments", at=long_ago, **filed)
        template.legacy_id = 1148
        for _ in range(51):
            await a_comment(db, under=template)


async def test_every_address_of_a_real_wordpress_is_answered(
    visitor: httpx.AsyncClient, unit_test_site: None
) -> None:
    wrong = []
    for row, status, target in rows_of_addresses():
        asked = row.replace("http://127.0.0.1:8103", "http://blog.example")
        answer = await visitor.get(asked)
        location = answer.headers.get("location", "")
        if row in DECIDED_OTHERWISE:
            is_right = answer.status_code == DECIDED_OTHERWISE[row]
        elif status in (301, 302) and not row.startswith("/favicon"):
            is_right = answer.status_code == status and location == target.partition("?")[0]
        else:
            is_right = answer.status_code == status
        if not is_right:
            wrong.append((row, status, target, answer.status_code, location))
        # Whatever it leads to is there, in one hop or two.
        answer = await visitor.get(asked, follow_redirects=True)
        if status < 400 and row not in DECIDED_OTHERWISE and answer.status_code != 200:
            wrong.append((row, "leads to", str(answer.url), answer.status_code, ""))
    assert wrong == []
