"""How often somebody may do something, also when they do it six times at once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.core.limits import Allowance, Limit, forget_old_allowances, take, time_to_wait
from app.core.networks import household, kept_address
from app.work import Doors

pytestmark = pytest.mark.anyio

NOON = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
LIMITS = (Limit(1, timedelta(seconds=15)), Limit(3, timedelta(minutes=10)))


async def taken(doors: Doors, after: float, subject: str = "gwen") -> float | None:
    async with doors.unit_of_work() as db:
        wait = await take(db, subject, LIMITS, NOON + timedelta(seconds=after))
    return wait.total_seconds() if wait else None


async def test_each_window_slides_and_says_how_long_to_wait(doors: Doors) -> None:
    assert await taken(doors, 0) is None
    assert await taken(doors, 5) == 10
    assert await taken(doors, 15) is None
    assert await taken(doors, 30) is None
    # Three in ten minutes, the oldest of them at 0.
    assert await taken(doors, 60) == 540
    assert await taken(doors, 600) is None


async def test_what_was_refused_does_not_count(doors: Doors) -> None:
    assert await taken(doors, 0) is None
    for second in range(1, 15):
        assert await taken(doors, second) is not None

    assert await taken(doors, 15) is None


async def test_each_counts_for_themselves(doors: Doors) -> None:
    assert await taken(doors, 0, "gwen") is None
    assert await taken(doors, 0, "ada") is None


async def test_of_six_at_once_one_gets_through(doors: Doors) -> None:
    for again in range(10):
        answers = await asyncio.gather(*(taken(doors, 0, f"six {again}") for _ in range(6)))

        assert answers.count(None) == 1


async def test_asking_how_long_counts_nothing(doors: Doors) -> None:
    async with doors.reading() as db:
        assert await time_to_wait(db, "gwen", LIMITS, NOON) is None
    assert await taken(doors, 0) is None
    async with doors.reading() as db:
        assert await time_to_wait(db, "gwen", LIMITS, NOON) == timedelta(seconds=15)


async def test_what_counts_for_nothing_any_more_is_forgotten(doors: Doors) -> None:
    await taken(doors, 0, "old")
    await taken(doors, 3600, "new")

    async with doors.unit_of_work() as db:
        await forget_old_allowances(db, NOON + timedelta(minutes=11))
        assert await db.scalar(select(func.count()).select_from(Allowance)) == 1


@pytest.mark.parametrize(
    ("host", "kept", "last"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:0db8:0000:0000:ffff:ffff:ffff:ffff"),
        ("fe80::1%eth0", "fe80:0000:0000:0000:0000:0000:0000:0001", "fe80:0000:0000:0000:ffff:ffff:ffff:ffff"),
        ("testclient", "", ""),
    ],
)  # fmt: skip
def test_a_household_is_one_ipv4_address_or_one_ipv6_network(
    host: str, kept: str, last: str
) -> None:
    assert kept_address(host) == kept
    assert household(kept)[1] == last
