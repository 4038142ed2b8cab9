"""People who sign in by the form: what they type, what they get."""

from typing import Any

import httpx

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
