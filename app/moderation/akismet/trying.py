"""Whether Akismet knows the key: asked when an owner wants to see it, not when a comment waits for it."""

from app.core import clock
from app.core.jobs import Tools, job
from app.moderation.akismet.client import Trouble, Unavailable, open_akismet
from app.moderation.akismet.health import note_health


@job("ask_for_key")
async def ask_for_key(tools: Tools) -> None:
    """Ask whether the key of the settings is known; the answer is found in `akismet_state`."""
    if not tools.settings.akismet_key:
        return
    trouble: Trouble | None = None
    try:
        async with open_akismet(tools.settings) as service:
            if not await service.knows_the_key():
                trouble = Trouble.KEY
    except Unavailable as error:
        trouble = error.trouble
    async with tools.work.unit_of_work() as db:
        await note_health(db, trouble, clock.now())
