"""What the worker does about links: looks at the pages they are said to stand on."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.db import Work
from app.core.jobs import Tools, enqueue, job
from app.core.outbound.door import Door
from app.core.outbound.opening import open_door
from app.discussions.events import LinkArrived
from app.linkbacks.looking import Sight, look
from app.linkbacks.verifying import Look, enter, next_look
from app.settings import Settings
from app.site.queries import get_site


async def want_look(session: AsyncSession, comment_id: int, delay: timedelta = timedelta()) -> None:
    """Have a link's page looked at; what is wanted while that happens is one look more."""
    await enqueue(
        session, look_at_source, delay=delay, once=f"link {comment_id}", comment_id=comment_id
    )


async def look_soon(session: AsyncSession, event: LinkArrived) -> None:
    """A link has come in."""
    await want_look(session, event.comment_id, timedelta(seconds=event.looked_at_within))


@job("look_at_source", asks_strangers=True)
async def look_at_source(tools: Tools, *, comment_id: int) -> None:
    """See whether a page links here, and judge the link by that. Done twice it is the same."""
    door = open_door(tools.settings, tools.work)
    while (next_one := await _next(tools, comment_id)) is not None:
        if await _take(tools, door, next_one):
            return


async def _next(tools: Tools, comment_id: int) -> Look | None:
    async with tools.work.unit_of_work() as db:
        site = await get_site(db)
        return await next_look(db, tools.settings, site, comment_id, clock.now())


async def _take(tools: Tools, door: Door, next_one: Look) -> bool:
    """Whether the next look is to be taken later."""
    return await enter_sight(tools.work, tools.settings, next_one, await look(door, next_one.at))


async def enter_sight(work: Work, settings: Settings, taken: Look, sight: Sight) -> bool:
    """Keep what was seen in a unit of its own; whether the page is to be looked at once more later."""
    async with work.unit_of_work() as db:
        wait = await enter(db, settings, await get_site(db), taken, sight)
        if wait is not None:
            await want_look(db, taken.comment_id, wait)
    return wait is not None
