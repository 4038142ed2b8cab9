"""People who sign in by the form: what they type, what they get."""

from typing import Any

import httpx

from app.accounts.actor import Role
from app.accounts.sessions import Whereabouts, start_session
from app.work import Doors
from tests.world import a_member

SIGN_IN = "/account/sign-in"
PASSWORD = "correct horse battery"


async def sign_in(
    client: httpx.AsyncClient, email: str, password: str = PASSWORD, **fields: Any
) -> httpx.Response:
    """Send the sign-in form."""
    return await client.post(SIGN_IN, data={"email": email, "password": password, **fields})


def is_signed_in(client: httpx.AsyncClient) -> bool:
    """Whether this browser carries a session."""
    return bool(client.cookies.get("session") or client.cookies.get("__Host-session"))


async def a_session(doors: Doors, name: str, *roles: Role) -> tuple[int, str]:
    """Somebody new with these roles: their number, and the token of a session they have begun."""
    async with doors.unit_of_work() as db:
        member = await a_member(db, name, roles=roles)
        token = await start_session(db, member, Whereabouts("203.0.113.9", "A browser"))
        return member.id, token
