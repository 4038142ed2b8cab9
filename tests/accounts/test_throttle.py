"""How often somebody may try, right on any number of processes."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.throttle import PER_ACCOUNT, PER_ADDRESS, count_try, forget_tries
from app.core import clock
from app.core.secrets import Secrets, secrets_of
from app.main import create_app
from app.settings import Settings
from app.work import Doors
from tests.visiting import running, visiting
from tests.web.signing_in import PASSWORD, sign_in
from tests.world import a_member

pytestmark = pytest.mark.anyio

SECRETS = Secrets("a secret of the tests")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TRIES, WITHIN = PER_ACCOUNT[0].times, PER_ACCOUNT[0].within
TRIES_FROM_ONE = PER_ADDRESS[0].times


async def tried(
    session: AsyncSession, name: str = "ada", address: str = "203.0.113.9", at: datetime = NOON
) -> timedelta | None:
    return await count_try(session, SECRETS, "sign-in", name, address, at)


async def test_one_account_is_tried_so_often_whoever_asks(session: AsyncSession) -> None:
    waits = [await tried(session, address=f"203.0.113.{n}") for n in range(TRIES + 1)]

    assert waits[:-1] == [None] * TRIES
    assert waits[-1] == WITHIN


async def test_one_network_tries_so_many_names(session: AsyncSession) -> None:
    waits = [await tried(session, name=f"name {n}") for n in range(TRIES_FROM_ONE + 1)]

    assert waits[:-1] == [None] * TRIES_FROM_ONE
    assert waits[-1]


async def test_after_a_while_it_is_allowed_again(session: AsyncSession) -> None:
    for _ in range(TRIES):
        await tried(session)

    assert await tried(session, at=NOON + WITHIN - timedelta(seconds=1)) == timedelta(seconds=1)
    assert await tried(session, at=NOON + WITHIN + timedelta(seconds=1)) is None


async def test_what_is_refused_is_not_counted(session: AsyncSession) -> None:
    for _ in range(TRIES * 3):
        await tried(session, address="203.0.113.9")

    assert await tried(session, name="bob", address="203.0.113.9") is None


async def test_letter_case_and_blanks_make_no_other_account(session: AsyncSession) -> None:
    for _ in range(TRIES):
        await tried(session, name="Ada@Example.org")

    assert await tried(session, name=" ada@example.org ")


async def test_whoever_was_right_starts_anew(session: AsyncSession) -> None:
    for _ in range(TRIES):
        await tried(session)
    await forget_tries(session, SECRETS, "sign-in", "ada")

    assert await tried(session) is None


async def test_a_household_is_one_network(session: AsyncSession) -> None:
    for number in range(TRIES_FROM_ONE):
        await tried(session, name=f"name {number}", address=f"2001:db8:1:2::{number:x}")

    assert await tried(session, name="one more", address="2001:db8:1:2:3:4:5:6")
    assert await tried(session, name="another", address="2001:db8:1:3::1") is None


async def test_many_at_once_are_counted_exactly(doors: Doors) -> None:
    async def one(number: int) -> bool:
        async with doors.unit_of_work() as db:
            return await tried(db, address=f"203.0.113.{number}") is None

    allowed = await asyncio.gather(*(one(number) for number in range(TRIES + 5)))

    assert sum(allowed) == TRIES


async def test_the_form_says_when_to_come_back_for_known_and_unknown_names(
    doors: Doors, settings: Settings
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", password=PASSWORD, email="ada@example.org")
        # As many tries as there may be, without the work of each.
        for name in ("ada@example.org", "nobody@example.org"):
            for _ in range(TRIES):
                await count_try(db, secrets_of(settings), "sign-in", name, "", clock.now())
    app = create_app(settings.model_copy(update={"rate_limits": "off"}))

    async with running(app), visiting(app) as client:
        answers = [
            await sign_in(client, name) for name in ("ada@example.org", "nobody@example.org")
        ]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert all(0 < int(answer.headers["retry-after"]) <= WITHIN.seconds for answer in answers)
    assert "ada@example.org" in answers[0].text, "what was typed is kept"
