"""A member is told, finds it in their inbox, and has read it: through the site."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Actor
from app.accounts.blocks import block
from app.accounts.models import User
from app.core import clock
from app.discussions.actions import approve, mark_as_spam, remove
from app.discussions.models import Comment, CommentStatus
from app.notifications.notices.sightings import GATHERED_FOR
from app.notifications.notices.unread import mark_read
from app.posts.models import Post
from app.work import Doors
from tests.conftest import CountQueries, RunJobs, SignedIn
from tests.notifications.notices.telling import news, notices_of, told
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio


async def ines_said_something(doors: Doors) -> tuple[User, Post, Comment]:
    """A member, and a comment of hers."""
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines")
        post = await a_post(db)
        comment = await a_comment(db, under=post, by="Ines", user_id=ines.id)
    return ines, post, comment


async def answered(
    doors: Doors, post: Post, to: Comment, *, by: User | None = None, name: str = "Ada"
) -> Comment:
    """Somebody answers, and a moderator approves it after an hour."""
    async with doors.unit_of_work() as db:
        answer = await a_comment(
            db,
            under=post,
            by=by.name if by else name,
            user_id=by.id if by else None,
            answering=to,
            status=CommentStatus.PENDING,
            at=clock.now() - timedelta(hours=1),
        )
    async with doors.unit_of_work() as db:
        await approve(db, OWNER_AT_THE_MACHINE, answer.id)
    return answer


async def unread_of(doors: Doors, user: User) -> int:
    """The number in somebody's row."""
    async with doors.reading() as db:
        return (await db.scalars(select(User.unread_notices).where(User.id == user.id))).one()


async def test_an_answer_to_a_members_comment_is_in_their_inbox_until_they_have_read_it(
    doors: Doors, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    ines, post, comment = await ines_said_something(doors)
    here = await signed_in(user=ines)
    assert "Nothing here yet" in (await here.get("/inbox/")).text
    answer = await answered(doors, post, comment)
    await run_jobs()

    page = (await here.get("/inbox/")).text
    assert "Ada answered you on “A letter a week”" in page
    assert f'href="/2024/03/a-letter-a-week/#comment-{answer.id}"' in page
    assert '<span class="masthead__count">1' in page
    assert await unread_of(doors, ines) == 1
    done = await here.post("/inbox/1/reading")

    assert (done.status_code, done.headers["location"]) == (303, "/inbox/")
    page = (await here.get("/inbox/")).text
    assert "Ada answered you" in page
    assert "Mark as read" not in page
    assert "masthead__count" not in page
    assert await unread_of(doors, ines) == 0


async def test_nobody_but_its_reader_has_an_inbox_or_marks_what_is_in_it(
    doors: Doors, visitor: httpx.AsyncClient, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    ines, post, comment = await ines_said_something(doors)
    await answered(doors, post, comment)
    await run_jobs()
    other = await signed_in()

    assert (await visitor.get("/inbox/")).status_code == 401
    assert "/inbox/" not in (await visitor.get("/")).text
    assert "Ada" not in (await other.get("/inbox/")).text
    assert (await other.post("/inbox/1/reading")).status_code == 404
    assert (await other.post("/inbox/reading", data={"up_to": "9"})).status_code == 303
    assert await unread_of(doors, ines) == 1


async def eventually_unread(doors: Doors, user: User) -> int:
    """The number in somebody's row, when what was seen has been written down."""
    for _ in range(200):
        if not (number := await unread_of(doors, user)):
            return 0
        await asyncio.sleep(0.02)
    return number


async def test_who_looks_at_the_page_with_the_answer_has_read_it(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    ines, post, comment = await ines_said_something(doors)
    await answered(doors, post, comment)
    await run_jobs()
    here = await signed_in(user=ines)
    await visitor.get("/2024/03/a-letter-a-week/")
    await here.get("/2024/03/a-letter-a-week/", headers={"Sec-Purpose": "prefetch"})
    await asyncio.sleep(2 * GATHERED_FOR)
    assert await unread_of(doors, ines) == 1

    await here.get("/2024/03/a-letter-a-week/")

    assert await eventually_unread(doors, ines) == 0
    assert "Read before" in (await here.get("/inbox/")).text


async def test_a_removal_is_told_leads_to_the_way_to_appeal_and_goes_when_it_is_taken_back(
    doors: Doors, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    ines, _post, comment = await ines_said_something(doors)
    here = await signed_in(user=ines)
    async with doors.unit_of_work() as db:
        await remove(db, OWNER_AT_THE_MACHINE, comment.id)
    page = (await here.get("/inbox/")).text
    assert "Your comment on “A letter a week” was removed by a moderator" in page
    own = re.search(rf'href="(/c/{comment.id}/[0-9a-f]+/)"', page)
    assert own
    assert "appeal" in (await here.get(own[1])).text

    async with doors.unit_of_work() as db:
        await approve(db, OWNER_AT_THE_MACHINE, comment.id)

    assert "removed" not in (await here.get("/inbox/")).text
    assert await eventually_unread(doors, ines) == 0


async def test_who_waited_finds_that_their_comment_is_up(
    doors: Doors, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    ines, post, comment = await ines_said_something(doors)
    mine = await answered(doors, post, comment, by=ines)
    await run_jobs()

    page = (await (await signed_in(user=ines)).get("/inbox/")).text
    assert "Your comment on “A letter a week” is up" in page
    assert f"#comment-{mine.id}" in page
    assert "answered you" not in page


async def test_what_is_withdrawn_is_gone_from_the_inbox_and_back_with_it_never_twice(
    doors: Doors, signed_in: SignedIn, run_jobs: RunJobs
) -> None:
    ines, post, comment = await ines_said_something(doors)
    answer = await answered(doors, post, comment)
    await run_jobs()
    here = await signed_in(user=ines)
    async with doors.unit_of_work() as db:
        await mark_as_spam(db, OWNER_AT_THE_MACHINE, answer.id)
    assert "Nothing here yet" in (await here.get("/inbox/")).text
    assert await unread_of(doors, ines) == 0

    async with doors.unit_of_work() as db:
        await approve(db, OWNER_AT_THE_MACHINE, answer.id)
    await run_jobs()

    assert (await here.get("/inbox/")).text.count("answered you") == 2  # its words, and its button
    assert await unread_of(doors, ines) == 1
    assert [one.mail_at for one in await notices_of(doors, ines)] == [None]


async def test_nobody_hears_of_who_does_not_see_them_nor_they_of_them(
    doors: Doors, run_jobs: RunJobs
) -> None:
    ines, post, comment = await ines_said_something(doors)
    async with doors.unit_of_work() as db:
        tom = await a_member(db, "Tom")
        await block(db, Actor(user_id=tom.id), ines.id, clock.now())
    await answered(doors, post, comment, by=tom)
    await run_jobs()

    assert await notices_of(doors, ines) == []


async def test_an_inbox_is_read_in_pages_new_things_first(
    doors: Doors, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines")
    await told(doors, ines, *(news(f"help {n:03}") for n in range(70)))
    async with doors.unit_of_work() as db:
        await mark_read(db, ines.id, range(60, 71))
    here = await signed_in(user=ines)
    page, found, ways = (await here.get("/inbox/")).text, list[str](), 0
    while True:
        found += re.findall(r"“(help \d+)”</a>", page)
        older = re.search(r'href="(/inbox/\?after=[\w-]+)"', page)
        if not older:
            break
        page, ways = (await here.get(older[1])).text, ways + 1

    newest_first = [f"help {n:03}" for n in range(69, -1, -1)]
    assert found == newest_first[11:] + newest_first[:11]
    assert ways == 2
    assert (await here.get("/inbox/?after=nowhere")).status_code == 404


async def test_all_is_read_but_what_came_after_the_page_was_shown(
    doors: Doors, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines")
    await told(doors, ines, news("one"), news("two"))
    here = await signed_in(user=ines)
    newest = re.search(r'name="up_to" value="(\d+)"', (await here.get("/inbox/")).text)
    assert newest
    await told(doors, ines, news("three"))

    assert (await here.post("/inbox/reading", data={"up_to": newest[1]})).status_code == 303
    assert (await here.post("/inbox/reading", data={"up_to": "x"})).status_code == 422

    assert [bool(one.read_at) for one in await notices_of(doors, ines)] == [True, True, False]
    assert await unread_of(doors, ines) == 1


async def test_an_inbox_costs_the_same_few_queries_however_much_is_in_it(
    doors: Doors, signed_in: SignedIn, count_queries: CountQueries
) -> None:
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines")
    here = await signed_in(user=ines)
    await told(doors, ines, news("one"))
    with count_queries() as little:
        await here.get("/inbox/")
    await told(doors, ines, *(news(f"more {n}") for n in range(40)))
    with count_queries() as much:
        await here.get("/inbox/")

    assert len(little) <= 4
    assert len(much) <= len(little)
