"""`rapport import …` and `rapport export …`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.cli.bars import progress
from app.cli.consoles import out
from app.cli.context import run
from app.core.outbound.opening import open_door
from app.core.secrets import secrets_of
from app.core.stores import store_of
from app.porting.archive.exporting import export_archive
from app.porting.archive.importing import Here, import_archive
from app.porting.archive.manifest import Manifest
from app.porting.archive.report import ArchiveReport
from app.porting.disqus.importing import import_disqus
from app.porting.disqus.report import DisqusReport
from app.porting.mbox.exporting import write_mbox
from app.porting.wordpress.exporting.exporter import export_wordpress
from app.porting.wordpress.importing.importer import Surroundings, Wishes, import_wordpress
from app.porting.wordpress.importing.report import Report
from app.settings import Settings
from app.work import Doors

importing = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
exporting = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

File = Annotated[Path, typer.Argument(help="WordPress export (WXR).", metavar="FILE")]

Archive = Annotated[Path, typer.Argument(help="Archive (ZIP).", metavar="FILE")]


@importing.callback()
def _bring_in() -> None:
    """Bring a site in."""


@exporting.callback()
def _take_out() -> None:
    """Take the site with you."""


@importing.command("wordpress")
def import_file(
    file: File,
    media: Annotated[
        Path | None, typer.Option(help="Folder with a copy of wp-content/uploads.")
    ] = None,
    fetch_media: Annotated[
        bool, typer.Option("--fetch-media", help="Fetch files from the old site.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would come in.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Bring a WordPress site in: its export file, and its uploads if you like.

    It may be stopped at any time and run again; what is here already is left as it is.

    Example: rapport import wordpress blog.xml --media wp-content/uploads
    """
    wishes = Wishes(media=media, fetch_media=fetch_media, dry_run=dry_run)

    async def task(doors: Doors, settings: Settings) -> Report:
        with progress() as told:
            return await import_wordpress(doors, file, _around(settings), wishes, told)

    _print(run(task), as_json=as_json)


@importing.command("disqus")
def import_comments(
    file: Annotated[Path, typer.Argument(help="Export of Disqus (XML).", metavar="FILE")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would come in.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Bring the comments of Disqus under the posts of this site; each page is found by its path.

    It may be stopped at any time and run again; what is here already is left as it is.

    Example: rapport import disqus blog-comments.xml --dry-run
    """

    async def task(doors: Doors, settings: Settings) -> DisqusReport:
        with progress() as told:
            return await import_disqus(
                doors, secrets_of(settings), settings.base_url, file, told, is_dry_run=dry_run
            )

    _print(run(task), as_json=as_json)


@importing.command("archive")
def import_whole(
    file: Archive,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only look whether the archive is sound.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Bring a whole site into an empty one, from an archive that `export archive` wrote.

    It may be stopped at any time and run again: it goes on where it was.

    Example: rapport import archive site.zip
    """

    async def task(doors: Doors, settings: Settings) -> ArchiveReport:
        here = Here(doors, store_of(settings), secrets_of(settings))
        with progress() as told:
            return await import_archive(here, file, told, is_dry_run=dry_run)

    _print(run(task), as_json=as_json)


@exporting.command("archive")
def export_whole(file: Archive) -> None:
    """Write the whole site with its files as one archive, in an open format (rapport-export/1).

    Passwords, secrets, network addresses and what is between two members stay behind.

    Example: rapport export archive site.zip
    """

    async def task(doors: Doors, settings: Settings) -> Manifest:
        store, secrets = store_of(settings), secrets_of(settings)
        with progress() as told:
            return await export_archive(doors, store, secrets, settings.base_url, file, told)

    written = run(task)
    rows = sum(sums.rows for sums in written.files.values())
    out.print(f"Rows written: {rows:,}; files: {written.media.files:,}", markup=False)
    if written.media.missing:
        out.print(f"Files that were not there: {written.media.missing:,}", markup=False)


@exporting.command("wordpress")
def export_file(file: File) -> None:
    """Write the site as a WordPress export.

    Example: rapport export wordpress site.xml
    """

    async def task(doors: Doors, settings: Settings) -> int:
        with progress() as told:
            return await export_wordpress(
                doors, file, settings.base_url, lambda done, of: told("Exporting", done, of)
            )

    out.print(f"Posts, pages and uploads written: {run(task)}")


@exporting.command("mbox")
def export_group(
    group: Annotated[str, typer.Argument(help="The group, by the word in its address.")],
    file: Annotated[Path, typer.Argument(help="Mailbox file (mbox).", metavar="FILE")],
) -> None:
    """Write what is said in a group as a mailbox file; a closed group's, too.

    Example: rapport export mbox job-search job-search.mbox
    """

    async def task(doors: Doors, settings: Settings) -> int:
        urls = settings.base_url, settings.base_host
        return await write_mbox(doors, OWNER_AT_THE_MACHINE, group, file, urls)

    out.print(f"Messages written: {run(task)}")


def _print(report: Report | ArchiveReport | DisqusReport, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        return
    for line in report.as_lines():
        out.print(line, markup=False)


def _around(settings: Settings) -> Surroundings:
    return Surroundings(
        storage=store_of(settings),
        door=open_door(settings),
        guid_host=settings.base_host,
        secrets=secrets_of(settings),
    )
