"""Every operation of the document, called by nobody, by a token for all else, by who may not, and by who may."""

from typing import Any

import httpx
import pytest

from app.accounts.actor import Role
from app.accounts.api_tokens import Scope
from app.api.document import document
from app.settings import Settings
from app.work import Doors
from tests.api.conftest import Program
from tests.api.rows import ANYBODY, ROWS, Row
from tests.api.scene import Scene, a_scene
from tests.api.speaking import API, is_problem
from tests.visiting import BASE_URL

pytestmark = pytest.mark.anyio

OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    operation["operationId"]: (method, path, operation)
    for path, methods in document(BASE_URL)["paths"].items()
    for method, operation in methods.items()
}


def test_each_operation_has_its_row() -> None:
    assert set(ROWS) == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_operation_is_done_for_whom_it_is_for(
    doors: Doors,
    settings: Settings,
    program: Program,
    visitor: httpx.AsyncClient,
    name: str,
) -> None:
    (method, path, operation), row = OPERATIONS[name], ROWS[name]
    settings.__dict__["rate_limits"] = "off"
    [scope] = operation["security"][-1]["token"]
    scene = await a_scene(doors, settings, program)
    filled = {part: told(scene, value) for part, value in row.at.items()}
    url = f"{BASE_URL}{API}{path.format(**{**scene.there, **filled})}"

    async def call(client: httpx.AsyncClient) -> httpx.Response:
        return await client.request(method, url, **sent_in(scene, row))

    nobody = await call(visitor)
    narrow = await call(await program(Role.OWNER, scopes=[one for one in Scope if one != scope]))
    assert (nobody.status_code == 401) != ({} in operation["security"]), nobody.text
    assert is_problem(narrow, 403)
    assert scope in narrow.json()["detail"]
    if row.wrong != ANYBODY:
        refused = await call(await program(user=scene.people[row.wrong]))
        assert is_problem(refused, row.refused), (refused.status_code, refused.text)
    done = await call(await program(user=scene.people[row.who]))
    assert done.status_code == row.status, done.text


def sent_in(scene: Scene, row: Row) -> dict[str, Any]:
    """What goes along with a call."""
    if row.files is not None:
        return {"files": row.files, "data": row.form or {}}
    return {"json": told(scene, row.sent)} if row.sent is not None else {}


def told(scene: Scene, value: Any) -> Any:
    """The same with the names of things in the scene replaced by their numbers."""
    if isinstance(value, dict):
        return {name: told(scene, one) for name, one in value.items()}
    if isinstance(value, list):
        return [told(scene, one) for one in value]
    is_name = isinstance(value, str) and value.startswith("{")
    return scene.there[value.strip("{}")] if is_name else value
