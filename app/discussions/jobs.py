"""What is done later about comments: the choice of the weekly ten."""

from app.core import clock
from app.core.jobs import Tools, job
from app.moderation.sampling import pick_sample


@job("pick_likely_mistakes")
async def pick_likely_mistakes(tools: Tools) -> None:
    """Put the ten likeliest mistakes of this week before the moderators, once."""
    async with tools.work.unit_of_work() as session:
        await pick_sample(session, clock.now())
