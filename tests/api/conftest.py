"""Programs of people with roles, closed at the end of each test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, TypeAlias

import httpx
import pytest
from starlette.types import ASGIApp

from app.accounts.actor import Role
from app.work import Doors
from tests.api.speaking import speaking

Program: TypeAlias = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def program(application: ASGIApp, doors: Doors) -> AsyncIterator[Program]:
    """`await program(Role.EDITOR)`: a client with a token of somebody with these roles; see `speaking`."""
    async with AsyncExitStack() as clients:

        async def make(*roles: Role, **options: Any) -> httpx.AsyncClient:
            return await clients.enter_async_context(
                speaking(application, doors, *roles, **options)
            )

        yield make
