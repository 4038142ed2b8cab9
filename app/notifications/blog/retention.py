"""What the letters of posts leave behind, and addresses nobody confirmed, are not kept."""

from datetime import timedelta

from sqlalchemy import delete, select

from app.core import clock
from app.core.jobs import Tools, job
from app.notifications.blog.asking import CONFIRM_WITHIN
from app.notifications.blog.leaving import NEWS
from app.notifications.blog.models import BlogFollower, PostMailing
from app.notifications.models import Letter
from app.notifications.retention import KEPT

# Ten thousand copies of one text; that each was written is known without them.
_COPIES_KEPT = timedelta(days=1)
_AT_ONCE = 500


@job("tidy_followers")
async def tidy_followers(tools: Tools) -> None:
    """Forget who never confirmed, and the copies of posts that were sent."""
    now = clock.now()
    async with tools.work.unit_of_work() as db:
        never = BlogFollower.confirmed_at.is_(None), BlogFollower.asked_at < now - CONFIRM_WITHIN
        await db.execute(delete(BlogFollower).where(*never))
    sent_out = select(PostMailing.post_id).where(
        PostMailing.ended_at < now - _COPIES_KEPT, PostMailing.ended_at > now - 2 * KEPT
    )
    async with tools.work.reading() as db:
        post_ids = (await db.scalars(sent_out)).all()
    for post_id in post_ids:
        await _forget_copies(tools, post_id)


async def _forget_copies(tools: Tools, post_id: int) -> None:
    about = NEWS.format(post_id=post_id)
    some = select(Letter.id).where(Letter.about == about, Letter.sent_at.is_not(None))
    while True:
        async with tools.work.unit_of_work() as db:
            ids = (await db.scalars(some.order_by(Letter.id).limit(_AT_ONCE))).all()
            await db.execute(delete(Letter).where(Letter.id.in_(ids)))
        if len(ids) < _AT_ONCE:
            return
