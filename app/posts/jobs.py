"""What is done later about posts."""

from app.core import clock
from app.core.jobs import Tools, job
from app.posts.actions import publish_due
from app.posts.queries import next_scheduled


@job("publish-what-is-due")
async def publish_what_is_due(tools: Tools) -> None:
    """Publish the posts whose time has come."""
    async with tools.work.reading() as session:
        at = await next_scheduled(session)
    # Most often there is nothing to do, and no reason to keep other writers waiting.
    if at is not None and at <= clock.now():
        async with tools.work.unit_of_work() as session:
            await publish_due(session, clock.now())
