"""Putting things into the library as people do, and fetching them."""

from typing import Any

import httpx

from app.accounts.actor import OWNER_AT_THE_MACHINE, Actor
from app.core.stores import store_of
from app.resources import actions
from app.resources.drafts import Draft
from app.resources.models import Access, Resource
from app.resources.uploading import keep_file, letter_version
from app.settings import Settings
from app.work import Doors
from tests.media.samples import stream
from tests.world import the_site

DESK = "/write/resources/"
TEXT = b"One letter a week, for a year.\n"


async def a_resource(
    doors: Doors,
    settings: Settings,
    title: str = "A calendar of letters",
    *,
    by: Actor = OWNER_AT_THE_MACHINE,
    name: str = "calendar.txt",
    content: bytes = TEXT,
    letter: str = "",
    is_public: bool = True,
    **fields: Any,
) -> Resource:
    """A published resource: a file of this content, or a letter of this text."""
    store = store_of(settings)
    draft = Draft(title=title, **fields)
    async with store.receive(stream(content)) as incoming:
        new = letter_version(letter, title) if letter else await keep_file(incoming, name)
        async with doors.unit_of_work() as db:
            resource = await actions.add_resource(db, by, await the_site(db), draft, new)
            if is_public:
                await actions.publish(db, by, resource.id)
            return resource


async def hand_in(
    client: httpx.AsyncClient,
    name: str = "calendar.txt",
    content: bytes = TEXT,
    **fields: str,
) -> httpx.Response:
    """Send the form for a new file."""
    typed = {"kind": "file", "title": "A calendar of letters", "access": Access.EVERYONE, **fields}
    return await client.post(DESK, data=typed, files={"file": (name, content, "text/html")})


async def fetch(client: httpx.AsyncClient, path: str, **headers: str) -> httpx.Response:
    """Download as a browser does: on to the short-lived link, if there is one."""
    answer = await client.get(path, headers=headers)
    if answer.status_code == 303:
        answer = await client.get(answer.headers["location"], headers=headers)
    return answer
