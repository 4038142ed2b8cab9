"""Where a backup goes and where a site is restored to: never over something else, never half, whoever is killed."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from app.settings import Settings
from tests.backup.forging import a_backup, written
from tests.backup.keeping import build_site, digests_in, environment_of, rows_in
from tests.databases import Copies
from tests.rounds import rounds
from tests.visiting import BASE_URL, ROOT, rapport
from tests.warm_servers import start_warm

pytestmark = pytest.mark.anyio

# Seconds into a restore at which it is killed.
MOMENTS = rounds(2, 8)


async def tell(here: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return await anyio.to_thread.run_sync(lambda: rapport(*arguments, environment=here))


def place(folder: Path, url: str = "") -> Settings:
    return Settings(_env_file=None, data=folder, database_url=url, base_url=BASE_URL)


def kill_when(there: Path, pattern: str, after: float, here: dict[str, str], *command: str) -> None:
    """Run a command, and kill it so long after a file of this name has come to be."""
    process = start_warm(command, os.environ | here, Path(os.devnull))
    while not any(there.glob(pattern)):
        assert process.poll() is None, "it ended before it began"
        time.sleep(0.002)
    time.sleep(after)
    process.kill()
    process.wait()


async def test_a_backup_that_is_killed_leaves_nothing_under_its_name(
    settings: Settings, tmp_path: Path
) -> None:
    await build_site(settings, files=1)
    # Reading it takes a while.
    (settings.data / "uploads" / "film.mp4").write_bytes(os.urandom(1 << 20) * 64)
    here, target = environment_of(settings), tmp_path / "out" / "site.tar"
    target.parent.mkdir()

    await anyio.to_thread.run_sync(
        lambda: kill_when(target.parent, "*.unfinished", 0.1, here, "backup", str(target))
    )

    assert not target.exists()
    assert len(list(target.parent.iterdir())) == 1
    assert (await tell(here, "backup", str(target))).returncode == 0
    assert target.exists()


@pytest.mark.parametrize("moment", range(MOMENTS))
async def test_a_restore_that_is_killed_says_so_until_it_is_done_again(
    settings: Settings, copies: Copies, tmp_path: Path, moment: int
) -> None:
    await build_site(settings)
    before = rows_in(settings.database)
    await tell(environment_of(settings), "backup", str(tmp_path / "site.tar"))
    folder = tmp_path / "there"

    with copies.empty(tmp_path) as url:
        here = environment_of(place(folder, url))
        restore = ("restore", str(tmp_path / "site.tar"))
        after = 0.2 + moment * 6 / MOMENTS
        await anyio.to_thread.run_sync(
            lambda: kill_when(folder, "restore-unfinished.json", after, here, *restore)
        )
        is_half = (folder / "restore-unfinished.json").exists()
        listed = await tell(here, "post", "list")
        doctor = await tell(here, "doctor")
        again = await tell(here, *restore)

        if is_half:
            assert (listed.returncode, doctor.returncode, again.returncode) == (1, 1, 0)
            assert f"Run it again: rapport restore {tmp_path / 'site.tar'}" in listed.stderr
            assert "✗ A restore was broken off" in doctor.stdout
        assert rows_in(url) == before
    assert digests_in(folder / "uploads") == digests_in(settings.data / "uploads")
    assert not list(folder.glob("*.restoring*"))


async def test_a_site_is_never_restored_over_another(
    settings: Settings, copies: Copies, tmp_path: Path
) -> None:
    await build_site(settings, files=1)
    here, backup = environment_of(settings), str(tmp_path / "site.tar")
    before = rows_in(settings.database)
    await tell(here, "backup", backup)

    over = await tell(here, "restore", backup)
    with copies.empty(tmp_path) as url:
        files = await tell(here, "restore", backup, "--into", url)
        elsewhere = environment_of(place(tmp_path / "there"))
        into = await tell(elsewhere, "restore", backup, "--into", url)
        twice = await tell(elsewhere, "restore", backup, "--into", url)
        after = rows_in(url)

    assert (over.returncode, files.returncode, into.returncode, twice.returncode) == (1, 1, 0, 1)
    assert "There is a site in the database already" in over.stderr
    assert "There are files already" in files.stderr
    assert rows_in(settings.database)["posts"] == before["posts"]
    assert after == before


async def test_an_empty_site_that_was_begun_makes_room(
    settings: Settings, copies: Copies, tmp_path: Path
) -> None:
    await build_site(settings, files=0)
    backup, before = str(tmp_path / "site.tar"), rows_in(settings.database)
    await tell(environment_of(settings), "backup", backup)

    with copies.empty(tmp_path) as url:
        here = environment_of(place(tmp_path / "there", url))
        assert (await tell(here, "upgrade")).returncode == 0
        done = await tell(here, "restore", backup)
        after = rows_in(url)

    assert done.returncode == 0, done.stderr
    assert after == before


async def test_something_else_in_the_database_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "rapport.sqlite3")) as connection:
        connection.execute("CREATE TABLE recipes (id INTEGER PRIMARY KEY)")
    backup = written(tmp_path / "site.tar", a_backup().sealed())

    done = await tell(environment_of(place(folder)), "restore", str(backup))

    assert done.returncode == 1
    assert "holds something else already" in done.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (a_backup().sealed()[:-700], "it was cut off"),
        (a_backup().sealed().replace(b"a picture", b"a pixture", 1), "uploads/000001 is not as"),
        (
            a_backup().but(head=a_backup().head | {"schema_version": "f" * 12}).sealed(),
            "newer version of Rapport",
        ),
        (b"something else" * 1000, "The backup is damaged"),
    ],
)
async def test_nothing_is_written_of_what_is_refused(
    tmp_path: Path, content: bytes, told: str
) -> None:
    backup = written(tmp_path / "site.tar", content)

    done = await tell(environment_of(place(tmp_path / "there")), "restore", str(backup))

    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2, "how far it was, and one sentence"
    assert not (tmp_path / "there").exists()


async def test_a_backup_replaces_a_backup_and_nothing_else(
    settings: Settings, tmp_path: Path
) -> None:
    await build_site(settings, files=0)
    here = environment_of(settings)
    precious = written(tmp_path / "thesis.doc", b"years of work")

    assert (await tell(here, "backup", str(tmp_path / "site.tar"))).returncode == 0
    assert (await tell(here, "backup", str(tmp_path / "site.tar"))).returncode == 0
    refused = await tell(here, "backup", str(precious))

    assert refused.returncode == 1
    assert "is there already, and is no backup" in refused.stderr
    assert precious.read_bytes() == b"years of work"


async def test_a_backup_of_an_older_version_is_brought_up_to_date(
    settings: Settings, copies: Copies, tmp_path: Path
) -> None:
    await build_site(settings, files=0)
    here, backup = environment_of(settings), str(tmp_path / "site.tar")
    posts = rows_in(settings.database)["posts"]
    back = [sys.executable, "-m", "alembic", "downgrade", "-2"]
    await anyio.run_process(back, cwd=ROOT, env=os.environ | here)

    assert (await tell(here, "backup", backup)).returncode == 0
    with copies.empty(tmp_path) as url:
        there = environment_of(place(tmp_path / "there", url))
        done = await tell(there, "restore", backup)
        after = rows_in(url)["posts"]

    assert done.returncode == 0, done.stderr
    assert after == posts


async def test_there_is_nothing_to_back_up_before_there_is_a_site(tmp_path: Path) -> None:
    done = await tell(environment_of(place(tmp_path)), "backup", str(tmp_path / "site.tar"))

    assert done.returncode == 1
    assert "There is no site in the database yet" in done.stderr
    assert [name for name in os.listdir(tmp_path) if "site.tar" in name] == []
