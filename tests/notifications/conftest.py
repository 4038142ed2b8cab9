"""A site whose letters go to a real mail server on this machine."""

from collections.abc import AsyncIterator

import pytest

from app.settings import Settings
from tests.notifications.post_office import PostOffice, an_office, open_office


@pytest.fixture
def office() -> PostOffice:
    """A mail server that is not there yet."""
    return an_office()


@pytest.fixture
async def post_office(office: PostOffice) -> AsyncIterator[PostOffice]:
    """The same, taking mail."""
    async with open_office(office):
        yield office


@pytest.fixture
def settings(settings: Settings, office: PostOffice) -> Settings:
    """Settings as shipped, with a mail server named."""
    return settings.model_copy(update={"smtp_url": office.url})
