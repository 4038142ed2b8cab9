"""The document is true: whatever may be sent by it is answered with a status and in a form that it names.

Schemathesis makes calls up from the document, right ones and wrong ones, and sends them to a running server.
"""

import contextlib
import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TypeAlias

import hypothesis
import pytest
import schemathesis
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
from tests.conftest import Serve
from tests.groups.building import a_group, a_membership
from tests.world import a_category, a_comment, a_member, a_post

pytestmark = pytest.mark.anyio

# So many calls of each operation, and as many that are wrong on purpose; others each time where more are asked for.
USUAL = 12
CALLS = int(os.environ.get("RAPPORT_TEST_SCHEMA_CALLS", USUAL))
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


@pytest.mark.parametrize("who", TOKENS)
async def test_every_answer_is_one_that_the_document_names(
    doors: Doors, serve: Serve, who: str
) -> None:
    make, part = TOKENS[who]
    async with doors.unit_of_work() as db:
        owner, member = await a_member(db, "Olga", roles=[Role.OWNER]), await a_member(db, "Max")
        post = await a_post(db, by=owner, under=[await a_category(db)])
        await a_comment(db, under=post)
        await a_membership(db, await a_group(db, slug="g", by=await a_member(db)), owner)
    server = serve(RAPPORT_RATE_LIMITS="off")
    token = await make(doors, owner, member)
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    document = schemathesis.openapi.from_url(f"{server.url}{API}/openapi.json")
    tried = 0

    for found in document.get_all_operations():
        for mode in schemathesis.GenerationMode:

            @hypothesis.given(case=found.ok().as_strategy(mode))
            @hypothesis.settings(
                max_examples=max(1, CALLS // part), deadline=None, database=None,
                derandomize=CALLS == USUAL, suppress_health_check=list(hypothesis.HealthCheck),
            )  # fmt: skip
            def calls(case: schemathesis.Case) -> None:
                nonlocal tried
                tried += 1
                case.validate_response(case.call(headers=headers), checks=CHECKS)

            with contextlib.suppress(hypothesis.errors.Unsatisfiable):
                # Where nothing is taken, nothing wrong can be sent.
                calls()

    assert tried > 500 // part
