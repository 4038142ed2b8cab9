"""Pingbacks as other sites send them."""

from typing import Any

import httpx
import pytest

from app.core.xml_rpc import Fault, call, read_answer


async def ping(visitor: httpx.AsyncClient, *params: Any, method: str = "pingback.ping") -> Any:
    """What is answered to a pingback. Raises Fault."""
    answer = await visitor.post(
        "/xmlrpc.php", content=call(method, params), headers={"content-type": "text/xml"}
    )
    return read_answer(answer.content)


async def fault(visitor: httpx.AsyncClient, *params: Any) -> int:
    """By which number it is refused."""
    with pytest.raises(Fault) as refused:
        await ping(visitor, *params)
    return refused.value.code
