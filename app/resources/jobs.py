"""What is done later about resources."""

from app.core import clock
from app.core.jobs import Tools, job
from app.core.stores import store_of
from app.resources.addresses import forget_addresses
from app.resources.counting import forget_past_days
from app.resources.uploading import sweep


@job("tidy-resources")
async def tidy_resources(tools: Tools) -> None:
    """Forget what has done its work: addresses, yesterday's marks of downloads, files of uploads that broke off."""
    async with tools.work.unit_of_work() as db:
        await forget_addresses(db, clock.now())
        await forget_past_days(db)
    await sweep(tools.work, store_of(tools.settings))
