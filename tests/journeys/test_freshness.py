"""Whoever was told that a change is done, finds it: in every process, at once, however many ask meanwhile."""

import asyncio
import contextlib
import re
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psutil
import pytest

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.discussions import actions as discussing
from app.discussions.models import CommentStatus
from app.posts import actions as writing
from app.posts.actions import Draft
from app.posts.addresses import address
from app.settings import Settings
from app.site.queries import ensure_site
from app.work import Doors
from tests.conftest import Serve
from tests.rounds import rounds
from tests.visiting import Server, rapport
from tests.world import a_comment, a_post

pytestmark = pytest.mark.anyio

CHANGES = rounds(120, 500)
CHANGES_BY_COMMAND = 4
CHANGES_WHILE_ONE_SLEEPS = 4
READERS_A_PROCESS = 2

_EDITION = re.compile(rb"Edition (\d+) of a letter")
_REMARK = "A remark that comes and goes"


@dataclass(frozen=True)
class State:
    """What the post looked like after a change: its edition, and whether the remark was shown."""

    edition: int
    is_remarked: bool


@dataclass
class History:
    """All states there were, and how far the writer was told that it was done."""

    states: list[State] = field(default_factory=lambda: [State(0, False)])
    done: int = 0

    @property
    def newest(self) -> State:
        return self.states[-1]

    def may_be(self, seen: State, asked_after: int) -> bool:
        """Whether somebody may see this who asked when so many changes were done."""
        return seen in self.states[asked_after:]


class Connection:
    """One reader's connection, which stays with one server process."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @contextlib.asynccontextmanager
    async def to(cls, server: Server) -> AsyncIterator["Connection"]:
        host, port = server.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            yield cls(reader, writer)
        finally:
            writer.close()

    @property
    def port(self) -> int:
        """Our end's."""
        port: int = self._writer.get_extra_info("sockname")[1]
        return port

    async def get(self, path: str) -> bytes:
        """The page, which must be there."""
        self.ask(path)
        return await self.answer()

    def ask(self, path: str) -> None:
        """Send a request, whoever is there to read it."""
        self._writer.write(f"GET {path} HTTP/1.1\r\nHost: blog.example\r\n\r\n".encode())

    async def answer(self) -> bytes:
        """What came back."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"content-length: (\d+)", head)
        assert head.startswith(b"http/1.1 200"), head
        assert length, head
        return await self._reader.readexactly(int(length[1]))


@dataclass
class Scene:
    """A post with a remark below it, served by two processes and changed by a third: this one."""

    server: Server
    doors: Doors
    path: str
    post_id: int
    comment_id: int
    history: History = field(default_factory=History)

    async def change(self, number: int) -> None:
        """The post gets another edition, or the remark comes, or goes."""
        before = self.history.newest
        after = State(before.edition, not before.is_remarked)
        if number % 2:
            after = State(before.edition + 1, before.is_remarked)
        self.history.states.append(after)
        async with self.doors.unit_of_work() as db:
            if after.edition != before.edition:
                site = await ensure_site(db, "blog.example")
                draft = Draft(title=f"Edition {after.edition} of a letter")
                await writing.edit_post(db, OWNER_AT_THE_MACHINE, site, self.post_id, draft)
            else:
                decide = discussing.approve if after.is_remarked else discussing.mark_as_spam
                await decide(db, OWNER_AT_THE_MACHINE, self.comment_id)
        self.history.done = len(self.history.states) - 1

    async def read_on(self, connection: Connection, stop: asyncio.Event) -> int:
        """Ask again and again; how often. Fails at the first answer that is older than its question."""
        for asked in count():
            if stop.is_set():
                return asked
            done = self.history.done
            seen = seen_in(await connection.get(self.path))
            assert self.history.may_be(seen, done), (seen, self.history.states[done:])
        raise AssertionError


def seen_in(page: bytes) -> State:
    """What a page shows."""
    edition = _EDITION.search(page)
    assert edition, page
    return State(int(edition[1]), _REMARK.encode() in page)


@pytest.fixture
async def scene(serve: Serve, doors: Doors) -> Scene:
    async with doors.unit_of_work() as db:
        post = await a_post(db, "Edition 0 of a letter", slug="letter")
        remark = await a_comment(db, _REMARK, under=post, status=CommentStatus.PENDING)
    server = serve("--workers", "2")
    return Scene(server, doors, address(post.path or ""), post.id, remark.id)


@pytest.fixture
async def connections(scene: Scene) -> AsyncIterator[dict[int, list[Connection]]]:
    """Readers' connections by the process they came to: some to each."""
    found: dict[int, list[Connection]] = {}
    async with AsyncExitStack() as stack:
        for _ in range(200):
            connection = await stack.enter_async_context(Connection.to(scene.server))
            await connection.get(scene.path)
            found.setdefault(process_behind(scene.server, connection.port), []).append(connection)
            if len(found) == 2 and min(map(len, found.values())) >= READERS_A_PROCESS:
                break
        yield {pid: some[:READERS_A_PROCESS] for pid, some in found.items()}


def process_behind(server: Server, port: int) -> int:
    """The id of the server process that holds the other end of a connection."""
    for child in psutil.Process(server.process.pid).children(recursive=True):
        if any(c.raddr and c.raddr.port == port for c in child.net_connections("tcp")):
            return child.pid
    raise AssertionError("nobody holds it")


@contextlib.asynccontextmanager
async def reading_on(scene: Scene, readers: Sequence[Connection]) -> AsyncIterator[None]:
    """All of these read for the length of the block; each must have had its share."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        reading = [tasks.create_task(scene.read_on(reader, stop)) for reader in readers]
        try:
            yield
        finally:
            stop.set()
    assert all(task.result() > 1 for task in reading)


async def test_no_answer_after_a_change_shows_what_was_before_it(
    scene: Scene, connections: dict[int, list[Connection]]
) -> None:
    readers = [connection for some in connections.values() for connection in some]

    async with reading_on(scene, readers):
        for number in range(CHANGES):
            await scene.change(number)

    for connection in readers:
        assert seen_in(await connection.get(scene.path)) == scene.history.newest


async def test_a_command_is_a_writer_like_any_other(
    scene: Scene, connections: dict[int, list[Connection]], settings: Settings, tmp_path: Path
) -> None:
    environment = {"RAPPORT_DATA": str(tmp_path), "RAPPORT_DATABASE_URL": settings.database}

    async with reading_on(scene, [some[0] for some in connections.values()]):
        for edition in range(1, CHANGES_BY_COMMAND + 1):
            scene.history.states.append(State(edition, False))
            command = ("post", "edit", "letter", "--title", f"Edition {edition} of a letter")
            done = await asyncio.to_thread(rapport, *command, environment=environment)
            assert done.returncode == 0, done.stderr
            scene.history.done = edition


async def test_a_process_that_slept_through_a_change_does_not_answer_as_before(
    scene: Scene, connections: dict[int, list[Connection]]
) -> None:
    (sleeper, (connection, *_)), (_, (awake, *_)) = connections.items()

    for number in range(CHANGES_WHILE_ONE_SLEEPS):
        await connection.get(scene.path)
        psutil.Process(sleeper).send_signal(signal.SIGSTOP)
        try:
            await scene.change(number)
            assert seen_in(await awake.get(scene.path)) == scene.history.newest
            connection.ask(scene.path)
        finally:
            psutil.Process(sleeper).send_signal(signal.SIGCONT)

        assert seen_in(await connection.answer()) == scene.history.newest
