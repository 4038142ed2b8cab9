"""`rapport backup` and `rapport restore`."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from app.cli.bars import progress
from app.cli.consoles import err, out
from app.cli.context import fail, load_settings, run_prepared
from app.core.schema import current_version, wanted_version
from app.porting.backup.kept import note_backup
from app.porting.backup.making import Progress, Taken, take_backup
from app.porting.backup.restoring import Restored, finish_restore, restore_backup
from app.porting.backup.targets import building
from app.porting.backup.unfinished import refuse_unfinished
from app.porting.recleaning import reclean
from app.search.refilling import refill_index
from app.settings import Settings
from app.work import Doors

File = Annotated[Path, typer.Argument(help="The backup.", metavar="FILE")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")]


def backup(file: File, as_json: AsJson = False) -> None:
    """Write the whole site into one file: database, uploads and secret, of one moment, sealed.

    The site may be served meanwhile. FILE is there when it is whole, for its owner's eyes alone;
    an older backup of that name is replaced.

    Example: rapport backup /var/backups/rapport-$(date +%F).tar
    """
    settings = load_settings()
    refuse_unfinished(settings)
    with progress() as told:
        taken = asyncio.run(take_backup(settings, file, told))
    if current_version(settings.database) == wanted_version():
        run_prepared(lambda doors, _settings: note_backup(doors, taken), settings)
    if as_json:
        print(json.dumps(_told_of_backup(taken), ensure_ascii=False, indent=2))
        return
    rows = sum(taken.rows.values())
    out.print(
        f"Kept in {taken.path}: {rows} rows, {taken.files} files, {taken.size} bytes.", markup=False
    )
    if taken.gone:
        err.print(f"Deleted while the backup was taken, so not in it: {', '.join(taken.gone)}")
    if not taken.has_secret:
        err.print("The secret is not in it: keep RAPPORT_SECRET_KEY elsewhere.", markup=False)


def restore(
    file: File,
    into: Annotated[
        str, typer.Option(metavar="URL", help="Another database than that of the settings.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Bring the site of a backup into an empty database and an empty folder of files.

    Everything is checked before anything is written. When it is broken off, nothing starts until it
    was run again. A backup of an older version is brought up to date.

    Example: rapport restore rapport-2026-11-29.tar --into postgresql://rapport@localhost/rapport
    """
    settings = _into(load_settings(), into)
    with progress() as told:
        restored = asyncio.run(restore_backup(settings, file, told))
        run_prepared(lambda doors, _settings: _bring_up_to_date(doors, told), building(settings))
    finish_restore(settings)
    if as_json:
        print(json.dumps(_told_of_restore(restored), ensure_ascii=False, indent=2))
        return
    rows, moment = sum(restored.rows.values()), restored.created_at.isoformat(timespec="seconds")
    out.print(f"Restored as it was at {moment}: {rows} rows, {restored.files} files.")
    if not restored.has_secret:
        err.print("The backup holds no secret: set RAPPORT_SECRET_KEY as it was.", markup=False)
    if restored.base_url != settings.base_url:
        err.print(
            f"It was served at {restored.base_url}; RAPPORT_BASE_URL says {settings.base_url}.",
            markup=False,
        )


async def _bring_up_to_date(doors: Doors, told: Progress) -> None:
    await reclean(doors)
    await refill_index(doors, lambda done, of: told("Search", done, of))


def _into(settings: Settings, url: str) -> Settings:
    if not url:
        return settings
    try:
        return Settings(**{**settings.model_dump(), "database_url": url})
    except ValidationError as error:
        first = error.errors()[0]
        fail(f"--into: {first['msg'].removeprefix('Value error, ')}", code=2)


def _told_of_backup(taken: Taken) -> dict[str, Any]:
    return {
        "file": str(taken.path),
        "created_at": taken.created_at.isoformat(),
        "bytes": taken.size,
        "sha256_of_contents": taken.sealed,
        "rows": taken.rows,
        "files": taken.files,
        "gone": taken.gone,
        "has_secret": taken.has_secret,
    }


def _told_of_restore(restored: Restored) -> dict[str, Any]:
    return {
        "created_at": restored.created_at.isoformat(),
        "rows": restored.rows,
        "files": restored.files,
        "has_secret": restored.has_secret,
        "base_url": restored.base_url,
    }
