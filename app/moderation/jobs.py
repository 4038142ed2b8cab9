"""What the local filter leaves for later."""

from app.core.jobs import Tools, job
from app.moderation import learned


@job("save_learned")
async def save_learned(tools: Tools) -> None:
    """Save what was learned where enough has come to it, so that the next start is quick."""
    await learned.save_learned(tools.work)
