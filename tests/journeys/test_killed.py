"""Server and worker are killed at random moments: whatever anybody was told is there, once, and all agrees."""

import asyncio
import logging
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.core import clock
from app.core.jobs import Job, JobState
from app.discussions.models import Comment
from app.moderation.models import Decision
from app.notifications.models import Letter
from app.settings import Settings
from app.work import Doors
from tests.agreement import disagreements
from tests.conftest import RunJobs
from tests.journeys.mortals import Crowd, MortalSite, Programs
from tests.rounds import rounds
from tests.web.signing_in import a_session
from tests.world import a_post

pytestmark = pytest.mark.anyio
log = logging.getLogger(__name__)

KILLS = rounds(2, 10)
# Seconds that a life lasts while it is used: on average so many.
A_LIFE = rounds(2, 6)

SITES: dict[str, Programs] = {
    "alone": (("serve",),),
    "with a worker": (("serve", "--no-jobs"), ("worker",)),
}


@pytest.mark.parametrize("programs", SITES.values(), ids=list(SITES))
async def test_what_anybody_was_told_survives_every_kill(
    doors: Doors, settings: Settings, run_jobs: RunJobs, tmp_path: Path, programs: Programs
) -> None:
    async with doors.unit_of_work() as db:
        paths = [(await a_post(db, f"Post {number}")).path or "" for number in range(3)]
    site = MortalSite(tmp_path, {"RAPPORT_DATABASE_URL": settings.database}, programs)
    crowd = Crowd(site.url, paths)
    moderators = [await a_session(doors, name, Role.MODERATOR) for name in ("Ada", "Tom")]
    try:
        async with asyncio.TaskGroup() as people:
            for name in ("gwen", "ines", "li", "noor"):
                people.create_task(crowd.comment(name))
            for user_id, token in moderators:
                people.create_task(crowd.moderate(user_id, token))
            await live_and_die(site)
            crowd.is_over = True
        await until_no_job_is_due(doors)
        await site.stop()
    finally:
        await site.kill()
    # Whoever is told of a removal is told ten minutes later.
    await run_jobs(later=timedelta(minutes=11))

    assert crowd.wrong == []
    await require_comments(doors, crowd)
    await require_decisions(doors, crowd)
    await require_letters(doors)
    async with doors.reading() as db:
        assert await disagreements(db) == []
        assert list(await db.scalars(select(Job.reason).where(Job.reason != ""))) == []


async def live_and_die(site: MortalSite) -> None:
    """As often as it is killed it comes back, and lives a last time."""
    for _ in range(KILLS):
        await site.start()
        await asyncio.sleep(random.uniform(0.5, 2 * A_LIFE - 0.5))
        await site.kill()
    await site.start()
    await asyncio.sleep(1)


async def until_no_job_is_due(doors: Doors) -> None:
    """Wait until all that was left behind is done."""
    async with asyncio.timeout(120):
        while await due(doors):  # noqa: ASYNC110 - the worker tells nobody
            await asyncio.sleep(0.1)


async def due(doors: Doors) -> list[str]:
    running = select(Job.name).where(
        (Job.state == JobState.RUNNING)
        | ((Job.state == JobState.WAITING) & (Job.due_at <= clock.now()))
    )
    async with doors.reading() as db:
        return list(await db.scalars(running))


async def require_comments(doors: Doors, crowd: Crowd) -> None:
    """Each that was acknowledged is there once, under its number; of the others none is there twice."""
    async with doors.reading() as db:
        rows = (await db.execute(select(Comment.body_source, Comment.id))).all()
    there: dict[str, int] = dict(rows)
    told = {text: number for text, number in crowd.said.items() if number is not None}
    assert len(there) == len(rows)
    assert there.keys() <= crowd.said.keys()
    assert {text: there.get(text) for text in told} == told
    assert told
    assert crowd.broken_off
    log.info(
        "%d comments acknowledged, %d there; %d requests died with a server",
        len(told), len(rows), crowd.broken_off,
    )  # fmt: skip


async def require_decisions(doors: Doors, crowd: Crowd) -> None:
    """About each comment one alone was decided, and it is the one whose moderator was told so."""
    async with doors.reading() as db:
        decisions = (await db.scalars(select(Decision))).all()
    there = {entry.item_id: (entry.user_id, entry.became) for entry in decisions}
    assert len(there) == len(decisions)
    assert {number: there.get(number) for number in crowd.decided} == crowd.decided
    assert crowd.decided
    log.info("%d decisions acknowledged, %d there", len(crowd.decided), len(decisions))


async def require_letters(doors: Doors) -> None:
    """Whoever wrote a comment that was removed is written to about that decision, once."""
    async with doors.reading() as db:
        removed = await db.scalars(select(Decision.id).where(Decision.verb == "remove"))
        written = await db.scalars(select(Letter.about).where(Letter.about.startswith("removed:")))
    letters = Counter(written)
    assert letters == Counter(f"removed:{number}" for number in removed)
    log.info("%d letters of removals", letters.total())
