"""Search in the queue: what it asks of the database, and what it finds."""

import pytest

from app.accounts.actor import Actor, Role
from app.discussions.models import CommentStatus
from app.discussions.queue import queue_page
from app.moderation.queue import Cursor
from app.moderation.sought import Sought, View
from app.search.queueing import found_in_queue
from app.work import Doors
from tests.conftest import CountQueries
from tests.world import FIRST_DAY

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
            after = Cursor(7, FIRST_DAY, 0.5)
            with count_queries() as asked:
                await queue_page(db, moderator, Sought(view, post_id=1), after=after, found=found)
            plan = await (await db.connection()).exec_driver_sql(
                f"EXPLAIN QUERY PLAN {asked[-1]}", ("",) * asked[-1].count("?")
            )
            steps = [row.detail for row in plan if row.detail.startswith("SEARCH cases USING")]

            assert "ix_cases_item_id" in steps[0], view
            assert "PRIMARY KEY" in steps[1], view
            assert len(steps) == 2, view
