"""Many links at once: slow pages, one server named by all, a thousand to one post."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from app.core.outbound.turns import MINUTE
from app.linkbacks import at_once
from app.linkbacks.models import LookState
from app.settings import Settings
from app.work import Doors
from tests.conftest import CountQueries
from tests.linkbacks.linking import Here, OtherSite, an_other_site, kept_links
from tests.linkbacks.pinging import ping
from tests.rounds import rounds

pytestmark = pytest.mark.anyio

SLOW = 24
# To one server: more than four minutes' turns.
NAMED = 40
TRACKBACKS = rounds(60, 1000)


@pytest.fixture
async def others() -> AsyncIterator[list[OtherSite]]:
    """Many blogs elsewhere."""
    async with AsyncExitStack() as sites:
        yield [await sites.enter_async_context(an_other_site()) for _ in range(SLOW)]


@pytest.fixture
def settings(settings: Settings, others: list[OtherSite]) -> Settings:
    """All of them stand on loopback, and are let through."""
    servers = (site.stranger.server for site in others)
    allowed = ",".join(f"{host}:{port}" for host, port in servers)
    return settings.model_copy(
        update={"outbound_allow": f"{settings.outbound_allow},{allowed}", "rate_limits": "off"}
    )


def all_slow(others: list[OtherSite], here: Here) -> None:
    for site in others:
        site.links_to(here.target)
        site.seconds = 1.0


async def states(doors: Doors) -> list[LookState]:
    return [kept.link.state for kept in await kept_links(doors)]


async def until_all_found(doors: Doors) -> None:
    async with asyncio.timeout(60):
        while set(await states(doors)) != {LookState.FOUND}:  # noqa: ASYNC110 - rows tell nobody
            await asyncio.sleep(0.05)


async def ping_of_all(others: list[OtherSite], here: Here) -> list[Any]:
    return await asyncio.gather(*(ping(here.visitor, one.url, here.target) for one in others))


async def test_of_many_slow_pages_each_is_accepted_and_looked_at_once(
    here: Here, others: list[OtherSite], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_once, "PATIENCE", 0.1)
    all_slow(others, here)

    answers = await ping_of_all(others, here)
    await until_all_found(here.doors)
    await here.run_jobs(later=timedelta(seconds=61))

    assert all("kept" in answer for answer in answers)
    assert [site.visits for site in others] == [1] * SLOW


async def test_what_is_more_than_a_process_looks_at_is_the_workers_without_a_wait(
    here: Here, others: list[OtherSite], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_once, "MOST", 0)
    all_slow(others, here)

    answers = await ping_of_all(others, here)
    looked_at = sum(site.visits for site in others)
    await here.run_jobs()

    assert all("kept" in answer for answer in answers)
    assert looked_at == 0
    assert await states(here.doors) == [LookState.FOUND] * SLOW
    assert [site.visits for site in others] == [1] * SLOW


async def test_a_page_that_is_read_just_when_its_ping_is_kept_is_not_asked_for_again(
    here: Here, elsewhere: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def too_late(looking: "asyncio.Task[Any]", _asked_at: float) -> None:
        await asyncio.wait({looking})

    monkeypatch.setattr(at_once.LOOKS, "seen_in_time", too_late)
    elsewhere.links_to(here.target)

    await ping(here.visitor, elsewhere.url, here.target)
    await until_all_found(here.doors)
    await here.run_jobs(later=timedelta(seconds=61))

    assert elsewhere.visits == 1


async def test_a_server_that_all_name_is_asked_ten_times_a_minute(
    here: Here, elsewhere: OtherSite
) -> None:
    elsewhere.links_to(here.target)
    pages = [f"{elsewhere.url}{number}/" for number in range(NAMED)]

    pings = await asyncio.gather(*(ping(here.visitor, one, here.target) for one in pages[::2]))
    mentions = await asyncio.gather(*(here.mention(one) for one in pages[1::2]))
    in_each_minute = []
    for minute in range(8):
        before = elsewhere.visits if minute else 0
        await here.run_jobs(later=timedelta(seconds=minute * (MINUTE + 1)))
        in_each_minute.append(elsewhere.visits - before)

    assert all("kept" in answer for answer in pings)
    assert {answer.status_code for answer in mentions} == {201}
    assert in_each_minute[0] == 10
    assert max(in_each_minute) == 10
    assert await states(here.doors) == [LookState.FOUND] * NAMED
    assert elsewhere.visits == NAMED


async def test_the_last_of_very_many_trackbacks_costs_as_many_questions_as_the_first(
    here: Here, count_queries: CountQueries
) -> None:
    asked = []
    for number in range(TRACKBACKS):
        with count_queries() as queries:
            answer = await here.trackback(url=f"https://site-{number}.example/about/", title="So")
        assert b"<error>0</error>" in answer.content
        asked.append(queries)

    # The first request of all reads the site, too.
    assert len(asked[-1]) <= len(asked[1]) <= len(asked[0])
