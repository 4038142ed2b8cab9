"""The WAL index is read beside SQLite, which must not notice."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.core.freshness.wal_index import WalIndex

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="the system names no files"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.sqlite3"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who has the database open, and has read of it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE things (id INTEGER)")
        yield connection


def test_its_head_stays_while_nothing_is_committed_and_moves_with_every_commit(
    path: Path, connection: sqlite3.Connection
) -> None:
    index = WalIndex(path)
    with closing(index), closing(sqlite3.connect(path, isolation_level=None)) as another:
        heads = {index.head()}
        for number in range(5):
            another.execute("BEGIN IMMEDIATE")
            another.execute("INSERT INTO things VALUES (?)", (number,))
            assert index.head() in heads, "nothing is committed yet"
            another.execute("COMMIT")
            heads.add(index.head())
            connection.execute("SELECT count(*) FROM things").fetchone()
            assert index.head() in heads, "reading commits nothing"

    assert len(heads) == 6


def test_who_looked_leaves_the_locks_of_others_in_place(
    path: Path, connection: sqlite3.Connection
) -> None:
    index = WalIndex(path)
    index.head()
    index.close()

    assert _is_in_use(f"{path}-shm"), "another process might begin the index anew"


def test_there_is_none_where_no_log_is_written_ahead(
    path: Path,
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE things (id INTEGER)")

        with pytest.raises(OSError, match=r"a\.sqlite3-shm"):
            WalIndex(path)


def _is_in_use(index: str) -> bool:
    """Whether another process finds the lock every connection has on the WAL index (unixDms in os_unix.c)."""
    look = (
        f"import fcntl; fcntl.lockf(open({index!r}, 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)"
    )
    done = subprocess.run([sys.executable, "-c", look], check=False, capture_output=True)
    return b"BlockingIOError" in done.stderr
