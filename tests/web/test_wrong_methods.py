"""What is asked of an address that is not done there is answered by 405, which says what is (RFC 9110 §15.5.6)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
import pytest

from app.api.routers import ROUTERS as OPERATIONS
from app.web.routers import ROUTERS
from app.work import Doors
from tests.api.speaking import API, is_problem
from tests.groups.building import a_group
from tests.web.test_every_route import PLACE, routes
from tests.world import a_member, a_page

pytestmark = pytest.mark.anyio

ANY_LENGTH = ":path}"
METHODS = ("GET", "POST", "DELETE", "OPTIONS")
A_PROGRAM = {"Accept": "application/json"}
# What stands at places whose kind of word is told.
FILLED = {"int": "1", "year": "2024", "path": "some/thing"}


def addresses(routers: Sequence[Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """An address for every one that was written down, and what can be done there, as `Allow` has it."""
    written = [
        (path, methods) for path, methods in routes(routers) if not path.endswith(ANY_LENGTH)
    ]
    for path in {path for path, _methods in written}:
        address = re.sub(r"\{\w+(?::(\w+))?\}", lambda place: FILLED.get(place[1], "x"), path)
        known = {
            m for other, methods in written if as_pattern(other).fullmatch(address) for m in methods
        }
        known |= {"HEAD"} if "GET" in known else set()
        yield address, {"allow": ", ".join(sorted(known))}


def as_pattern(path: str) -> re.Pattern[str]:
    """The addresses that are meant by one as it was written down."""
    kinds = {"int": "[0-9]+", "year": "[0-9]{4}", "path": ".*"}
    parts = re.split(r"(\{\w+(?::\w+)?\})", path)
    kind = [kinds.get(part.strip("{}").partition(":")[2], "[^/]+") for part in parts]
    return re.compile(
        "".join(
            kind[at] if PLACE.fullmatch(part) else re.escape(part) for at, part in enumerate(parts)
        )
    )


async def wrongly_answered(
    client: httpx.AsyncClient, found: Iterator[tuple[str, Mapping[str, str]]], base: str = ""
) -> tuple[list[httpx.Response], list[str]]:
    """All answers to methods that are not taken, and those which are not as they should be."""
    answers, wrong = [], []
    for address, known in found:
        for method in METHODS:
            if method in known["allow"].split(", "):
                continue
            # A program's answer, as hundreds of pages take long.
            answer = await client.request(method, f"{base}{address}", headers=A_PROGRAM)
            answers.append(answer)
            leads_on = answer.status_code == 301 and answer.headers["location"] == f"{address}/"
            if method == "GET" and leads_on:
                continue
            if (answer.status_code, answer.headers.get("allow")) != (405, known["allow"]):
                wrong.append(
                    f"{method} {address}: {answer.status_code} {answer.headers.get('allow')}"
                )
    return answers, wrong


async def test_every_page_says_what_can_be_done_at_its_address(visitor: httpx.AsyncClient) -> None:
    answers, wrong = await wrongly_answered(visitor, addresses(ROUTERS))

    assert wrong == []
    assert len(answers) > 500


async def test_every_operation_says_what_can_be_done_at_its_address(
    visitor: httpx.AsyncClient,
) -> None:
    answers, wrong = await wrongly_answered(visitor, addresses(OPERATIONS), API)

    assert wrong == []
    assert [
        answer.url
        for answer in answers
        if answer.request.method != "HEAD" and not is_problem(answer, 405)
    ] == []


async def test_whoever_reads_where_a_form_is_sent_to_is_told_so(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/account/sign-out", headers={"Accept": "text/html"})
    program = await visitor.get("/account/sign-out", headers=A_PROGRAM)

    assert page.status_code == 405
    assert "There is nothing to read at this address" in page.text
    assert is_problem(program, 405)


async def test_a_page_that_leads_nowhere_stays_unknown(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    """Only what nothing was written down for has another method; what may not be seen is not there."""
    async with doors.unit_of_work() as db:
        group = await a_group(db, by=await a_member(db), visibility="hidden")

    for path in (
        f"/groups/{group.slug}/",
        "/promises/9/",
        "/resources/9/",
        "/2024/03/no-such/",
        "/no-such/",
    ):
        assert (await visitor.get(path)).status_code in (401, 404), path


async def test_what_stands_at_such_an_address_is_shown(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        await a_page(db, "Comment", under=await a_page(db))

    answer = await visitor.get("/about/comment")

    assert (answer.status_code, answer.headers["location"]) == (301, "/about/comment/")
