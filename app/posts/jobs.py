"""What is done later about posts."""

import asyncio

from app.core import clock
from app.core.jobs import Tools, job
from app.posts.actions import publish_due
from app.posts.moving import move_some
from app.posts.queries import next_scheduled
from app.site.queries import ensure_site

# Seconds in which whoever waits for the pen gets it, before the next posts move.
_BREATH = 0.05


@job("publish-what-is-due")
async def publish_what_is_due(tools: Tools) -> None:
    """Publish the posts whose time has come."""
    async with tools.work.reading() as session:
        at = await next_scheduled(session)
    # Most often there is nothing to do, and no reason to keep other writers waiting.
    if at is not None and at <= clock.now():
        async with tools.work.unit_of_work() as session:
            await publish_due(session, clock.now())


@job("move-addresses")
async def move_addresses(tools: Tools) -> None:
    """Give all posts the addresses of the scheme that was chosen, as many at a time as nobody notices."""
    is_over = False
    while not is_over:
        async with tools.work.unit_of_work() as session:
            site = await ensure_site(session, tools.settings.base_host, locked=True)
            is_over = await move_some(session, site)
        await asyncio.sleep(_BREATH)
