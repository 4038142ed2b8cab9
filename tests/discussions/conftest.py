"""What tests of what is said may ask for."""

import pytest

from app.settings import Settings
from app.work import Doors
from tests.discussions.linking import Site
from tests.world import a_post


@pytest.fixture
async def site(doors: Doors, settings: Settings) -> Site:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    return Site(doors, settings, post)
