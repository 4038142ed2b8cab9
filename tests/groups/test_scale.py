"""A group of ten thousand is as quick as one of ten: what its pages ask, and by which index it is answered."""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import event, func, insert, select, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core import clock
from app.core.jobs import Job
from app.discussions.models import Comment, CommentStatus, Thread
from app.discussions.pages import rebuild_pages
from app.discussions.threading import place_of
from app.groups.models import Group, Membership, MemberState, Topic
from app.notifications.notices.models import Notice
from app.settings import Settings
from app.work import Doors
from tests.conftest import CountQueries, RunJobs, SignedIn
from tests.groups.building import Place, a_place, answer, begin
from tests.world import a_post, thread_of

pytestmark = pytest.mark.anyio

CROWD, REPLIES = 130, 120


async def test_pages_of_a_group_ask_as_many_questions_whatever_its_size(
    doors: Doors, signed_in: SignedIn, count_queries: CountQueries
) -> None:
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    addresses = (place.url, f"{place.url}about/", f"{place.url}members/", topic, f"{topic}feed/")

    async def asked() -> list[int]:
        counts = []
        for address in addresses:
            # One may make something that is kept, or be asked while what was seen is noted.
            tries = []
            for _number in range(2):
                with count_queries() as queries:
                    assert (await place.owner.get(address)).status_code == 200
                tries.append(len(queries))
            counts.append(min(tries))
        return counts

    few = await asked()
    await _crowd(doors, place, topic)
    many = await asked()

    assert few == many
    assert max(many) <= 9, many
    page_2 = f"{topic}page/2/"
    with count_queries() as queries:
        assert (await place.owner.get(page_2)).status_code == 200
    assert len(queries) <= many[3]


async def test_pages_of_a_group_are_ranges_of_indexes(doors: Doors, signed_in: SignedIn) -> None:
    """The plans are asked for, as no figure of a small database would tell."""
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    await _crowd(doors, place, topic)
    last = f"{place.url}members/?before={int(clock.now().timestamp()) * 1_000_000}-9"
    expected = {
        (place.url, "SELECT users.id"): "ix_memberships_inside",
        (last, "SELECT users.id"): "ix_memberships_inside",
        (f"{place.url}about/", "SELECT users.id"): "ix_memberships_keepers",
        (place.url, "SELECT (SELECT count"): "ix_memberships_",
        (f"{topic}page/2/", "SELECT comments.id"): "ix_comments_shown",
        (f"{topic}feed/", "SELECT comments.id"): "ix_comments_thread_approved",
    }

    for (address, opening), index in expected.items():
        with _statements() as seen:
            assert (await place.member.get(address)).status_code == 200
        statement, values = next(one for one in seen if one[0].startswith(opening))
        async with doors.reading() as db:
            plan = await _plan(db, statement, values)

        assert index in plan, (address, plan)
        # Nothing is put in order that did not come so, but a few by name or of two sections.
        is_short = "page/2/" in address or address.endswith("about/")
        assert is_short or "TEMP B-TREE" not in plan, (address, plan)
        if "page/2/" in address:
            # Both ends of the range, not the thread from its beginning.
            assert "place>? AND place<?" in plan or "place >= " in plan, plan


@pytest.mark.parametrize("feed", ["feed/", "replies/feed/", "replies/feed/?page=3"])
async def test_feeds_of_a_group_are_one_range_of_an_index(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient, feed: str
) -> None:
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    await _crowd(doors, place, topic)
    await _say_elsewhere(doors)
    asked = await _asked_of_comments(visitor, f"{place.url}{feed}")

    async with doors.reading() as db:
        plan = await _plan(db, *asked, may_sort=True)

    assert set(re.findall(r"ix_comments_\w+", plan)) == {"ix_comments_group_approved"}, plan
    # Whatever it begins with is part of the range, on SQLite and on PostgreSQL.
    assert "(group_id=? AND is_opening=?)" in plan or "Index Only Scan Backward" in plan, plan
    # The rows of its own page are put in order, and no others.
    assert plan.count("TEMP B-TREE FOR ORDER BY") + plan.count("Sort Key") == 1, plan


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("feed", ["feed/", "replies/feed/", "replies/feed/?page=3"])
async def test_feeds_of_a_group_cost_the_same_however_much_was_said(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient, settings: Settings, feed: str
) -> None:
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    await _crowd(doors, place, topic)
    asked = await _asked_of_comments(visitor, f"{place.url}{feed}")
    before = _steps(settings, *asked)

    await _crowd(doors, place, topic, begins_with=2000)
    await _crowd(doors, place, topic, begins_with=3000)

    assert _steps(settings, *asked) == pytest.approx(before, rel=0.02)


async def test_a_group_says_that_more_moves_in_it_than_it_counts(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in, joining="request")
    assert "2 new this week" in (await place.owner.get(place.url)).text
    await _members(doors, place, MemberState.ACTIVE, range(1000, 1000 + CROWD))
    await _members(doors, place, MemberState.REQUESTED, range(2000, 2000 + CROWD))

    front = await place.owner.get(place.url)

    assert "100 or more new this week" in front.text
    assert "100 or more ask to join" in front.text
    assert "ask to join" not in (await place.member.get(place.url)).text


async def test_large_numbers_are_written_as_people_write_them(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    async with doors.unit_of_work() as db:
        await db.execute(update(Group).values(member_count=5300, topic_count=1200))
        await db.execute(update(Topic).values(reply_count=200_000))

    listed = (await place.owner.get("/groups/")).text
    front, read = [(await place.owner.get(url)).text for url in (place.url, topic)]

    assert "5,300 members" in listed
    assert "1,200 discussions" in listed
    assert "5,300 members" in front
    assert "200,000 replies" in front
    assert "200,000 replies" in read


async def test_a_reply_in_a_group_asks_for_no_letters_to_followers_of_a_post(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    await answer(place.member, topic)

    async with doors.reading() as db:
        jobs = set(await db.scalars(select(Job.name)))

    assert "tell_of_topic" in jobs
    assert "tell_followers" not in jobs


async def test_who_took_part_is_found_by_an_index_however_much_was_said(
    doors: Doors, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    await answer(place.member, topic)
    await _crowd(doors, place, topic)
    async with doors.unit_of_work() as db:
        ids = select(User.id).where(User.login.in_(("m1000", "m1001"))).order_by(User.id)
        for number, user_id in enumerate(await db.scalars(ids)):
            theirs = Comment.id.in_(range(1000 + number, 1000 + REPLIES, 2))
            await db.execute(update(Comment).where(theirs).values(user_id=user_id))
    await run_jobs()
    await answer(place.owner, topic, "One thing more.")

    with _statements() as seen:
        await run_jobs()

    asked = [one for one in seen if "took_part" in one[0]]
    assert asked
    async with doors.reading() as db:
        plan = await _plan(db, *asked[0])
        told = select(User.login, func.count()).join(Notice, Notice.user_id == User.id)
        told = told.where(Notice.kind == "reply").group_by(User.login)
        rows = {row[0]: row[1] for row in await db.execute(told)}
    assert set(re.findall(r"ix_comments_\w+", plan)) == {"ix_comments_took_part"}, plan
    assert "scan comments" not in plan.lower().replace("scan on", "scan")
    assert {login for login in rows if login in ("m1000", "m1001", "m1002")} == {"m1000", "m1001"}
    assert "One thing more" not in (await place.owner.get("/inbox/")).text
    assert ">Olga wrote in" in (await place.member.get("/inbox/")).text


async def _asked_of_comments(visitor: httpx.AsyncClient, address: str) -> tuple[str, Any]:
    """The statement by which an answer finds its comments, and its values."""
    with _statements() as seen:
        assert (await visitor.get(address)).status_code == 200
    return next(one for one in seen if one[0].startswith("SELECT comments.id"))


def _steps(settings: Settings, statement: str, values: Any) -> int:
    """How many steps SQLite takes for the rows of a statement."""
    taken = count()
    path = settings.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        connection.set_progress_handler(lambda: next(taken) < 0, 1)
        connection.execute(statement, values).fetchall()
    return next(taken)


async def _crowd(doors: Doors, place: Place, topic: str, *, begins_with: int = 1000) -> None:
    """Many more members, and a discussion of three pages."""
    await _members(doors, place, MemberState.ACTIVE, range(begins_with, begins_with + CROWD))
    async with doors.unit_of_work() as db:
        number = int(topic.rpartition("/d/")[2].partition("-")[0])
        thread = (await db.scalars(select(Thread).where(Thread.topic_id == number))).one()
        await _say(db, thread, range(begins_with, begins_with + REPLIES))


async def _say_elsewhere(doors: Doors) -> None:
    """A lively discussion under a post, of which PostgreSQL is told that it is one."""
    async with doors.unit_of_work() as db:
        await _say(db, await thread_of(db, await a_post(db)), range(5000, 7000))
        if db.get_bind().dialect.name == "postgresql":
            await db.execute(text("ANALYZE comments"))


async def _say(db: AsyncSession, thread: Thread, ids: range) -> None:
    at = clock.now()
    rows = [
        {
            "id": key, "thread_id": thread.id, "group_id": thread.group_id,
            "status": CommentStatus.APPROVED, "is_shown": True, "guid": f"tag:blog.example:{key}",
            "author_name": "Ada", "created_at": at, "approved_at": at, "place": place_of(at, key),
        }
        for key in ids
    ]  # fmt: skip
    await db.execute(insert(Comment), rows)
    await rebuild_pages(db, thread.id)


async def _members(doors: Doors, place: Place, state: MemberState, ids: Iterable[int]) -> None:
    at = clock.now() - timedelta(hours=1)
    async with doors.unit_of_work() as db:
        people = [{"id": n, "login": f"m{n}", "slug": f"m{n}", "name": f"Member {n}"} for n in ids]
        await db.execute(insert(User), people)
        joined = at if state == MemberState.ACTIVE else None
        rows = [
            {"group_id": place.group_id, "user_id": one["id"], "state": state, "joined_at": joined}
            for one in people
        ]
        await db.execute(insert(Membership), rows)
        group = await db.get_one(Group, place.group_id)
        group.member_count += len(people)


@contextmanager
def _statements() -> Iterator[list[tuple[str, Any]]]:
    """Every statement sent to any database meanwhile, with its values."""
    seen: list[tuple[str, Any]] = []

    def remember(_c: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        seen.append((statement, values))

    event.listen(Engine, "before_cursor_execute", remember)
    yield seen
    event.remove(Engine, "before_cursor_execute", remember)


async def _plan(db: AsyncSession, statement: str, values: Any, *, may_sort: bool = False) -> str:
    """How the database answers; PostgreSQL as it does where tables are too large to be read whole."""
    connection = await db.connection()
    if connection.dialect.name == "sqlite":
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return "\n".join(row[3] for row in rows)
    slow = ("seqscan", "bitmapscan", "hashjoin", "mergejoin", *(() if may_sort else ("sort",)))
    for way in slow:
        await connection.exec_driver_sql(f"SET LOCAL enable_{way} TO off")
    rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", values)
    return "\n".join(row[0] for row in rows)
