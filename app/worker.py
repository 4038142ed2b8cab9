"""Runs what waits: jobs as they are enqueued, and schedules by the clock.

All of it happens on one event loop, in `serve` itself or in a process of its own. One transaction
settles what has ended and takes what is due, so that many small jobs cost few commits.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy.exc import DBAPIError

from app.accounts.jobs import forget_what_expired
from app.apart import do_apart
from app.core import clock
from app.core.db import open_database
from app.core.errors import AppError, NotNow, NotReady
from app.core.forgetting import forget_what_is_over
from app.core.freshness.news import open_news
from app.core.job_queue import (
    Ended,
    Room,
    Taken,
    keep_schedules,
    next_due,
    numbers,
    settle,
    take,
)
from app.core.job_workers import begin_life, end_life, let_go, show_life
from app.core.jobs import JobFunction, JobState, Tools, declared, name_of, names_of_askers
from app.core.logs import configure_logs, get_logger
from app.discussions.jobs import pick_likely_mistakes
from app.discussions.retention import purge_comments, wipe_addresses
from app.discussions.rounds import ask_akismet
from app.hooks.asking import ask_hooks
from app.hooks.retention import tidy_hooks
from app.media.jobs import tidy_uploads
from app.moderation.jobs import save_learned
from app.networking.asks.jobs import expire_asks
from app.networking.conversations.jobs import tidy as tidy_conversations
from app.networking.figures.jobs import count_figures
from app.networking.introductions.jobs import keep_introductions
from app.networking.promises.jobs import keep_promises
from app.notifications.blog.retention import tidy_followers
from app.notifications.letters import send_letters
from app.notifications.moderation_mail import tell_moderators, warn_owners
from app.notifications.notices.mailing import mail_notices
from app.notifications.notices.retention import forget_notices
from app.notifications.retention import forget_letters
from app.porting.handed_in.jobs import tidy_imports
from app.porting.personal.taking import forget_exports
from app.posts.jobs import publish_what_is_due
from app.resources.jobs import tidy_resources
from app.search.jobs import fill_search_index, tidy_search_index
from app.settings import Settings
from app.work import Doors

Schedules: TypeAlias = Sequence[tuple[JobFunction, timedelta]]

# What is done again and again, each so long after it was done last.
SCHEDULES: Schedules = (
    (publish_what_is_due, timedelta(seconds=15)),
    (tidy_search_index, timedelta(seconds=15)),
    (fill_search_index, timedelta(days=1)),
    (forget_what_expired, timedelta(hours=6)),
    (forget_what_is_over, timedelta(hours=6)),
    (save_learned, timedelta(minutes=5)),
    (send_letters, timedelta(minutes=1)),
    (ask_akismet, timedelta(minutes=10)),
    (mail_notices, timedelta(minutes=1)),
    (tell_moderators, timedelta(minutes=5)),
    (warn_owners, timedelta(days=1)),
    (wipe_addresses, timedelta(hours=6)),
    (purge_comments, timedelta(hours=6)),
    (tidy_hooks, timedelta(hours=1)),
    (forget_letters, timedelta(days=1)),
    (tidy_followers, timedelta(hours=6)),
    (forget_notices, timedelta(days=1)),
    (forget_exports, timedelta(hours=6)),
    (tidy_imports, timedelta(hours=6)),
    (pick_likely_mistakes, timedelta(hours=6)),
    (keep_introductions, timedelta(minutes=10)),
    (tidy_conversations, timedelta(days=1)),
    (keep_promises, timedelta(minutes=10)),
    (count_figures, timedelta(days=1)),
    (tidy_resources, timedelta(hours=6)),
    (tidy_uploads, timedelta(hours=6)),
    (expire_asks, timedelta(minutes=5)),
)

# So many at once; and beside them so many that wait for strangers' servers, ten seconds each if those
# are slow on purpose: no letter and no comment waits for them.
AT_ONCE = 8
ASKERS_AT_ONCE = 16
# Seconds until another process's job is seen; this process's own are seen at once.
POLL = 0.5
# What is enqueued or ends within so many seconds shares a commit.
LINGER = 0.03
# Running jobs may still end within so many seconds when the worker is told to stop.
GRACE = 8.0
# Seconds until a database that was away is asked again.
AWAY = 2.0
SHOW_LIFE = timedelta(seconds=15)

log = get_logger()


class Worker:
    """Takes what is due, runs some at once, settles how it went. `stop()` lets it finish what it has."""

    def __init__(self, doors: Doors, settings: Settings, schedules: Schedules = SCHEDULES) -> None:
        self.name = begin_life()
        # Everything that has ended so far, for whoever wants to know; forgotten by `run()`.
        self.ended: list[Ended] = []
        self._doors = doors
        self._tools = Tools(doors, settings, ask_hooks, do_apart)
        self._schedules = schedules
        self._periods = {name_of(function): period for function, period in schedules}
        self._running: dict[asyncio.Task[Ended], Taken] = {}
        self._unsettled: list[Ended] = []
        self._show_life_at: datetime | None = None
        self._next_due: datetime | None = None
        self._is_stopping = False

    async def run(self) -> None:
        """Work until `stop()`. A database that is away is waited for."""
        try:
            while not self._is_stopping:
                await self._turn_whatever_comes()
                self.ended.clear()
        finally:
            await self._finish(GRACE)

    async def run_until_idle(self) -> None:
        """Do all that is due, and all that follows from it; raises NotReady."""
        try:
            while True:
                await self._turn()
                if not self._running and not self._unsettled and await self._is_idle():
                    return
                await self._wait()
        finally:
            await self._finish(grace=0)

    def stop(self) -> None:
        """Take nothing more; `run()` ends when what runs has ended or was given up."""
        self._is_stopping = True
        self._doors.jobs_wait.set()

    async def _turn_whatever_comes(self) -> None:
        try:
            await self._turn()
            await self._wait()
            await asyncio.sleep(0 if self._is_stopping else LINGER)
        except (NotReady, DBAPIError, OSError) as error:
            log.warning("jobs wait for the database", because=str(error))
            await asyncio.sleep(AWAY)
        except Exception:
            # The site would go on without it, and nobody would notice.
            log.exception("the worker stumbled")
            await asyncio.sleep(AWAY)

    async def _turn(self) -> None:
        await self._show_life()
        self._collect()
        room = self._room()
        if not self._unsettled and not (room and await self._is_something_due(room)):
            return
        at, settled, taken = clock.now(), list(self._unsettled), list[Taken]()
        async with self._doors.unit_of_work() as session:
            await settle(session, self.name, settled, at, self._periods)
            taken = await take(session, self.name, at, room)
        del self._unsettled[: len(settled)]
        for job in taken:
            self._running[asyncio.create_task(self._do(job))] = job

    def _collect(self) -> None:
        for task in [task for task in self._running if task.done()]:
            del self._running[task]
            self._unsettled.append(task.result())
            self.ended.append(task.result())

    async def _do(self, job: Taken) -> Ended:
        known = declared(job.name)
        if known is None:
            return Ended(job, f"This program has no job named {job.name}.")
        try:
            await known.function(self._tools, **job.arguments)
        except NotNow as later:
            return Ended(job, None, again_at=later.at)
        except Exception as error:
            log.warning("a job failed", job=job.name, arguments=job.arguments, exc_info=True)
            return Ended(job, reason_of(error))
        return Ended(job, None)

    async def _wait(self) -> None:
        """Until something has ended, was enqueued here or is due."""
        woken = asyncio.create_task(self._doors.jobs_wait.wait())
        await asyncio.wait(
            {woken, *self._running}, timeout=self._patience(), return_when=asyncio.FIRST_COMPLETED
        )
        woken.cancel()
        self._doors.jobs_wait.clear()

    def _patience(self) -> float:
        if self._next_due is None or not self._room():
            return POLL
        return max(0.0, min(POLL, (self._next_due - clock.now()).total_seconds()))

    def _room(self) -> Room:
        askers = set(names_of_askers())
        asking = sum(job.name in askers for job in self._running.values())
        return Room(ASKERS_AT_ONCE - asking, AT_ONCE - (len(self._running) - asking))

    async def _is_something_due(self, room: Room) -> bool:
        async with self._doors.reading() as session:
            self._next_due = await next_due(session, room)
        return self._next_due is not None and self._next_due <= clock.now()

    async def _is_idle(self) -> bool:
        async with self._doors.reading() as session:
            self._next_due = await next_due(session)
            is_running = (await numbers(session)).get(JobState.RUNNING, 0) > 0
        return not is_running and (self._next_due is None or self._next_due > clock.now())

    async def _show_life(self) -> None:
        now = clock.now()
        if self._show_life_at is not None and now < self._show_life_at:
            return
        async with self._doors.unit_of_work() as session:
            await show_life(session, self.name, now)
            await keep_schedules(session, [function for function, _ in self._schedules])
        self._show_life_at = now + SHOW_LIFE

    async def _finish(self, grace: float) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=grace)
        self._collect()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        with suppress(NotReady, DBAPIError, OSError):
            async with self._doors.unit_of_work() as session:
                await settle(session, self.name, self._unsettled, clock.now(), self._periods)
                await let_go(session, self.name)
        end_life(self.name)


def reason_of(error: Exception) -> str:
    """Why a job failed, in a line."""
    if isinstance(error, AppError):
        return error.detail
    return f"{type(error).__name__}: {error}"


@asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[asyncio.Task[None]]:
    """Let a worker run beside what happens inside the block."""
    task = asyncio.create_task(worker.run())
    try:
        yield task
    finally:
        worker.stop()
        await task


async def work_alone(settings: Settings, beside: int | None) -> None:
    """Nothing but jobs, until SIGTERM or SIGINT, or until the process `beside` it is gone."""
    database = open_database(settings.database)
    news = open_news(settings.database)
    doors = Doors(database, news, has_hub=bool(settings.websub_hub))
    worker = Worker(doors, settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    try:
        async with at_work(worker) as task:
            while not task.done() and beside in (None, os.getppid()):
                await asyncio.wait({task}, timeout=1)
    finally:
        await news.close()
        await database.close()


def main() -> None:
    """`python -m app.worker [PARENT]`: a worker needs no commands in its memory."""
    settings = Settings()
    configure_logs(settings)
    beside = int(sys.argv[1]) if len(sys.argv) > 1 else None
    asyncio.run(work_alone(settings, beside))


if __name__ == "__main__":
    main()
