"""`/groups/`: all that somebody may know of, their own first, however many there are."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from app.core import clock
from app.groups.models import Group, Visibility
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.groups.building import a_membership
from tests.world import a_member

pytestmark = pytest.mark.anyio

MANY = 130


async def _fill(doors: Doors) -> None:
    """Groups of which every third is silent, two were last spoken in at each moment, and every tenth is hidden."""
    at = clock.now()
    async with doors.unit_of_work() as db:
        db.add_all(
            Group(
                slug=f"group-{n}", guid=f"tag:blog.example,2026:group/{n}", name=f"Group {n:03}",
                created_at=at, last_said_at=None if n % 3 == 0 else at - timedelta(minutes=n // 2),
                visibility=Visibility.HIDDEN if n % 10 == 7 else Visibility.PUBLIC,
            )
            for n in range(MANY)
        )  # fmt: skip


async def _all_pages(client: httpx.AsyncClient) -> list[list[str]]:
    """The names on each page, from the first to the last, as one comes from one to the next."""
    pages, address = [], "/groups/"
    while address:
        assert len(pages) < 9
        answer = await client.get(address)
        assert answer.status_code == 200
        pages.append(re.findall(r"<bdi>(Group \d{3})</bdi>", answer.text))
        more = re.search(r'href="([^"]*)" rel="next"', answer.text)
        address = more[1] if more else ""
    return pages


async def test_every_group_is_listed_once_the_liveliest_first(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    await _fill(doors)

    pages = await _all_pages(visitor)

    names = [name for page in pages for name in page]
    numbers = [int(name[-3:]) for name in names]
    assert len(names) == len(set(names))
    assert set(numbers) == {n for n in range(MANY) if n % 10 != 7}
    assert [len(page) for page in pages[:-1]] == [50, 50]
    spoken = [n // 2 for n in numbers if n % 3]
    assert spoken == sorted(spoken)
    assert not any(n % 3 for n in numbers[len(spoken) :])


async def test_ones_own_come_first_hidden_ones_too(doors: Doors, signed_in: SignedIn) -> None:
    await _fill(doors)
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada")
        mine = [n for n in range(MANY) if n % 2]
        for n in mine:
            group = await db.get_one(Group, n + 1)
            await a_membership(db, group, ada)
    adas = await signed_in(user=ada)

    numbers = [int(name[-3:]) for page in await _all_pages(adas) for name in page]

    assert set(numbers[: len(mine)]) == {n for n in range(MANY) if n % 2}
    assert set(numbers[len(mine) :]) == {n for n in range(MANY) if not n % 2}
    assert len(numbers) == MANY


async def test_what_comes_alive_meanwhile_moves_nobody_out_of_the_list(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    await _fill(doors)
    first = (await visitor.get("/groups/")).text
    more = re.search(r'href="([^"]*)" rel="next"', first)
    assert more is not None
    shown = set(re.findall(r"Group \d{3}", first))
    second = set(re.findall(r"Group \d{3}", (await visitor.get(more[1])).text))
    async with doors.unit_of_work() as db:
        await db.execute(
            update(Group).where(Group.name == "Group 120").values(last_said_at=clock.now())
        )

    assert second <= set(re.findall(r"Group \d{3}", (await visitor.get(more[1])).text))
    assert not second & shown


@pytest.mark.parametrize("wrong", ["x", "1-2", "2-5-5", "0--", "0-99999999999999999999-1"])
async def test_an_address_that_says_nothing_is_the_first_page(
    doors: Doors, visitor: httpx.AsyncClient, wrong: str
) -> None:
    await _fill(doors)

    answer = await visitor.get("/groups/", params={"before": wrong})

    assert answer.status_code == 200
    assert "Group 001" in answer.text


async def test_it_asks_as_often_for_many_as_for_few(
    doors: Doors, signed_in: SignedIn, count_queries: CountQueries
) -> None:
    somebody = await signed_in()

    async def asked() -> int:
        with count_queries() as queries:
            assert (await somebody.get("/groups/")).status_code == 200
        return len(queries)

    await asked()
    few = await asked()
    await _fill(doors)
    assert await asked() == few
