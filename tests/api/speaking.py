"""Programs that speak to the API: a client with a token of somebody's."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import httpx
from starlette.types import ASGIApp

from app.accounts.actor import Actor, Role
from app.accounts.api_tokens import Scope, make_api_token
from app.accounts.models import User
from app.work import Doors
from tests.visiting import visiting
from tests.world import a_member

API = "/api/v1"
PROBLEM = "application/problem+json"


async def a_token(
    doors: Doors, user: User, scopes: Iterable[Scope] = tuple(Scope), until: datetime | None = None
) -> str:
    """A new token of somebody's, for everything unless `scopes` says otherwise."""
    async with doors.unit_of_work() as db:
        return await make_api_token(db, Actor(user.id, user.name), "A script", scopes, until)


@asynccontextmanager
async def speaking(
    app: ASGIApp,
    doors: Doors,
    *roles: Role,
    user: User | None = None,
    scopes: Sequence[Scope] = tuple(Scope),
) -> AsyncIterator[httpx.AsyncClient]:
    """A program with a token of somebody new with these roles, or of `user`."""
    if user is None:
        async with doors.unit_of_work() as db:
            user = await a_member(db, "The " + (" and ".join(roles) or "member"), roles=roles)
    token = await a_token(doors, user, scopes)
    async with visiting(app) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        client.base_url = client.base_url.join(f"{API}/")
        yield client


def is_problem(answer: httpx.Response, status: int) -> bool:
    """Whether it is refused as it should be."""
    return (
        answer.status_code == status
        and answer.headers["content-type"] == PROBLEM
        and answer.json()["status"] == status
    )
