"""Looks for commenters' newest posts, in the worker."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import NotNow, Unreachable
from app.core.jobs import Tools, enqueue, job
from app.core.outbound.opening import open_door
from app.discussions.events import CommentDecided
from app.discussions.latest_posts.finding import newest_post
from app.discussions.latest_posts.keeping import (
    LOOKED_FOR,
    count_try,
    find_wanted,
    keep_latest_post,
)
from app.discussions.latest_posts.offering import end_lookup, find_offer
from app.moderation.models import Decision


async def look_after_decision(session: AsyncSession, event: CommentDecided) -> None:
    """Whose comment is not spam, or not removed, after all has the link that was wanted for it, too."""
    decision = await session.get_one(Decision, event.decision_id)
    if decision.was in LOOKED_FOR:
        return
    if await find_wanted(session, event.comment_id) is not None:
        await enqueue(session, find_latest_post, comment_id=event.comment_id)


@job("find_latest_post", asks_strangers=True)
async def find_latest_post(tools: Tools, *, comment_id: int) -> None:
    """Find the newest post of a comment's author. Where nobody answers, again later, not for ever."""
    async with tools.work.reading() as db:
        wanted = await find_wanted(db, comment_id)
        # What they were shown is what is linked.
        item = await find_offer(db, wanted.website) if wanted else None
    if wanted is None:
        return
    try:
        item = item or await newest_post(
            open_door(tools.settings, tools.work),
            wanted.website,
            asked_by=wanted.asked_by,
            kept_for=f"latest post {comment_id}",
        )
    except Unreachable:
        async with tools.work.unit_of_work() as db:
            if delay := await count_try(db, comment_id):
                await enqueue(db, find_latest_post, delay=delay, comment_id=comment_id)
        return
    async with tools.work.unit_of_work() as db:
        await keep_latest_post(db, comment_id, item)


@job("look_up_latest_post", asks_strangers=True)
async def look_up_latest_post(tools: Tools, *, website: str, asked_by: str) -> None:
    """Find a website's newest post for somebody who is still writing: once, as nobody waits for long."""
    door = open_door(tools.settings, tools.work)
    try:
        item = await newest_post(door, website, asked_by=asked_by)
    except (Unreachable, NotNow):
        return
    async with tools.work.unit_of_work() as db:
        await end_lookup(db, website, item)
