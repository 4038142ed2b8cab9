"""Those who listen to a discussion on a real server: what they are told, word by word."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.accounts.sessions import Whereabouts, start_session
from app.groups.models import Group
from app.work import Doors
from tests.groups.building import Place, a_group, a_membership, answer, begin
from tests.visiting import Server
from tests.world import a_member

# Long, for machines with much else to do: whoever is told does not wait for it.
WITHIN = 45.0
AS_EVENTS = {"Accept": "text/event-stream"}


@dataclass
class Ear:
    """One event stream."""

    answer: httpx.Response
    lines: AsyncIterator[str]
    heard: list[str] = field(default_factory=list)

    async def event(self) -> dict[str, str]:
        """The next event, by the names of its fields; nothing of one when the stream has ended."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(WITHIN):
            async for line in self.lines:
                self.heard.append(line)
                name, _colon, value = line.partition(": ")
                if line:
                    fields[name] = value
                elif "data" in fields:
                    return fields
                else:
                    fields.clear()
        return {}


@dataclass
class Talk:
    """A discussion on a server, its people's browsers, and the ears that are open."""

    place: Place
    topic: str
    visitor: httpx.AsyncClient
    ears: AsyncExitStack

    @property
    def live(self) -> str:
        """Where it is listened to."""
        return f"/live/topics/{self.topic.rpartition('/d/')[2].partition('-')[0]}"

    async def listen(
        self, client: httpx.AsyncClient, path: str = "", headers: Mapping[str, str] | None = None
    ) -> Ear:
        """Open a stream."""
        asked = client.stream("GET", path or self.live, headers={**AS_EVENTS, **(headers or {})})
        response = await self.ears.enter_async_context(asked)
        return Ear(response, response.aiter_lines())

    async def say(self, text: str = "I know somebody.") -> None:
        """The owner answers."""
        answered = await answer(self.place.owner, self.topic, text)
        assert answered.status_code == 303, answered.text


@asynccontextmanager
async def a_talk(doors: Doors, server: Server, **choices: Any) -> AsyncIterator[Talk]:
    """Olga's group, in which Mika began a discussion."""
    async with doors.unit_of_work() as db:
        olga, mika = await a_member(db, "Olga"), await a_member(db, "Mika")
        group: Group = await a_group(db, by=olga, **choices)
        await a_membership(db, group, mika)
        where = Whereabouts("203.0.113.9", "A browser")
        tokens = [await start_session(db, one, where) for one in (olga, mika)]
    async with AsyncExitStack() as open_things:
        owner, member, visitor = [
            await open_things.enter_async_context(_browser(server, token))
            for token in (*tokens, "")
        ]
        place = Place(group.slug, group.id, owner, member, olga.id, mika.id)
        begun = await begin(member, place)
        assert begun.status_code == 303, begun.text
        ears = await open_things.enter_async_context(AsyncExitStack())
        yield Talk(place, begun.headers["location"], visitor, ears)


def _browser(server: Server, token: str) -> httpx.AsyncClient:
    cookies = {"session": token} if token else {}
    return httpx.AsyncClient(base_url=server.url, cookies=cookies, trust_env=False, timeout=WITHIN)
