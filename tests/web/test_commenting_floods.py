"""The same comment twice, comments too fast, and six at once: one is kept, the others are told."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.core import clock
from app.discussions.models import CommentStatus
from app.moderation.models import AuthorKey, CaseCount
from app.settings import Settings
from app.work import Doors
from tests.web.commenting import GWEN, a_visitor_with, all_comments, fields_of, send
from tests.world import a_post

pytestmark = pytest.mark.anyio


async def test_the_same_comment_twice_shows_the_first_ones_state(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    first = await send(visitor, post)
    again = await send(visitor, post, comment="It is  GREEN, not red.", email=" gwen@example.org")

    assert again.status_code == 409
    assert "waits for a moderator" in again.text
    assert f'href="{first.headers["location"]}"' in again.text
    assert len(await all_comments(doors)) == 1


async def test_the_same_words_of_somebody_else_or_elsewhere_are_another_comment(
    settings: Settings, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post, other = await a_post(db), await a_post(db, "Another")

    async with a_visitor_with(settings, rate_limits="off") as visitor:
        answers = [
            await send(visitor, post),
            await send(visitor, post, email="ada@example.org"),
            await send(visitor, other),
        ]
        with clock.moved(timedelta(hours=25)):
            answers.append(await send(visitor, post))

    assert [answer.status_code for answer in answers] == [303] * 4


async def test_whoever_is_not_its_sender_gets_no_way_into_the_first_one(
    settings: Settings, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    async with a_visitor_with(settings) as visitor:
        first = await send(visitor, post)
        async with doors.unit_of_work() as db:
            for comment in await all_comments(doors):
                (await db.merge(comment)).author_ip = "192.0.2.99"
        again = await send(visitor, post)

    assert again.status_code == 409
    assert first.headers["location"] not in again.text


async def test_too_fast_is_told_how_long_to_wait_and_keeps_the_text(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    await send(visitor, post)
    answer = await send(visitor, post, comment="And another thing.")
    with clock.moved(timedelta(seconds=16)):
        later = await send(visitor, post, comment="And another thing.")

    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 15
    assert "And another thing." in answer.text
    assert later.status_code == 303


async def test_a_sixth_that_waits_is_refused_whatever_name_it_bears(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    for number in range(5):
        with clock.moved(timedelta(minutes=11 * number)):
            typed = {"comment": f"Number {number}.", "email": f"gwen{number}@example.org"}
            assert (await send(visitor, post, **typed)).status_code == 303
    with clock.moved(timedelta(hours=2)):
        answer = await send(visitor, post, comment="Number 5.")

    assert answer.status_code == 429
    assert "still wait to be read" in answer.text
    assert "Number 5." in answer.text


async def test_without_limits_nobody_waits(settings: Settings, doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    async with a_visitor_with(settings, rate_limits="off") as visitor:
        for number in range(8):
            answer = await send(visitor, post, comment=f"Number {number}.")
            assert answer.status_code == 303


@pytest.mark.parametrize("limits", ["on", "off"])
async def test_of_six_equal_ones_at_once_one_is_kept(
    settings: Settings, doors: Doors, limits: str
) -> None:
    async with a_visitor_with(settings, rate_limits=limits) as visitor:
        for again in range(5):
            async with doors.unit_of_work() as db:
                post = await a_post(db, f"Post {again}")
            with clock.moved(timedelta(hours=again)):
                fields = await fields_of(visitor, post)
                answers = await asyncio.gather(
                    *(visitor.post(f"{post.path}comment", data=fields) for _ in range(6))
                )
            assert sorted(answer.status_code for answer in answers) == [303] + [409] * 5

    said = await all_comments(doors)
    async with doors.reading() as db:
        author = (await db.scalars(select(AuthorKey))).one()
        count = (await db.scalars(select(CaseCount))).one()
    assert [one.status for one in said] == [CommentStatus.PENDING] * 5
    assert (author.pending, count.number) == (5, 5)


async def test_of_six_different_ones_at_once_one_gets_through(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        posts = [await a_post(db, f"Post {number}") for number in range(6)]

    answers = await asyncio.gather(
        *(
            visitor.post(f"{post.path}comment", data={**GWEN, "comment": f"Number {post.id}."})
            for post in posts
        )
    )

    assert sorted(answer.status_code for answer in answers) == [303] + [429] * 5


async def test_a_flood_is_refused_at_the_door_and_whoever_is_known_there_is_not(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    await send(visitor, post)
    sent = {**GWEN, "comment": "And another thing."}
    answers = [await visitor.post(f"{post.path}comment", data=sent) for _ in range(8)]
    elsewhere = await visitor.post(
        f"{post.path}comment", data=sent, headers={"cookie": "commenter-session=another"}
    )

    assert [answer.status_code for answer in answers] == [429] * 8
    assert ["And another thing." in answer.text for answer in answers] == [True] * 5 + [False] * 3
    assert 0 < int(answers[-1].headers["retry-after"]) <= 15
    assert answers[-1].headers["x-content-type-options"] == "nosniff"
    assert "And another thing." in elsewhere.text
    assert (await visitor.get(post.path or "")).status_code == 200
