"""Search in the queue: what it asks of the database, and what it finds."""

import httpx
import pytest

from app.accounts.actor import OWNER_AT_THE_MACHINE, Actor, Role
from app.discussions.appeals import appeal
from app.discussions.deciding import decide
from app.discussions.models import CommentStatus
from app.discussions.queue import found_on_page
from app.discussions.undoing import undo
from app.moderation.queue import Cursor
from app.moderation.sought import Sought, View
from app.search.queueing import found_in_queue
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.web.test_mod_queue import names_in
from tests.world import FIRST_DAY, a_comment, a_post

pytestmark = pytest.mark.anyio


@pytest.mark.only_on("sqlite")
async def test_a_search_looks_up_what_it_found_and_does_not_walk_along_the_list(
    doors: Doors, count_queries: CountQueries
) -> None:
    """The plan is asked for, as no figure of a small database would tell."""
    moderator = Actor(1, "Mo", frozenset({Role.MODERATOR}))
    async with doors.reading() as db:
        for view in View:
            found = found_in_queue(db, "teapot", CommentStatus.PENDING)
            assert found is not None
            after = Cursor(7, FIRST_DAY, 0.5)
            with count_queries() as asked:
                await found_on_page(db, moderator, Sought(view, post_id=1), found, after=after)
            plan = await (await db.connection()).exec_driver_sql(
                f"EXPLAIN QUERY PLAN {asked[-1]}", ("",) * asked[-1].count("?")
            )
            steps = [row.detail for row in plan if row.detail.startswith("SEARCH cases USING")]

            assert "ix_cases_item_id" in steps[0], view
            assert len(steps) == 1, view


async def test_what_is_decided_is_found_where_it_stands_from_then_on(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        comment = await a_comment(
            db, "A teapot", under=await a_post(db), by="Ada", status=CommentStatus.PENDING
        )
    moderator = await signed_in(Role.MODERATOR)

    for verb, tab in (("spam", "spam"), ("approve", "recent"), ("remove", "removed"), ("hold", "")):
        async with doors.unit_of_work() as db:
            await decide(db, OWNER_AT_THE_MACHINE, comment.id, verb)

        for other in ("", "spam", "recent", "removed"):
            found = names_in(await moderator.get("/mod/", params={"q": "teapot", "tab": other}))
            assert found == (["Ada"] if other == tab else []), (verb, other)
        is_public = "Ada" in (await visitor.get("/search/?q=teapot")).text
        assert is_public == (verb == "approve")


async def test_what_is_appealed_is_found_among_what_waits_until_it_is_answered(
    doors: Doors, signed_in: SignedIn
) -> None:
    owner = OWNER_AT_THE_MACHINE
    async with doors.unit_of_work() as db:
        comment = await a_comment(db, "A teapot", under=await a_post(db), by="Ada")
        await decide(db, owner, comment.id, "remove")
    moderator = await signed_in(Role.MODERATOR)

    async def found() -> tuple[list[str], list[str]]:
        waits = names_in(await moderator.get("/mod/?q=teapot"))
        return waits, names_in(await moderator.get("/mod/?q=teapot&tab=removed"))

    assert await found() == ([], ["Ada"])

    async with doors.unit_of_work() as db:
        await appeal(db, comment.id, "Please read it again.")
    assert await found() == (["Ada"], [])

    async with doors.unit_of_work() as db:
        _, answer = await decide(db, owner, comment.id, "remove")
    assert await found() == ([], ["Ada"])

    assert answer is not None
    async with doors.unit_of_work() as db:
        await undo(db, owner, answer.id)
    assert await found() == (["Ada"], [])
