"""Calls by XML-RPC, as an editor's program makes them."""

from dataclasses import dataclass
from typing import Any

import httpx

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.accounts.application_passwords import add_application_password
from app.accounts.models import User
from app.core.xml_rpc import Fault, Value, call, read_answer
from app.web.rpc.methods import METHODS
from app.work import Doors
from tests.world import a_member

XML = {"Content-Type": "text/xml"}


async def sent(client: httpx.AsyncClient, body: bytes) -> httpx.Response:
    """What is answered to a body as it stands."""
    return await client.post("/xmlrpc.php", content=body, headers=XML)


async def called(client: httpx.AsyncClient, method: str, *params: Value) -> Any:
    """What a method gives. Raises Fault."""
    answer = await sent(client, call(method, params))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/xml")
    return read_answer(answer.content)


async def code_of(client: httpx.AsyncClient, method: str, *params: Value) -> int:
    """The code of the fault that is answered; 0 for none."""
    try:
        await called(client, method, *params)
    except Fault as fault:
        return fault.code
    return 0


@dataclass(frozen=True)
class Editor:
    """Somebody's program: it knows where to put its name and password."""

    client: httpx.AsyncClient
    user: User
    password: str

    async def __call__(self, method: str, *params: Value) -> Any:
        """Call with the name and password in their places."""
        return await called(self.client, method, *self.signed(method, *params))

    async def code(self, method: str, *params: Value) -> int:
        """The code of the fault that it gets; 0 for none."""
        return await code_of(self.client, method, *self.signed(method, *params))

    def signed(self, method: str, *params: Value) -> list[Value]:
        """All parameters of a method, where these are the others."""
        words = METHODS[method].takes.replace("?", "").split()
        rest = iter(params)
        own = {"blog": "1", "key": "", "name": self.user.email, "password": self.password}
        given: list[Value] = []
        for word in words:
            value = own[word] if word in own else next(rest, None)
            if value is None:
                break
            given.append(value)
        return given


async def an_editor(
    doors: Doors, client: httpx.AsyncClient, *roles: Role, name: str = ""
) -> Editor:
    """A new member with these roles, and the program that writes for them."""
    async with doors.unit_of_work() as db:
        member = await a_member(db, name or f"The {' and '.join(roles)}", roles=roles)
        made = await add_application_password(db, OWNER_AT_THE_MACHINE, member.id, "Editor")
    return Editor(client, member, made)
