"""A key makes a call happen once: on any number of connections at the same time, for a day, for one token."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.accounts.api_answers import ApiAnswer, forget_old_answers
from app.core import clock
from app.posts.models import Post
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import API, a_token, is_problem
from tests.conftest import Serve
from tests.world import a_member

pytestmark = pytest.mark.anyio

KEY = "Idempotency-Key"


async def posts_in(doors: Doors) -> int:
    async with doors.reading() as db:
        return await db.scalar(select(func.count()).select_from(Post)) or 0


async def test_of_six_equal_calls_at_once_one_is_done_and_all_are_told_the_same(
    doors: Doors, serve: Serve
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", roles=[Role.AUTHOR])
    headers = {"Authorization": f"Bearer {await a_token(doors, ada)}", KEY: "six-at-once"}
    sites = [serve(), serve()]

    async with httpx.AsyncClient(headers=headers, timeout=60, trust_env=False) as client:
        answers = await asyncio.gather(
            *(
                client.post(f"{sites[n % 2].url}{API}/posts", json={"title": "Once"})
                for n in range(6)
            )
        )

    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 5
    assert await posts_in(doors) == 1


async def test_a_key_is_one_token_s_and_one_day_s(doors: Doors, program: Program) -> None:
    ada, tom = await program(Role.AUTHOR), await program(Role.EDITOR)
    sent, key = {"title": "Once"}, {KEY: "k"}
    first = await ada.post("posts", json=sent, headers=key)

    assert (await tom.post("posts", json=sent, headers=key)).json()["id"] != first.json()["id"]
    assert (await ada.post("posts", json=sent, headers=key)).json() == first.json()
    with clock.moved(timedelta(hours=25)):
        assert (await ada.post("posts", json=sent, headers=key)).json()["id"] == 3


async def test_another_call_with_the_same_key_is_refused(program: Program) -> None:
    ada = await program(Role.AUTHOR)
    await ada.post("posts", json={"title": "One"}, headers={KEY: "k"})

    for path, sent in (("posts", {"title": "Two"}), ("terms", {"name": "x", "taxonomy": "tag"})):
        answer = await ada.post(path, json=sent, headers={KEY: "k"})
        assert is_problem(answer, 422)
        assert answer.json()["errors"][0]["field"] == KEY


async def test_what_was_refused_leaves_no_key_behind(doors: Doors, program: Program) -> None:
    member = await program()
    key = {KEY: "k"}

    assert is_problem(await member.post("posts", json={"title": "x"}, headers=key), 403)

    async with doors.reading() as db:
        assert (await db.scalars(select(ApiAnswer))).all() == []


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 201, "é"])
async def test_what_is_no_key_is_said_to_be_none(program: Program, key: str) -> None:
    ada = await program(Role.AUTHOR)

    answer = await ada.post(
        "posts", json={"title": "x"}, headers=[(b"idempotency-key", key.encode("latin-1"))]
    )

    assert is_problem(answer, 422)


async def test_answers_are_forgotten_after_a_day(doors: Doors, program: Program) -> None:
    ada = await program(Role.AUTHOR)
    await ada.post("posts", json={"title": "One"}, headers={KEY: "k"})

    async with doors.unit_of_work() as db:
        await forget_old_answers(db, clock.now() + timedelta(hours=25))
        assert await db.scalar(select(func.count()).select_from(ApiAnswer)) == 0
