"""What happens by the clock: posts are published, and what is over goes."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import LinkPurpose, OneTimeLink, UserSession
from app.core import clock
from app.core.db import Base
from app.core.jobs import Job, JobState
from app.core.limits import Allowance
from app.posts.models import PostStatus
from app.settings import Settings
from app.work import Doors
from app.worker import SCHEDULES, Worker
from tests.jobs.doing import fail
from tests.world import a_post, an_author

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


async def test_a_scheduled_post_is_published_when_its_time_has_come(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db, "Written ahead", at=clock.now() + HOUR)
        assert post.status == PostStatus.SCHEDULED
    addresses = (post.path or "", "/", "/feed/")
    await Worker(doors, settings).run_until_idle()
    early = [(await visitor.get(address)) for address in addresses]
    assert early[0].status_code == 404
    assert not [answer for answer in early[1:] if "Written ahead" in answer.text]

    with clock.moved(HOUR + timedelta(seconds=20)):
        await Worker(doors, settings).run_until_idle()
        late = [(await visitor.get(address)) for address in addresses]

    assert all("Written ahead" in answer.text for answer in late)


async def test_schedules_come_again_and_wait_once_however_many_workers_there_are(
    doors: Doors, settings: Settings
) -> None:
    first, second = Worker(doors, settings), Worker(doors, settings)

    await first.run_until_idle()
    await second.run_until_idle()

    assert len(first.ended) == len(SCHEDULES)
    assert second.ended == []
    async with doors.reading() as db:
        assert await count_of(db, Job) == len(SCHEDULES)
    with clock.moved(timedelta(seconds=16)):
        third = Worker(doors, settings)
        await third.run_until_idle()
    assert {end.taken.name for end in third.ended} == {"publish-what-is-due", "tidy-search-index"}


async def test_a_schedule_that_fails_comes_again_all_the_same(
    doors: Doors, settings: Settings
) -> None:
    schedules = ((fail, HOUR),)

    for hours in range(5):
        with clock.moved(hours * HOUR + timedelta(seconds=hours)):
            worker = Worker(doors, settings, schedules)
            await worker.run_until_idle()
            assert [end.trouble for end in worker.ended] == ["OSError: The disk is full."]


async def test_what_is_over_is_forgotten(doors: Doors, settings: Settings) -> None:
    now = clock.now()
    async with doors.unit_of_work() as db:
        gwen = await an_author(db)
        for days in (-40, 1):
            at = now + timedelta(days=days)
            db.add(Allowance(subject=f"comment:{days}", times=[], stale_at=at.timestamp()))
            db.add(
                UserSession(
                    user_id=gwen.id,
                    token_hash=f"{days}",
                    created_at=now,
                    seen_at=now,
                    expires_at=at,
                )
            )
            db.add(
                OneTimeLink(
                    token_hash=f"{days}",
                    purpose=LinkPurpose.PASSWORD,
                    created_at=now,
                    expires_at=at,
                )
            )
            db.add(Job(name="x", arguments={}, state=JobState.FAILED, created_at=at, due_at=at))

    await Worker(doors, settings).run_until_idle()

    async with doors.reading() as db:
        kept = {table: await count_of(db, table) for table in (Allowance, UserSession, OneTimeLink)}
        failed = await db.scalar(
            select(func.count()).select_from(Job).where(Job.state == JobState.FAILED)
        )
    assert set(kept.values()) == {1}
    assert failed == 1


async def count_of(session: AsyncSession, model: type[Base]) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0
