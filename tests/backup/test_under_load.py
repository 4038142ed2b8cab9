"""A backup is of one moment, however much is written meanwhile."""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.discussions.models import Comment
from app.posts.models import Post
from app.settings import Settings
from tests.agreement import disagreements
from tests.backup.keeping import POSTS, build_site, digests_in, environment_of, page, rows_in
from tests.databases import Copies, doors_to
from tests.rounds import rounds
from tests.visiting import free_port, rapport, serving
from tests.web.signing_in import a_session

pytestmark = pytest.mark.anyio

A_SECOND = 20
# Writes before the backup begins and after it has ended, so that it lies in between.
BEFORE, AFTER = 20, 10
FILES = rounds(20, 400)


@dataclass
class Writing:
    """Somebody who writes twenty times a second, and reads the page after each."""

    url: str
    post_id: int
    path: str
    token: str
    pages: list[bytes] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    is_over: bool = False

    def go_on(self) -> None:
        self.pages.append(page(self.url + self.path))
        with httpx.Client(base_url=self.url, trust_env=False) as browser:
            browser.cookies.set("session", self.token)
            while not self.is_over:
                begun = time.monotonic()
                self._write(browser, len(self.pages))
                time.sleep(max(0.0, 1 / A_SECOND - (time.monotonic() - begun)))

    def _write(self, browser: httpx.Client, number: int) -> None:
        typed = {"comment": f"Under load, {number}.", "comment_post_ID": str(self.post_id)}
        answer = browser.post("/wp-comments-post.php", data=typed)
        if answer.status_code != 303:
            self.wrong.append(f"{number}: {answer.status_code}")
        self.pages.append(page(self.url + self.path))

    def wait_for(self, more: int) -> int:
        """Until so many more were written and read; how many there are."""
        wanted = len(self.pages) + more
        while len(self.pages) < wanted and not self.wrong:
            time.sleep(0.02)
        return len(self.pages) - 1


@dataclass(frozen=True)
class Busy:
    """What was seen while the backup was taken: answered before it began, sent before its end."""

    writing: Writing
    first: int
    last: int
    others: list[bytes]
    rows: dict[str, int]


def take_while_busy(
    settings: Settings, posts: Sequence[Post], token: str, port: int, target: Path
) -> Busy:
    """Serve the site, write to its first post, and take the backup in the middle of it."""
    load = {"RAPPORT_RATE_LIMITS": "off", "RAPPORT_DATABASE_URL": settings.database}
    with serving(settings.data, load, port=port) as server:
        writing = Writing(server.url, posts[0].id, posts[0].path or "", token)
        others = [page(f"{server.url}{post.path}") for post in posts[1:]]
        thread = threading.Thread(target=writing.go_on)
        thread.start()
        try:
            first = writing.wait_for(BEFORE)
            here = environment_of(settings, RAPPORT_BASE_URL=server.url)
            done = rapport("backup", str(target), "--json", environment=here)
            assert done.returncode == 0, done.stderr
            last = writing.wait_for(AFTER)
        finally:
            writing.is_over = True
            thread.join()
    return Busy(writing, first, last, others, json.loads(done.stdout)["rows"])


def pages_restored(
    there: dict[str, str], source: Path, posts: Sequence[Post], port: int
) -> list[bytes]:
    """Restore the backup, serve it at the same address, and read the pages."""
    done = rapport("restore", str(source), environment=there)
    assert done.returncode == 0, done.stderr
    with serving(Path(there["RAPPORT_DATA"]), there, "--no-jobs", port=port) as server:
        return [page(f"{server.url}{post.path}") for post in posts]


async def test_a_backup_of_a_busy_site_is_the_site_of_one_moment(
    settings: Settings, copies: Copies, tmp_path: Path
) -> None:
    await build_site(settings, files=FILES)
    files = digests_in(settings.data / "uploads")
    async with doors_to(settings.database) as doors:
        _user_id, token = await a_session(doors, "Nora", Role.OWNER)
        async with doors.reading() as db:
            posts = (await db.scalars(select(Post).order_by(Post.id).limit(POSTS))).all()
    port, target = free_port(), tmp_path / "site.tar"
    busy = await anyio.to_thread.run_sync(take_while_busy, settings, posts, token, port, target)
    assert busy.writing.wrong == []

    with copies.empty(tmp_path) as url:
        folder = tmp_path / "there"
        there = {"RAPPORT_DATA": str(folder), "RAPPORT_DATABASE_URL": url}
        there["RAPPORT_BASE_URL"] = f"http://127.0.0.1:{port}"
        shown = await anyio.to_thread.run_sync(pages_restored, there, target, posts, port)
        counted = {name: len(found) for name, found in rows_in(url).items()}
        async with doors_to(url) as doors, doors.reading() as db:
            query = select(Comment.body_source).where(Comment.body_source.like("Under load%"))
            said = list(await db.scalars(query.order_by(Comment.id)))
            assert await disagreements(db) == []

    # All that was answered before it began, nothing from after its end, and no gap.
    assert busy.first <= len(said) <= busy.last
    assert said == [f"Under load, {number}." for number in range(1, len(said) + 1)]
    assert counted == busy.rows
    assert shown == [busy.writing.pages[len(said)], *busy.others]
    assert digests_in(folder / "uploads") == files
