"""The document is true: whatever may be sent by it is answered with a status and in a form that it names.

Schemathesis makes calls up from the document, right ones and wrong ones, and sends them to a running server.
"""

import contextlib

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
from app.work import Doors
from tests.api.speaking import API, a_token
from tests.conftest import Serve
from tests.groups.building import a_group, a_membership
from tests.world import a_category, a_comment, a_member, a_post

pytestmark = pytest.mark.anyio

# So many calls of each operation, and as many that are wrong on purpose.
CALLS = 12
CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance, response_headers_conformance, unsupported_method,
)  # fmt: skip


async def test_every_answer_is_one_that_the_document_names(doors: Doors, serve: Serve) -> None:
    async with doors.unit_of_work() as db:
        owner = await a_member(db, "Olga", roles=[Role.OWNER])
        post = await a_post(db, by=owner, under=[await a_category(db)])
        await a_comment(db, under=post)
        await a_membership(db, await a_group(db, slug="g", by=await a_member(db)), owner)
    server = serve(RAPPORT_RATE_LIMITS="off")
    headers = {"Authorization": f"Bearer {await a_token(doors, owner)}"}

    document = schemathesis.openapi.from_url(f"{server.url}{API}/openapi.json")
    tried = 0

    for found in document.get_all_operations():
        for mode in schemathesis.GenerationMode:

            @hypothesis.given(case=found.ok().as_strategy(mode))
            @hypothesis.settings(
                max_examples=CALLS, deadline=None, database=None, derandomize=True,
                suppress_health_check=list(hypothesis.HealthCheck),
            )  # fmt: skip
            def calls(case: schemathesis.Case) -> None:
                nonlocal tried
                tried += 1
                case.validate_response(case.call(headers=headers), checks=CHECKS)

            with contextlib.suppress(hypothesis.errors.Unsatisfiable):
                # Where nothing is taken, nothing wrong can be sent.
                calls()

    assert tried > 500
