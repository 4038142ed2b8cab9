"""Two sites on loopback, which are let through to each other."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs
from tests.linkbacks.linking import Here, OtherSite, an_other_site
from tests.world import a_post, an_author


@pytest.fixture
async def elsewhere() -> AsyncIterator[OtherSite]:
    """A blog elsewhere."""
    async with an_other_site() as site:
        yield site


@pytest.fixture
def settings(settings: Settings, elsewhere: OtherSite) -> Settings:
    """The other blog stands on loopback, which is let through for it alone."""
    host, port = elsewhere.stranger.server
    return settings.model_copy(update={"outbound_allow": f"{host}:{port}"})


@pytest.fixture
async def post(doors: Doors) -> Post:
    """What is linked to."""
    async with doors.unit_of_work() as db:
        return await a_post(db, "A letter a week", slug="letters", by=await an_author(db))


@pytest.fixture
def here(
    visitor: httpx.AsyncClient, post: Post, settings: Settings, doors: Doors, run_jobs: RunJobs
) -> Here:
    """Our site, and what happens there."""
    return Here(visitor, post, settings, doors, run_jobs)
