"""The worker is killed while links of others and our own wait for it: none is lost, and none is entered twice."""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from app.core.jobs import Job, name_of
from app.discussions.models import CommentKind, CommentStatus
from app.linkbacks.announcing_jobs import announce_link, announce_links
from app.linkbacks.errands import MOST_TRIES
from app.linkbacks.jobs import look_at_source
from app.linkbacks.models import LookState
from app.linkbacks.sent import Announcement, AnnouncementKind, AnnouncementState
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.agreement import disagreements
from tests.conftest import Serve
from tests.journeys.mortals import MortalWorker
from tests.journeys.neighbours import Neighbours, Pair, neighbours
from tests.linkbacks.linking import kept_links
from tests.rounds import rounds
from tests.visiting import BASE_URL
from tests.world import a_post

pytestmark = pytest.mark.anyio
log = logging.getLogger(__name__)

KILLS = rounds(3, 10)
# Of each kind: what comes in, and what goes out.
LINKS = rounds(40, 200)
POSTS = 10
# Each page that links to us is read; each that we link to is read, and then told.
REQUESTS = 3 * LINKS
# Seconds at most until a worker that has asked so many is killed.
HESITATION = 0.3
JOBS = [name_of(job) for job in (look_at_source, announce_links, announce_link)]


@pytest.fixture
async def them() -> AsyncIterator[Neighbours]:
    """So many that nobody's ten turns a minute are used up, though each dead worker has wasted some."""
    async with neighbours(LINKS) as them:
        yield them


async def test_no_link_is_lost_or_entered_twice_however_often_the_worker_is_killed(
    doors: Doors, settings: Settings, them: Neighbours, serve: Serve, tmp_path: Path
) -> None:
    told = {
        "RAPPORT_BASE_URL": BASE_URL,
        "RAPPORT_OUTBOUND_ALLOW": them.allowed,
        "RAPPORT_RATE_LIMITS": "off",
    }
    server = serve("--no-jobs", **told)
    outgoing = await write_posts(doors, them)
    statuses = await send_mentions(server.url, them, await addresses(doors))
    with MortalWorker(tmp_path, {"RAPPORT_DATABASE_URL": settings.database, **told}) as worker:
        await live_and_die(doors, worker, them)
        await until_all_is_done(doors)

    await require_what_came(doors, them)
    await require_status_pages(server.url, statuses)
    await require_what_went(doors, them, outgoing)
    assert them.most_in(55) <= 10
    async with doors.reading() as db:
        assert await disagreements(db) == []
        assert list(await db.scalars(select(Job.reason).where(Job.reason != ""))) == []


async def write_posts(doors: Doors, them: Neighbours) -> set[Pair]:
    """Posts of ours with links to all their pages; which links that makes."""
    pairs = set()
    for number in range(POSTS):
        targets = them.targets[number::POSTS]
        async with doors.unit_of_work() as db:
            body = "\n\n".join(f"[There]({target})" for target in targets)
            post = await a_post(db, f"Post {number}", body=body)
            pairs |= {(f"{BASE_URL}{post.path}", target) for target in targets}
    return pairs


async def addresses(doors: Doors) -> list[str]:
    async with doors.reading() as db:
        return [f"{BASE_URL}{path}" for path in await db.scalars(select(Post.path))]


async def send_mentions(url: str, them: Neighbours, ours: list[str]) -> list[str]:
    """Each page of theirs links to one of our posts, and says so; the addresses of what becomes of it."""
    statuses = []
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as sender:
        for number, source in enumerate(them.sources):
            target = ours[number % len(ours)]
            them.links[source] = f"<title>Theirs</title><p>I have read <a href='{target}'>this</a>."
            answer = await sender.post("/webmention", data={"source": source, "target": target})
            assert answer.status_code == 201, answer.text
            statuses.append(answer.headers["location"].removeprefix(BASE_URL))
    assert len(set(statuses)) == LINKS
    return statuses


async def live_and_die(doors: Doors, worker: MortalWorker, them: Neighbours) -> None:
    """As often as it is killed, somewhere in each part of its work, it comes back, and lives a last time."""
    for number in range(1, KILLS + 1):
        them.life += 1
        worker.start()
        await them.until_heard(number * REQUESTS // (KILLS + 1))
        await asyncio.sleep(random.uniform(0, HESITATION))
        await worker.kill()
        assert await left(doors), "it was killed too late"
    them.life += 1
    worker.start()


async def until_all_is_done(doors: Doors) -> None:
    """Wait until nothing waits any more; whose turns were used up waits for a minute."""
    async with asyncio.timeout(240):
        while await left(doors):  # noqa: ASYNC110 - the worker tells nobody
            await asyncio.sleep(0.1)


async def left(doors: Doors) -> int:
    jobs = select(func.count()).select_from(Job).where(Job.name.in_(JOBS))
    async with doors.reading() as db:
        return await db.scalar(jobs) or 0


async def require_what_came(doors: Doors, them: Neighbours) -> None:
    """Each page that was named is one comment, found to link here, and waits for somebody to read it."""
    kept = await kept_links(doors)
    assert Counter(one.link.source for one in kept) == Counter(them.sources)
    assert {one.link.state for one in kept} == {LookState.FOUND}
    assert {one.status for one in kept} == {CommentStatus.PENDING}
    assert {one.comment.kind for one in kept} == {CommentKind.WEBMENTION}
    assert {one.comment.author_name for one in kept} == {"Theirs"}


async def require_status_pages(url: str, statuses: list[str]) -> None:
    """Whoever sent one can read what became of it."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as sender:
        for status in statuses:
            assert "Waiting for a moderator" in (await sender.get(status)).text


async def require_what_went(doors: Doors, them: Neighbours, outgoing: set[Pair]) -> None:
    """Every link was told, and again only by who came after one that died before it could write that down."""
    told = them.told()
    assert {pair for pair, _life in told} == outgoing
    assert set(told.values()) == {1}
    async with doors.reading() as db:
        rows = list(await db.scalars(select(Announcement)))
    assert {(row.source, row.target) for row in rows} == outgoing
    assert len(rows) == LINKS
    times = Counter(pair for pair, _life in told)
    for row in rows:
        heard = times[row.source, row.target]
        # They take each for a new one, so that is not risked for ever.
        is_given_up = row.kind == AnnouncementKind.TRACKBACK and heard == MOST_TRIES
        assert row.state == AnnouncementState.SENT or is_given_up
        assert heard <= MOST_TRIES or row.kind != AnnouncementKind.TRACKBACK
    assert {row.kind for row in rows} == set(AnnouncementKind) - {AnnouncementKind.UNKNOWN}
    log.info("%d links told %d times in %d lives", len(rows), times.total(), them.life)
