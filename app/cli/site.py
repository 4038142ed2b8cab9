"""`rapport upgrade`, `doctor` and `demo`."""

import asyncio
from collections.abc import AsyncIterator

import typer

from app.accounts.passwords import hash_password
from app.cli.consoles import out
from app.cli.context import bring_up_to_date, load_settings, run
from app.cli.demo_sign_in import DemoSignIn, find_sign_in, forget_sign_in, keep_sign_in
from app.cli.users import made_up_password
from app.core.db import make_room, open_database
from app.health.asking import asked
from app.health.checks import Finding, State, findings
from app.health.facts import Facts, Schema, facts_without_database, gather_facts, schema_of
from app.porting.demo.build import build_demo, demo_owner
from app.porting.recleaning import reclean
from app.settings import Settings
from app.work import Doors

_MARKS = {State.WELL: "✓", State.LOOK: "!", State.WRONG: "✗"}


def upgrade() -> None:
    """Bring the database's schema up to date; on SQLite a copy is kept first.

    Example: rapport upgrade
    """
    settings = load_settings()
    if settings.is_sqlite:
        make_room(settings.sqlite_path)
    if copy := bring_up_to_date(settings):
        out.print(f"A copy is kept in {copy}", markup=False)
    if run(lambda doors, _settings: reclean(doors)):
        out.print("All texts were cleaned by today's rules.")
    out.print("The database is up to date.")


def doctor() -> None:
    """Check settings, database, files, jobs, mail, Akismet, backup and clock; exit 1 when something is wrong.

    ✓ is well, ! is worth a look, ✗ is wrong.

    Example: rapport doctor
    """
    settings = load_settings()

    async def tell() -> bool:
        is_well = True
        async for finding in _findings(settings):
            is_well = is_well and finding.state != State.WRONG
            out.print(f"{_MARKS[finding.state]} {finding.says}", markup=False)
        return is_well

    if not asyncio.run(tell()):
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


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    for finding in findings(await _facts(settings)):
        yield finding
    async for finding in asked(settings):
        yield finding


async def _facts(settings: Settings) -> Facts:
    schema = schema_of(settings)
    if schema != Schema.CURRENT:
        return facts_without_database(settings, schema)
    database = open_database(settings.database)
    try:
        async with database.session(database.reading_engine) as session:
            return await gather_facts(session, settings)
    finally:
        await database.close()
