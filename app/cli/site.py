"""`rapport upgrade`, `doctor` and `demo`."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import typer

from app.accounts.passwords import hash_password
from app.cli.consoles import out
from app.cli.context import load_settings, run
from app.cli.demo_sign_in import DemoSignIn, find_sign_in, forget_sign_in, keep_sign_in
from app.cli.users import made_up_password
from app.core import clock
from app.core import schema as versions
from app.core.db import make_room
from app.core.errors import AppError
from app.core.job_queue import next_due, numbers
from app.core.jobs import JobState
from app.core.stores import store_of
from app.moderation.akismet.client import Unavailable, open_akismet
from app.notifications.letters import trouble_with_server
from app.porting.demo.build import build_demo, demo_owner
from app.porting.recleaning import reclean
from app.settings import Settings
from app.work import Doors

# Who serves the site would have begun long ago with what is due.
JOBS_ARE_LATE = timedelta(minutes=5)


def upgrade() -> None:
    """Bring the database's schema up to date; on SQLite a copy is kept first.

    Example: rapport upgrade
    """
    settings = load_settings()
    if settings.is_sqlite:
        make_room(settings.sqlite_path)
    version, wanted = versions.current_version(settings.database), versions.wanted_version()
    if version != wanted:
        if settings.is_sqlite and version is not None:
            out.print(f"A copy is kept in {_copy(settings, version)}", markup=False)
        versions.upgrade(settings.database)
    if run(lambda doors, _settings: reclean(doors)):
        out.print("All texts were cleaned by today's rules.")
    out.print("The database is up to date.")


def doctor() -> None:
    """Check settings, database, storage, Akismet and clock, in words; exit 1 when something is wrong.

    Example: rapport doctor
    """
    settings = load_settings()
    troubles = 0
    for trouble, sentence in _findings(settings):
        troubles += trouble
        out.print(f"{'✗' if trouble else '✓'} {sentence}", markup=False)
    if troubles:
        raise typer.Exit(1)


def demo() -> None:
    """Fill an empty database with a small believable site.

    Example: rapport demo && rapport serve
    """

    password = made_up_password()

    async def task(doors: Doors, settings: Settings) -> None:
        # Before the site is there: a password that nobody knows is of no use.
        known = find_sign_in(settings)
        keep_sign_in(settings, DemoSignIn(demo_owner(), password))
        try:
            await build_demo(doors, settings, password_hash=await hash_password(password))
        except BaseException:
            if known is None:
                forget_sign_in(settings)
            else:
                keep_sign_in(settings, known)
            raise

    run(task)
    out.print("The demo site is ready. Look at it with: rapport serve")
    out.print(f"Sign in at /account/sign-in as {demo_owner()} with {password}", markup=False)


def _copy(settings: Settings, version: str) -> Path:
    target = (
        settings.data / "backups" / f"before-upgrade-{version}-{clock.now():%Y%m%dT%H%M%S}.sqlite3"
    )
    make_room(target)
    with (
        closing(sqlite3.connect(settings.sqlite_path)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
    return target


def _findings(settings: Settings) -> Iterator[tuple[bool, str]]:
    yield False, f"Public address: {settings.base_url}"
    yield from _about_database(settings)
    yield from _about_storage(settings)
    yield from _about_jobs(settings)
    yield _about_mail(settings)
    yield asyncio.run(_about_akismet(settings))
    if settings.rate_limits == "off":
        yield True, "Rate limits are off. That is for load tests only: unset RAPPORT_RATE_LIMITS."
    if clock.now().year < 2026:
        yield True, "This machine's clock is wrong: feeds and schedules will be, too."


def _about_database(settings: Settings) -> Iterator[tuple[bool, str]]:
    kind = "SQLite" if settings.is_sqlite else "PostgreSQL"
    try:
        version = versions.current_version(settings.database)
    except AppError:
        yield (
            True,
            f"The {kind} database can't be reached: check RAPPORT_DATABASE_URL and RAPPORT_DATA.",
        )
        return
    if version == versions.wanted_version():
        yield False, f"The {kind} database is reachable and its schema is current."
    elif version is None or versions.is_known(version):
        yield True, f"The {kind} database has an older schema. Run: rapport upgrade"
    else:
        yield (
            True,
            f"The {kind} database was made by a newer version of Rapport. Install that version.",
        )


def _about_storage(settings: Settings) -> Iterator[tuple[bool, str]]:
    folder = settings.data
    if folder.exists() and not os.access(folder, os.W_OK):
        yield True, f"The data folder {folder} can't be written to."
    else:
        yield False, f"The data folder is {folder}."
    if settings.media_url.startswith("s3:"):
        yield asyncio.run(_about_bucket(settings))


async def _about_bucket(settings: Settings) -> tuple[bool, str]:
    try:
        await store_of(settings).look("doctor")
    except AppError:
        return True, f"The bucket {settings.media_url} can't be read. Check RAPPORT_S3_…."
    return False, f"Files are kept in {settings.media_url}, and it can be read."


def _about_jobs(settings: Settings) -> Iterator[tuple[bool, str]]:
    try:
        if versions.current_version(settings.database) != versions.wanted_version():
            return
    except AppError:
        return
    counted, waits_since = run(_jobs)
    if waits_since is not None and waits_since < clock.now() - JOBS_ARE_LATE:
        yield True, "Jobs have been waiting for minutes: nothing runs them. Run: rapport worker"
    if failed := counted.get(JobState.FAILED, 0):
        yield True, f"{failed} jobs have failed for good. Why, says: rapport jobs list"
    if not failed:
        yield False, f"{counted.get(JobState.WAITING, 0)} jobs wait, none has failed for good."


async def _jobs(doors: Doors, _settings: Settings) -> tuple[dict[JobState, int], datetime | None]:
    async with doors.reading() as session:
        return await numbers(session), await next_due(session)


def _about_mail(settings: Settings) -> tuple[bool, str]:
    if not settings.smtp_url:
        return False, "RAPPORT_SMTP_URL is not set: letters wait in the console's outbox."
    trouble = asyncio.run(trouble_with_server(settings.smtp_url))
    if trouble:
        return True, f"The mail server takes no mail: {trouble}. Letters wait until it does."
    return False, "The mail server is there and lets us in."


async def _about_akismet(settings: Settings) -> tuple[bool, str]:
    if not settings.akismet_key:
        return False, "Akismet is not asked: RAPPORT_AKISMET_KEY is not set."
    try:
        async with open_akismet(settings) as service:
            is_known = await service.knows_the_key()
    except Unavailable as error:
        return True, f"{error.detail} Comments are held until it does, or a person decides."
    if is_known:
        return False, "Akismet answers, and knows the key of this site."
    return True, "Akismet does not know the key of this site: check RAPPORT_AKISMET_KEY."
