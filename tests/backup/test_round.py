"""What comes back from a backup is what was there: in the same database, in the other, and from there again."""

import json
import stat
from pathlib import Path

import anyio
import pytest

from app.core.secrets import secrets_of
from app.core.stores import store_of
from app.discussions.models import CommentStatus
from app.search.queueing import found_in_queue
from app.settings import Settings
from tests.backup.keeping import build_site, digests_in, environment_of, rows_in
from tests.databases import Copies, doors_to
from tests.visiting import BASE_URL, rapport

pytestmark = pytest.mark.anyio


async def tell(settings: Settings, *arguments: str) -> str:
    done = await anyio.to_thread.run_sync(
        lambda: rapport(*arguments, environment=environment_of(settings))
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def place(folder: Path, url: str = "") -> Settings:
    folder.mkdir(exist_ok=True)
    return Settings(_env_file=None, data=folder, database_url=url, base_url=BASE_URL)


async def test_rows_files_and_secret_come_back_in_either_database(
    settings: Settings, copies: Copies, tmp_path: Path
) -> None:
    await build_site(settings)
    hashed = secrets_of(settings).keyed_hash("a purpose", "a value")
    before, files = rows_in(settings.database), digests_in(settings.data / "uploads")

    said = json.loads(await tell(settings, "backup", str(tmp_path / "site.tar"), "--json"))
    # By way of SQLite, whatever the database was, and back into its like.
    first = place(tmp_path / "first")
    await tell(first, "restore", str(tmp_path / "site.tar"))
    await tell(first, "backup", str(tmp_path / "again.tar"))
    with copies.empty(tmp_path) as url:
        second = place(tmp_path / "second", url)
        await tell(second, "restore", str(tmp_path / "again.tar"))
        after = rows_in(second.database)

    assert said["rows"] == {name: len(rows) for name, rows in before.items()}
    assert after == before
    assert digests_in(second.data / "uploads") == files
    assert len(files) == 3
    assert secrets_of(second).keyed_hash("a purpose", "a value") == hashed
    assert stat.S_IMODE((second.data / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "site.tar").stat().st_mode) == 0o600


async def test_what_comes_back_is_found_and_goes_on_counting(
    settings: Settings, copies: Copies, tmp_path: Path
) -> None:
    await build_site(settings, files=0)
    highest = max(row[0] for row in rows_in(settings.database)["posts"])
    await tell(settings, "backup", str(tmp_path / "site.tar"))

    with copies.empty(tmp_path) as url:
        there = place(tmp_path / "there", url)
        await tell(there, "restore", str(tmp_path / "site.tar"))
        await tell(there, "post", "add", "--title", "One more")

        async with doors_to(url) as doors, doors.reading() as db:
            query = found_in_queue(db, "pills", CommentStatus.SPAM)
            assert query is not None
            assert len((await db.scalars(query)).all()) == 1
        assert max(row[0] for row in rows_in(url)["posts"]) == highest + 1
        assert [kept async for kept in store_of(there).below("")] == []
        assert "current" in await tell(there, "doctor")
