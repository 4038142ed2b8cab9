"""Calls by XML-RPC, as an editor's program makes them."""

from typing import Any

import httpx

from app.core.xml_rpc import Fault, Value, call, read_answer

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
