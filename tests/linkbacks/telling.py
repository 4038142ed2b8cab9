"""Sites on loopback that are told of links, and a worker that tells them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl

import anyio
from anyio.abc import SocketStream
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core import clock
from app.linkbacks.sent import Announcement
from app.posts import actions
from app.posts.drafts import Draft
from app.settings import Settings
from app.work import Doors
from app.worker import Worker
from tests.core.strangers import Behaviour, Stranger, a_stranger, answers
from tests.world import the_site

GONE = answers(b"Nothing is here.", status="404 Not Found")
ACCEPTED = answers(b"", status="202 Accepted")
WANTS_MENTIONS = answers(b'<link rel="webmention" href="/hear">')


@dataclass
class Theirs:
    """Somebody else's site: what it answers at each path, and what it was asked."""

    stranger: Stranger
    pages: dict[str, Behaviour]

    def url(self, path: str) -> str:
        """The whole address of a path."""
        return self.stranger.url.rstrip("/") + path

    @property
    def asked(self) -> list[str]:
        """Method and path of every request, in order."""
        return [" ".join(request.decode().split(" ", 2)[:2]) for request in self.stranger.requests]

    def heard(self, path: str = "/hear") -> list[dict[str, str]]:
        """The forms that came to a path, in order."""
        return [dict(parse_qsl(body)) for body in self.bodies(path)]

    def bodies(self, path: str) -> list[str]:
        """What was posted to a path, in order."""
        posted = [request.decode() for request in self.stranger.requests]
        return [one.split("\r\n\r\n", 1)[1] for one in posted if one.startswith(f"POST {path} ")]


@asynccontextmanager
async def a_site_of_theirs(pages: Mapping[str, Behaviour]) -> AsyncIterator[Theirs]:
    """Serve these, by path or by method and path, until the block ends; 404 for everything else."""
    known = dict(pages)
    there: list[Stranger] = []

    async def behave(stream: SocketStream) -> None:
        # Nothing else runs between the reading of the request and this line.
        method, path, _rest = there[0].requests[-1].decode().split(" ", 2)
        await (known.get(f"{method} {path}") or known.get(path) or GONE)(stream)

    async with a_stranger(behave) as stranger:
        there.append(stranger)
        yield Theirs(stranger, known)


def then(*behaviours: Behaviour) -> Behaviour:
    """One answer after the other; the last one from then on."""
    left = list(behaviours)

    async def behave(stream: SocketStream) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(stream)

    return behave


@dataclass(frozen=True)
class Ours:
    """Our site, which may ask theirs although they are on loopback."""

    doors: Doors
    settings: Settings

    async def writes(self, body: str, title: str = "A letter a week", **fields: object) -> int:
        """A post, published and announced; its id."""
        async with self.doors.unit_of_work() as db:
            draft = Draft(title=title, body=body, **fields)  # type: ignore[arg-type]
            post = await actions.add_post(db, OWNER_AT_THE_MACHINE, await the_site(db), draft)
        await self.works()
        return post.id

    async def changes(self, post_id: int, **fields: object) -> None:
        """The post changed, and that announced."""
        async with self.doors.unit_of_work() as db:
            draft = Draft(**fields)  # type: ignore[arg-type]
            await actions.edit_post(db, OWNER_AT_THE_MACHINE, await the_site(db), post_id, draft)
        await self.works()

    async def trashes(self, post_id: int) -> None:
        """The post in the trash, and that announced."""
        async with self.doors.unit_of_work() as db:
            await actions.trash_post(db, OWNER_AT_THE_MACHINE, post_id)
        await self.works()

    async def works(self, later: timedelta = timedelta()) -> None:
        """Everything done that is due then; no job fails, whatever they answer."""
        worker = Worker(self.doors, self.settings, schedules=())
        with clock.moved(later):
            with anyio.fail_after(60):
                await worker.run_until_idle()
        assert [end.trouble for end in worker.ended if end.trouble] == []

    async def rows(self) -> list[Announcement]:
        """What is written down."""
        async with self.doors.reading() as db:
            return list(await db.scalars(select(Announcement).order_by(Announcement.id)))

    async def row(self) -> Announcement:
        """The only one."""
        (row,) = await self.rows()
        return row


def ours(doors: Doors, settings: Settings, *theirs: Theirs) -> Ours:
    """Our site beside these."""
    allowed = ",".join(f"{one.stranger.host}:{one.stranger.port}" for one in theirs)
    return Ours(doors, settings.model_copy(update={"outbound_allow": allowed}))
