"""Writes from other sites are refused, but at the doors meant for strangers."""

import httpx
import pytest
from starlette.types import ASGIApp

from app.web.door.cross_site import CrossSiteWrites
from tests.visiting import BASE_URL, visiting

pytestmark = pytest.mark.anyio

EVIL = "https://evil.example"


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "something new"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": BASE_URL}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": EVIL}, True),
        ({"Origin": BASE_URL}, True),
        ({"Origin": "http://BLOG.example"}, True),
        ({"Origin": "http://blog.example:81"}, False),
        ({"Origin": "https://blog.example.evil.example"}, False),
        ({"Origin": EVIL}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "http://127.0.0.1:8000", "Host": "127.0.0.1:8000"}, True),
        ({"Origin": "http://127.0.0.1:8001", "Host": "127.0.0.1:8000"}, False),
        ({"Authorization": "Bearer abc", "Origin": EVIL}, True),
        ({"Authorization": "Basic abc", "Origin": EVIL}, False),
        ({}, True),
    ],
)
async def test_who_may_write(
    application: ASGIApp, headers: dict[str, str], is_let_in: bool
) -> None:
    async with visiting(application) as client:
        answers = [
            await client.request(method, "/account/sign-out", headers=headers)
            for method in ("POST", "PUT", "PATCH", "DELETE")
        ]

    assert [answer.status_code != 403 for answer in answers] == [is_let_in] * 4


@pytest.mark.parametrize(
    "path",
    [
        "/2024/03/a-letter/trackback/",
        "/wp-trackback.php",
        "/wp-trackback.php/7",
        "/xmlrpc.php",
        "/webmention",
        "/unsubscribe/abc/",
    ],
)
async def test_doors_meant_for_strangers_stay_open(visitor: httpx.AsyncClient, path: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": EVIL}

    assert (await visitor.post(path, headers=headers)).status_code != 403


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/account/sign-in",
        "/admin/setup",
        "/wp-comments-post.php",
        "/2024/03/a-letter/comment",
        "/mod/",
        "/unsubscribe",
        "/xmlrpc.php/x",
        "/nothing/",
    ],
)
async def test_all_others_are_shut(visitor: httpx.AsyncClient, path: str) -> None:
    assert (await visitor.post(path, headers={"Origin": EVIL})).status_code == 403


async def test_reading_from_anywhere_is_welcome(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/", headers={"Sec-Fetch-Site": "cross-site", "Origin": EVIL})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html", "text/html"),
        ("application/json", "application/problem+json"),
        ("text/plain", "text/plain"),
    ],
)
async def test_the_refusal_is_in_the_askers_format(
    visitor: httpx.AsyncClient, accept: str, kind: str
) -> None:
    answer = await visitor.post("/", headers={"Origin": EVIL, "Accept": accept})

    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith(kind)
    assert "another site" in answer.text


async def test_the_base_url_is_compared_as_browsers_write_it() -> None:
    async def app(*_arguments: object) -> None:
        raise AssertionError

    for base_url, origin in (
        ("https://Blog.example:443", "https://blog.example"),
        ("http://blog.example:8080", "http://blog.example:8080"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ):
        assert CrossSiteWrites(app, base_url)._origin == origin
