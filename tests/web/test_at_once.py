"""Two server processes over one database, and everybody at once: one is first, the others are told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.discussions.models import CommentStatus
from app.moderation.models import Decision
from app.work import Doors
from tests.agreement import disagreements
from tests.conftest import Serve
from tests.rounds import rounds
from tests.web.commenting import all_comments, fields_of
from tests.web.signing_in import a_session
from tests.world import a_comment, a_post, an_author_key

pytestmark = pytest.mark.anyio

COMMENTS = rounds(25, 200)
FLOODS = rounds(10, 100)


@pytest.fixture
async def readers(serve: Serve) -> AsyncIterator[Sequence[httpx.AsyncClient]]:
    """Two browsers, each at a server of its own; one of the servers does the jobs meanwhile."""
    servers = [serve(*options, RAPPORT_RATE_LIMITS="off") for options in ((), ("--no-jobs",))]
    async with AsyncExitStack() as browsers:
        yield [
            await browsers.enter_async_context(
                httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=60)
            )
            for server in servers
        ]


async def test_of_two_moderators_one_decides_and_the_other_is_told(
    doors: Doors, readers: Sequence[httpx.AsyncClient]
) -> None:
    names = ("Ada", "Tom")
    members = [await a_session(doors, name, Role.MODERATOR) for name in names]
    for reader, (_, token) in zip(readers, members, strict=True):
        reader.cookies.set("session", token)
    winners: dict[int, tuple[int | None, str]] = {}

    for comment_id in await waiting_comments(doors, COMMENTS):
        about = f"/mod/comments/{comment_id}"
        answers = await asyncio.gather(
            readers[0].post(f"{about}/approval", data={"version": "1"}),
            readers[1].post(f"{about}/spam", data={"version": "1"}),
        )
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        first = 0 if answers[0].status_code == 303 else 1
        assert f"{names[first]} {('approved', 'marked')[first]} this" in answers[1 - first].text
        winners[comment_id] = (members[first][0], ("approved", "spam")[first])

    async with doors.reading() as db:
        log = (await db.scalars(select(Decision))).all()
        assert len(log) == len(winners)
        assert {entry.item_id: (entry.user_id, entry.became) for entry in log} == winners
        assert await disagreements(db) == []


async def waiting_comments(doors: Doors, number: int) -> list[int]:
    """So many that wait, of three authors, under two posts."""
    async with doors.unit_of_work() as db:
        posts = [await a_post(db, f"Post {n}") for n in range(2)]
        keys = [await an_author_key(db, f"{name}@example.org") for name in ("gwen", "ines", "li")]
        comments = [
            await a_comment(
                db, f"Number {n}.", under=posts[n % 2], author_key_id=keys[n % 3].id,
                status=CommentStatus.PENDING,
            )
            for n in range(number)
        ]  # fmt: skip
        return [comment.id for comment in comments]


async def test_of_six_equal_comments_one_is_kept_and_five_are_led_to_it(
    doors: Doors, readers: Sequence[httpx.AsyncClient]
) -> None:
    async with doors.unit_of_work() as db:
        posts = [await a_post(db, f"Post {number}") for number in range(FLOODS)]

    for post in posts:
        fields = await fields_of(readers[0], post)
        answers = await asyncio.gather(
            *(readers[n % 2].post(f"{post.path}comment", data=fields) for n in range(6))
        )
        first, *others = sorted(answers, key=lambda answer: answer.status_code)
        assert [first.status_code, *(one.status_code for one in others)] == [303] + [409] * 5
        assert all(first.headers["location"] in other.text for other in others)

    assert len(await all_comments(doors)) == FLOODS
    async with doors.reading() as db:
        assert await disagreements(db) == []
