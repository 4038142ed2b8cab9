"""The door for XML-RPC: what can be called, and how wrong calls are answered."""

from typing import Any

import httpx
import pytest
from lxml import etree

from app.core.errors import AppError
from app.core.xml_rpc import (
    INVALID_CALL,
    INVALID_PARAMS,
    NO_SUCH_METHOD,
    NOT_WELL_FORMED,
    Fault,
    call,
    read_answer,
)
from app.web.rpc import door
from app.web.rpc.calling import fault_of
from app.web.rpc.methods import METHODS
from app.web.rpc.system import MOST_CALLS
from tests.web.calling import called, code_of, sent

pytestmark = pytest.mark.anyio

DTD = b'<!DOCTYPE m [<!ENTITY a "x">]><methodCall><methodName>&a;</methodName></methodCall>'


async def test_rsd_says_where_xml_rpc_is_spoken(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/xmlrpc.php?rsd")

    assert answer.headers["content-type"].startswith("application/rsd+xml")
    name = {"r": "http://archipelago.phrasewise.com/rsd"}
    root = etree.fromstring(answer.content)
    assert root.findtext("r:service/r:homePageLink", namespaces=name) == "http://blog.example/"
    apis = root.findall("r:service/r:apis/r:api", namespaces=name)
    assert [api.get("name") for api in apis if api.get("preferred") == "true"] == ["WordPress"]
    assert {api.get("apiLink") for api in apis} == {"http://blog.example/xmlrpc.php"}


async def test_xml_rpc_is_not_spoken_by_get(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/xmlrpc.php")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.strip() == "XML-RPC server accepts POST requests only."


async def test_every_method_is_named(visitor: httpx.AsyncClient) -> None:
    assert await called(visitor, "system.listMethods") == list(METHODS)
    assert "faults_interop" in await called(visitor, "system.getCapabilities")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", NOT_WELL_FORMED),
        (b"a=1&b=2", NOT_WELL_FORMED),
        (DTD, NOT_WELL_FORMED),
        (b"<methodCall/>", INVALID_CALL),
        (call("nope.nope", ()), NO_SUCH_METHOD),
        (call("system.listMethods", ("x",)), INVALID_PARAMS),
        (call("system.multicall", ()), INVALID_PARAMS),
        (call("system.multicall", ("x",)), INVALID_PARAMS),
        (call("system.multicall", ([{}] * (MOST_CALLS + 1),)), INVALID_PARAMS),
    ],
)
async def test_a_wrong_call_is_a_fault(visitor: httpx.AsyncClient, body: bytes, code: int) -> None:
    answer = await sent(visitor, body)

    assert answer.status_code == 200
    with pytest.raises(Fault) as refused:
        read_answer(answer.content)
    assert refused.value.code == code


async def test_several_calls_in_one_are_answered_one_by_one(visitor: httpx.AsyncClient) -> None:
    calls: list[Any] = [
        {"methodName": "system.listMethods", "params": []},
        {"methodName": "nope.nope", "params": []},
        {"methodName": "system.multicall", "params": [[]]},
        {"methodName": "system.listMethods"},
        "x",
    ]

    first, second, third, fourth, fifth = await called(visitor, "system.multicall", calls)

    assert first == fourth == [list(METHODS)]
    assert second["faultCode"] == NO_SUCH_METHOD
    assert third["faultCode"] == INVALID_CALL
    assert fifth["faultCode"] == INVALID_PARAMS
    assert await called(visitor, "system.multicall", []) == []


async def test_only_what_takes_files_may_be_large(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LARGEST", 1000)

    answer = await sent(visitor, call("system.multicall", ("x" * 2000,)))

    assert answer.status_code == 413
    with pytest.raises(Fault) as refused:
        read_answer(answer.content)
    assert refused.value.code == 413
    assert await code_of(visitor, "system.multicall", "x") == INVALID_PARAMS


@pytest.mark.parametrize("error", AppError.__subclasses__())
def test_every_error_of_ours_has_a_code_there(error: type[AppError]) -> None:
    code = {403: 401, 401: 403}.get(error.status, error.status)

    assert (fault_of(error("Why.")).code, fault_of(error("Why.")).says) == (code, "Why.")
