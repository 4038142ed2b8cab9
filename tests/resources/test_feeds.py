"""The library for programs: its feed in three formats, the sitemap, the list of feeds."""

import feedparser
import httpx
import pytest

from app.accounts.actor import Role
from app.resources.models import Access
from app.settings import Settings
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.resources.lending import DESK, a_resource

pytestmark = pytest.mark.anyio

PAGE = "/resources/a-calendar-of-letters/"


async def test_the_feed_names_what_everybody_may_see_in_three_formats(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    await a_resource(doors, settings, description="A **year** of it.", licence="CC0")
    await a_resource(doors, settings, "By address", access=Access.ADDRESS)
    await a_resource(doors, settings, "Members only", access=Access.MEMBERS)
    await a_resource(doors, settings, "A draft", is_public=False)
    member = await signed_in()

    for client in (visitor, member):
        for suffix in ("", "atom/"):
            feed = feedparser.parse((await client.get(f"/resources/feed/{suffix}")).content)
            assert not feed.bozo
            assert [entry.title for entry in feed.entries] == [
                "By address",
                "A calendar of letters",
            ]
            assert not feed.entries[0].enclosures
            (file,) = feed.entries[1].enclosures
            assert (file.href, file.type) == (f"{settings.base_url}{PAGE}download", "text/plain")
        items = (await client.get("/resources/feed/json/")).json()["items"]
        assert [item["title"] for item in items] == ["By address", "A calendar of letters"]
    assert (await visitor.get("/resources/feed")).status_code == 301


async def test_a_new_version_is_a_change_of_the_same_entry(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    resource = await a_resource(doors, settings)
    first = await visitor.get("/resources/feed/atom/")
    owner = await signed_in(Role.OWNER)

    await owner.post(f"{DESK}{resource.id}/versions", files={"file": ("b.txt", b"new")})

    second = await visitor.get(
        "/resources/feed/atom/", headers={"If-None-Match": first.headers["etag"]}
    )
    assert second.status_code == 200
    before, after = (feedparser.parse(one.content).entries[0] for one in (first, second))
    assert (before.id, before.link) == (after.id, after.link) == (resource.guid, after.link)
    assert after.updated >= before.updated


async def test_programs_find_it(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    assert "resources" not in (await visitor.get("/sitemap.xml")).text
    resource = await a_resource(doors, settings)
    await a_resource(doors, settings, "Members only", access=Access.MEMBERS)

    assert f"/sitemap-resources-{resource.id}.xml" in (await visitor.get("/sitemap.xml")).text
    sitemap = (await visitor.get(f"/sitemap-resources-{resource.id}.xml")).text
    assert f"<loc>{settings.base_url}{PAGE}</loc>" in sitemap
    assert "members-only" not in sitemap
    assert "/resources/feed/" in (await visitor.get("/feeds.opml")).text
    assert 'href="http://blog.example/resources/feed/"' in (await visitor.get(PAGE)).text


@pytest.mark.parametrize("number", [1, 30])
async def test_the_feed_takes_the_same_queries_however_much_there_is(
    doors: Doors,
    settings: Settings,
    visitor: httpx.AsyncClient,
    count_queries: CountQueries,
    number: int,
) -> None:
    for one in range(number):
        await a_resource(doors, settings, f"Thing {one}")

    with count_queries() as queries:
        answer = await visitor.get("/resources/feed/")

    assert answer.status_code == 200
    assert len(queries) == 2, queries
