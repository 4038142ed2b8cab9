"""What every command needs: settings, the doors to the database, and one way to run and to fail."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import NoReturn, TypeVar

import typer
from pydantic import ValidationError

from app.core import clock
from app.core.db import make_room, open_database
from app.core.errors import NotReady
from app.core.freshness.news import open_news
from app.core.logs import configure_logs
from app.core.schema import current_version, is_known, upgrade, wanted_version
from app.porting.backup.unfinished import refuse_unfinished
from app.settings import Settings
from app.work import Doors, YieldingDoors

Result = TypeVar("Result")

# Whoever writes on the site meanwhile waits five seconds at most: a command lets them in well before.
_WRITES_FOR = 2.0


def load_settings() -> Settings:
    """The deployment's settings; a wrong one ends the program with its name and what it must be.

    From here on the log goes to stderr: what a command prints may be piped into another.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "RAPPORT_" + "_".join(str(part) for part in first["loc"]).upper()
        fail(f"{name}: {first['msg'].removeprefix('Value error, ')}")
    configure_logs(settings)
    return settings


def say(sentence: str) -> None:
    """Tell the person at the terminal, on stderr."""
    print(sentence, file=sys.stderr, flush=True)


def fail(sentence: str, code: int = 1) -> NoReturn:
    """Say why, on stderr, and end."""
    say(sentence)
    raise typer.Exit(code)


def prepare_schema(settings: Settings) -> None:
    """On SQLite bring the schema up to date, with a copy kept first; on PostgreSQL refuse, naming the command to run.

    Raises NotReady; also where a restore was broken off.
    """
    refuse_unfinished(settings)
    if settings.is_sqlite:
        make_room(settings.sqlite_path)
        if copy := bring_up_to_date(settings):
            say(f"The database was brought up to date. A copy of it as it was is kept in {copy}")
    elif current_version(settings.database) != wanted_version():
        raise NotReady("The database has another schema than this version. Run: rapport upgrade")


def bring_up_to_date(settings: Settings) -> Path | None:
    """Bring the schema up to date. Of a SQLite database with rows a copy is kept first: where it lies.

    Raises NotReady where the database can't be reached, or is a newer version's: then there is no copy.
    """
    version, copy = current_version(settings.database), None
    if version == wanted_version():
        return None
    if settings.is_sqlite and version is not None and is_known(version):
        copy = _copy(settings, version)
    upgrade(settings.database)
    return copy


def _copy(settings: Settings, version: str) -> Path:
    name = f"before-upgrade-{version}-{clock.now():%Y%m%dT%H%M%S}.sqlite3"
    target = settings.data / "backups" / name
    make_room(target)
    with (
        closing(sqlite3.connect(settings.sqlite_path)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
    return target


def run(task: Callable[[Doors, Settings], Awaitable[Result]]) -> Result:
    """Run one command's work against the database of the settings, and close it whatever happens."""
    settings = load_settings()
    prepare_schema(settings)
    return run_prepared(task, settings)


def run_prepared(
    task: Callable[[Doors, Settings], Awaitable[Result]], settings: Settings
) -> Result:
    """The same, where the schema was looked at already."""

    async def opened() -> Result:
        database = open_database(settings.database)
        news = open_news(settings.database, lambda _tags: None)
        try:
            has_hub = bool(settings.websub_hub)
            doors = YieldingDoors(database, news, has_hub=has_hub, every=_WRITES_FOR)
            return await task(doors, settings)
        finally:
            await news.close()
            await database.close()

    return asyncio.run(opened())


def is_on_a_terminal() -> bool:
    """Whether a person watches, so that a progress bar makes sense."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
