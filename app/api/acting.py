"""Acting on a thing that has an address: one unit of work, and the thing as it is then for an answer.

Operations differ by how their thing is found, and by what they do to it: `tell` is the one, `act` the other. Whoever
comes too late is shown how it stands.
"""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.api.answering import Done, too_late
from app.api.calling import Call
from app.api.once import Change, done, done_once
from app.core.errors import Conflict
from app.core.rows import flush_changes

# The thing as the caller may see it. Raises NotFound.
Tell: TypeAlias = Callable[[AsyncSession], Awaitable[BaseModel]]
Act: TypeAlias = Callable[[AsyncSession], Awaitable[object]]


async def act_on(call: Call, tell: Tell, act: Act, content: bytes | None = None) -> Response:
    """Do something to a thing by POST: once for each key. `content` stands for a body that is no JSON."""
    return await shown_if_late(call, tell, done_once(call, _and_told(act, tell, 201), content))


async def change(call: Call, tell: Tell, act: Act) -> Response:
    """Let a thing be otherwise by PATCH, or by a DELETE that leaves something of it."""
    return await shown_if_late(call, tell, done(call, _and_told(act, tell, 200)))


async def take_away(call: Call, tell: Tell, act: Act) -> Response:
    """Take a thing away by DELETE; the answer is how it was."""

    async def taken(db: AsyncSession) -> Done:
        was = await tell(db)
        await act(db)
        return Done(was)

    return await shown_if_late(call, tell, done(call, taken))


async def shown_if_late(call: Call, tell: Tell, answer: Awaitable[Response]) -> Response:
    """The answer; or why it was too late for that, with the thing as it stands."""
    try:
        return await answer
    except Conflict as refused:
        async with call.doors.reading() as db:
            return too_late(call, refused, await tell(db))


def _and_told(act: Act, tell: Tell, status: int) -> Change:
    async def both(db: AsyncSession) -> Done:
        await act(db)
        await flush_changes(db)
        return Done(await tell(db), status)

    return both
