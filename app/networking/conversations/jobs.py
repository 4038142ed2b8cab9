"""What is done later about conversations."""

from app.core import clock
from app.core.jobs import Tools, job
from app.networking.conversations.actions import tidy_conversations


@job("tidy-conversations")
async def tidy(tools: Tools) -> None:
    """Close what is silent for a year, and delete what was closed a year ago."""
    async with tools.work.unit_of_work() as session:
        await tidy_conversations(session, clock.now())
