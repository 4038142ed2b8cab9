"""What those who watch the site are told, and what readers see when the database is in no state."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

pytestmark = pytest.mark.anyio


async def break_with(doors: Any, *statements: str) -> None:
    """Do something to the database that no action would."""
    async with doors.database.writing_engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def test_a_site_that_can_serve_says_so(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/healthz")).text == "ok\n"

    ready = await visitor.get("/readyz")

    assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})
    assert ready.headers["cache-control"] == "no-store"


async def test_another_schema_is_told_with_the_command_to_run(
    visitor: httpx.AsyncClient, doors: Any
) -> None:
    await break_with(doors, "UPDATE alembic_version SET version_num = '000000000000'")

    ready = await visitor.get("/readyz")

    assert ready.status_code == 503
    assert "rapport upgrade" in ready.json()["reasons"][0]


async def test_a_missing_table_is_a_page_with_the_command_to_run(
    visitor: httpx.AsyncClient, doors: Any
) -> None:
    await break_with(doors, "DROP TABLE thread_pages")
    await break_with(doors, "ALTER TABLE comments RENAME TO comments_of_yesterday")
    await break_with(doors, "ALTER TABLE posts RENAME TO posts_of_yesterday")

    answer = await visitor.get("/", headers={"accept": "text/html"})

    assert answer.status_code == 503
    assert "rapport upgrade" in answer.text


async def test_figures_are_for_this_machine_alone(visitor: httpx.AsyncClient) -> None:
    here = await visitor.get("/metrics")
    from_afar = await visitor.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"})

    assert "rapport_cached_pages" in here.text
    assert from_afar.status_code == 404


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,*/*;q=0.8", "text/html"),
        ("application/json", "application/problem+json"),
        ("text/plain", "text/plain"),
    ],
)
async def test_errors_come_in_the_askers_format(
    visitor: httpx.AsyncClient, accept: str, kind: str
) -> None:
    answer = await visitor.get("/nothing-here/", headers={"accept": accept})

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith(kind)


async def test_a_wrong_method_is_told_which_are_right(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/feed/")

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


async def test_every_answer_carries_the_security_headers(visitor: httpx.AsyncClient) -> None:
    for path in ("/", "/nothing-here/", "/feed/", "/robots.txt", "/healthz"):
        headers = (await visitor.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "set-cookie" not in headers
