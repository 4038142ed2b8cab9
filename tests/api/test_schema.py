"""The document is true: whatever may be sent by it is answered with a status and in a form that it names.

Schemathesis makes calls up from the document, right ones and wrong ones. Each is sent to a running server with an
owner's token, and some of them with less, each to a server of its own: to make one up is most of the work.
"""

import contextlib
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from app.accounts.actor import Role
from app.accounts.api_tokens import Scope
from app.accounts.models import User
from app.core import clock
from app.work import Doors
from tests.api.speaking import API, a_token
from tests.databases import KINDS, Copies, doors_to
from tests.groups.building import a_group, a_membership
from tests.visiting import Server, serving
from tests.world import a_category, a_comment, a_member, a_post

pytestmark = pytest.mark.anyio

# So many calls of each operation, and as many that are wrong on purpose; others each time where more are asked for.
USUAL = 8
CALLS = int(os.environ.get("RAPPORT_TEST_SCHEMA_CALLS", USUAL))
# What is read of a call is the same on the other database, where it is about what is done then.
SHARE_ON_POSTGRES = 4
CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance, response_headers_conformance, unsupported_method,
)  # fmt: skip


Token: TypeAlias = Callable[[Doors, User, User], Awaitable[str]]


async def _of_an_owner(doors: Doors, owner: User, _member: User) -> str:
    return await a_token(doors, owner)


async def _of_a_member(doors: Doors, _owner: User, member: User) -> str:
    return await a_token(doors, member)


async def _for_reading(doors: Doors, owner: User, _member: User) -> str:
    return await a_token(doors, owner, [scope for scope in Scope if scope.value.endswith("read")])


async def _expired(doors: Doors, owner: User, _member: User) -> str:
    with clock.moved(timedelta(days=-2)):
        return await a_token(doors, owner, until=clock.now() + timedelta(days=1))


async def _none(_doors: Doors, _owner: User, _member: User) -> str:
    return ""


# Whose token comes along, and what part of the calls is made with it.
TOKENS: Mapping[str, tuple[Token, int]] = {
    "an owner": (_of_an_owner, 1),
    "a member": (_of_a_member, 3),
    "an owner who only reads": (_for_reading, 6),
    "an owner, too late": (_expired, 12),
    "nobody": (_none, 6),
}


@dataclass(frozen=True)
class Sender:
    """Somebody with a token, and a site of their own."""

    server: Server
    headers: Mapping[str, str]
    part: int


async def test_every_answer_is_one_that_the_document_names(
    copies: Copies, database_kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    share = 1 if database_kind == KINDS[0] or CALLS != USUAL else SHARE_ON_POSTGRES
    tried = Counter[str]()

    async with AsyncExitStack() as sites:
        senders = {
            who: await sites.enter_async_context(
                _a_sender(copies, tmp_path_factory.mktemp("sender"), who)
            )
            for who in TOKENS
        }
        url = f"{senders['an owner'].server.url}{API}/openapi.json"
        for found in schemathesis.openapi.from_url(url).get_all_operations():
            for mode in schemathesis.GenerationMode:

                @hypothesis.given(
                    case=found.ok().as_strategy(mode), turn=st.integers(0, CALLS // share - 1)
                )
                @hypothesis.settings(
                    max_examples=CALLS // share, deadline=None, database=None,
                    derandomize=CALLS == USUAL, suppress_health_check=list(hypothesis.HealthCheck),
                )  # fmt: skip
                def calls(case: schemathesis.Case, turn: int) -> None:
                    for who, sender in senders.items():
                        if turn % sender.part == 0:
                            tried[who] += 1
                            answer = case.call(
                                base_url=f"{sender.server.url}{API}", headers=dict(sender.headers)
                            )
                            case.validate_response(answer, checks=CHECKS)

                with contextlib.suppress(hypothesis.errors.Unsatisfiable):
                    # Where nothing is taken, nothing wrong can be sent.
                    calls()

    assert all(tried[who] > 500 // share // part for who, (_make, part) in TOKENS.items()), tried


@asynccontextmanager
async def _a_sender(copies: Copies, folder: Path, who: str) -> AsyncIterator[Sender]:
    """A site with a little of everything, served, and somebody there who sends what is made up."""
    make, part = TOKENS[who]
    with copies.fresh(folder) as url:
        async with doors_to(url) as doors:
            token = await _begin(doors, make)
        told = {"RAPPORT_DATABASE_URL": url, "RAPPORT_RATE_LIMITS": "off"}
        with serving(folder, told) as server:
            yield Sender(server, {"Authorization": f"Bearer {token}"} if token else {}, part)


async def _begin(doors: Doors, make: Token) -> str:
    async with doors.unit_of_work() as db:
        owner, member = await a_member(db, "Olga", roles=[Role.OWNER]), await a_member(db, "Max")
        post = await a_post(db, by=owner, under=[await a_category(db)])
        await a_comment(db, under=post)
        await a_membership(db, await a_group(db, slug="g", by=await a_member(db)), owner)
    return await make(doors, owner, member)
