"""draft → published → retired, whatever is tried in whatever order; and what an upload leaves that is broken off."""

import os
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.core.storage import Folder
from app.resources.models import MOVES, Resource, ResourceState
from app.settings import Settings
from app.work import Doors
from tests.conftest import Serve
from tests.web.signing_in import a_session

pytestmark = pytest.mark.anyio

ORDER = [ResourceState.DRAFT, ResourceState.PUBLISHED, ResourceState.RETIRED]


class AnyOrder(RuleBasedStateMachine):
    """Somebody presses both buttons again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.resource = Resource(status=ResourceState.DRAFT)
        self.was: list[ResourceState] = [ResourceState.DRAFT]

    @rule()
    def publish(self) -> None:
        self.press(ResourceState.PUBLISHED)

    @rule()
    def retire(self) -> None:
        self.press(ResourceState.RETIRED)

    def press(self, wanted: ResourceState) -> None:
        if self.resource.may_become(wanted):
            self.resource.status = wanted
            self.was.append(wanted)

    @invariant()
    def nothing_comes_back(self) -> None:
        assert self.was == sorted(set(self.was), key=ORDER.index)
        assert self.resource.is_published == (self.was[-1] == ResourceState.PUBLISHED)


TestAnyOrder = AnyOrder.TestCase


def test_every_state_says_where_it_leads() -> None:
    assert set(MOVES) == set(ResourceState)
    assert MOVES[ResourceState.RETIRED] == frozenset()


async def test_a_server_killed_in_the_middle_of_an_upload_leaves_no_row(
    serve: Serve, doors: Doors, settings: Settings
) -> None:
    _number, token = await a_session(doors, "Nora", Role.AUTHOR)
    server = serve()
    host = urlsplit(server.url)
    body = (
        b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nHalf\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    ) + b"x" * 500_000
    head = (
        f"POST /write/resources/ HTTP/1.1\r\nHost: {host.netloc}\r\nCookie: session={token}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000000\r\n\r\n"
    )
    with socket.create_connection((host.hostname or "", host.port or 0)) as line:
        line.sendall(head.encode() + body)
        incoming = settings.data / "uploads" / ".incoming"
        await_file(incoming)
        server.process.kill()
        server.process.wait()

    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Resource)) == 0
    (left,) = incoming.iterdir()
    # A day later it is swept away.
    os.utime(left, (0, 0))
    await Folder(settings.data / "uploads").tidy()
    assert list(incoming.iterdir()) == []
    # It starts again, as if nothing had been.
    assert serve().process.poll() is None


def await_file(folder: Path) -> None:
    give_up = time.monotonic() + 60
    while not (folder.exists() and any(p.stat().st_size for p in folder.iterdir())):
        assert time.monotonic() < give_up
        time.sleep(0.05)
