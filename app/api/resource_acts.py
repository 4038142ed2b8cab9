"""What is done with a resource, whether the site has it or a group: handed in, changed, published, retired."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.api.acting import act_on, change
from app.api.answering import Done
from app.api.calling import Call
from app.api.once import done_once
from app.api.resource_forms import ResourceChange, Retirement, changed_by, form_in, said_in
from app.api.resources import ResourceWhole, told
from app.core.rows import flush_changes
from app.core.stores import store_of
from app.resources.actions import add_resource, add_version, edit_resource, publish, retire
from app.resources.models import Resource
from app.resources.queries import Listed, get_managed, get_resource
from app.resources.sharing import get_shared
from app.resources.uploading import keep_file
from app.site.queries import ensure_site
from app.web.resources.desk import draft_of


@dataclass(frozen=True)
class One:
    """One resource, as its address names it."""

    call: Call
    path: str
    # As the caller may see it. Raises NotFound.
    find: Callable[[AsyncSession], Awaitable[Listed]]
    group: str = ""

    async def tell(self, db: AsyncSession) -> ResourceWhole:
        """What a program is told of it. Raises NotFound."""
        return told(self.call, await self.find(db), self.group)

    async def managed(self, db: AsyncSession, *, locked: bool = False) -> Resource:
        """The same as theirs to change. Raises NotFound."""
        found = await self.find(db)
        return await get_managed(db, self.call.me, found.resource.id, locked=locked)


def of_site(call: Call, slug: str) -> One:
    """One of the site's."""
    return One(call, f"/resources/{slug}", lambda db: get_resource(db, call.me, slug))


def of_group(call: Call, group: str, number: int) -> One:
    """One of a group's."""

    async def find(db: AsyncSession) -> Listed:
        return (await get_shared(db, call.me, group, number))[1]

    return One(call, f"/groups/{group}/resources/{number}", find, group)


async def hand_in(call: Call, group: str = "", access: str = "") -> Response:
    """Make a draft of a file, which is meant for `access` unless its form says otherwise."""
    form = await form_in(call)
    async with store_of(call.settings).receive(form.file()) as incoming:
        draft = draft_of({"access": access, **form.fields} if access else form.fields)
        new = await keep_file(incoming, form.file_name, form.fields.get("note", ""))

        async def add(db: AsyncSession) -> Done:
            site = await ensure_site(db, call.settings.base_host)
            made = await add_resource(db, call.me, site, draft, new, group=group)
            one = of_group(call, group, made.id) if group else of_site(call, made.slug)
            await flush_changes(db)
            return Done(await one.tell(db), 201, {"Location": call.api(one.path)})

        return await done_once(call, add, said_in(form, new))


async def renew(one: One) -> Response:
    """Put a newer version of its file at the same address."""
    # Before any of the file is read: whoever may not does not fill the disk.
    async with one.call.doors.reading() as db:
        await one.managed(db)
    form = await form_in(one.call)
    async with store_of(one.call.settings).receive(form.file()) as incoming:
        new = await keep_file(incoming, form.file_name, form.fields.get("note", ""))

        async def act(db: AsyncSession) -> None:
            await add_version(db, one.call.me, (await one.managed(db)).id, new)

        return await act_on(one.call, one.tell, act, said_in(form, new))


async def edit(one: One, sent: ResourceChange) -> Response:
    """Let it say something else of itself."""

    async def act(db: AsyncSession) -> None:
        resource = await one.managed(db, locked=True)
        # Its tags, too, as they are now that nobody else writes.
        draft = changed_by(sent, await one.find(db))
        seen = resource.version if sent.revision is None else sent.revision
        await edit_resource(db, one.call.me, resource.id, draft, seen)

    return await change(one.call, one.tell, act)


async def publish_one(one: One) -> Response:
    """Let those see it whom it is for."""

    async def act(db: AsyncSession) -> None:
        await publish(db, one.call.me, (await one.managed(db)).id)

    return await act_on(one.call, one.tell, act)


async def retire_one(one: One, sent: Retirement) -> Response:
    """Take it away for good."""

    async def act(db: AsyncSession) -> None:
        await retire(db, one.call.me, (await one.managed(db)).id, sent.note)

    return await act_on(one.call, one.tell, act)
