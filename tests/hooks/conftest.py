"""A site that may tell programs on loopback."""

from collections.abc import AsyncIterator

import pytest

from app.settings import Settings
from tests.hooks.receiving import Receiver, a_receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A program that is told."""
    async with a_receiver() as receiver:
        yield receiver


@pytest.fixture
def settings(settings: Settings, receiver: Receiver) -> Settings:
    """It stands on loopback, which is let through for it alone."""
    host, port = receiver.stranger.server
    return settings.model_copy(update={"outbound_allow": f"{host}:{port}"})
