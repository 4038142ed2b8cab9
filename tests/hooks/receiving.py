"""Programs on loopback that are told what happens, and a site with hooks."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from anyio.abc import SocketStream
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core.secrets import secrets_of
from app.hooks.keeping import NewHook, add_hook
from app.hooks.kinds import EVENTS
from app.hooks.models import Hook, HookDelivery
from app.hooks.signing import secret_of
from app.settings import Settings
from app.work import Doors
from tests.core.strangers import Behaviour, Stranger, a_stranger, answers

OK = answers(b"thanks", status="200 OK")


@dataclass(frozen=True)
class Heard:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        """Its body, read."""
        return json.loads(self.body)


@dataclass
class Receiver:
    """A program that is told: what it answers can be changed, by path or for all."""

    stranger: Stranger
    behaves: Behaviour = OK
    by_path: dict[str, Behaviour] = field(default_factory=dict)

    def url(self, path: str = "/hook") -> str:
        """The address of a path there."""
        return self.stranger.url.rstrip("/") + path

    @property
    def heard(self) -> list[Heard]:
        """All requests, in order."""
        return [_read(request) for request in self.stranger.requests]

    @property
    def types(self) -> list[str]:
        """What it heard of."""
        return [one.told["type"] for one in self.heard]


@asynccontextmanager
async def a_receiver() -> AsyncIterator[Receiver]:
    """Listen until the block ends."""
    there: list[Receiver] = []

    async def behave(stream: SocketStream) -> None:
        # Nothing else runs between the reading of the request and this line.
        path = there[0].stranger.requests[-1].decode().split(" ", 2)[1]
        await there[0].by_path.get(path, there[0].behaves)(stream)

    async with a_stranger(behave) as stranger:
        there.append(Receiver(stranger))
        yield there[0]


async def a_hook(
    doors: Doors, settings: Settings, url: str, *events: str, name: str = "A chat"
) -> tuple[Hook, str]:
    """An address that hears of these events, or of all; and its secret."""
    async with doors.unit_of_work() as db:
        hook = await add_hook(
            db, OWNER_AT_THE_MACHINE, settings, NewHook(name, url, events or tuple(EVENTS))
        )
    return hook, secret_of(secrets_of(settings), hook)


async def log_of(doors: Doors, hook: Hook) -> list[HookDelivery]:
    """What was delivered to it, oldest first."""
    async with doors.reading() as db:
        query = select(HookDelivery).where(HookDelivery.hook_id == hook.id)
        return list(await db.scalars(query.order_by(HookDelivery.id)))


async def as_it_is(doors: Doors, hook: Hook) -> Hook:
    """A hook as it stands now."""
    async with doors.reading() as db:
        return await db.get_one(Hook, hook.id)


def _read(request: bytes) -> Heard:
    head, _blank, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Heard(first.split(" ")[1], headers, body)
