"""Every operation of the document, called by nobody, by a token for all else, by who may not, and by who may.

What is refused changes nothing, so one scene is enough for that; what is done takes turns, each in a scene of its own.
"""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

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


READS = [name for name, (method, _path, _op) in OPERATIONS.items() if method == "get"]


@dataclass
class Calls:
    """A scene, and programs in it, each made once."""

    scene: Scene
    program: Program
    visitor: httpx.AsyncClient
    made: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def by(self, who: str) -> httpx.AsyncClient:
        """The program of somebody in the scene."""
        if who not in self.made:
            self.made[who] = await self.program(user=self.scene.people[who])
        return self.made[who]

    async def all_else(self, scope: str) -> httpx.AsyncClient:
        """The program of an owner that may do all but this."""
        if scope not in self.made:
            scopes = [one for one in Scope if one != scope]
            self.made[scope] = await self.program(user=self.scene.people["olga"], scopes=scopes)
        return self.made[scope]

    async def call(self, name: str, client: httpx.AsyncClient) -> httpx.Response:
        """One operation, as its row has it."""
        (method, path, _operation), row = OPERATIONS[name], ROWS[name]
        filled = {part: told(self.scene, value) for part, value in row.at.items()}
        url = f"{BASE_URL}{API}{path.format(**{**self.scene.there, **filled})}"
        return await client.request(method, url, **sent_in(self.scene, row))

    async def is_done(self, name: str) -> None:
        """It is done for whom it is for."""
        row = ROWS[name]
        done = await self.call(name, await self.by(row.who))
        assert done.status_code == row.status, (name, done.text)


@pytest.fixture
async def calls(
    doors: Doors, settings: Settings, program: Program, visitor: httpx.AsyncClient
) -> Calls:
    settings.__dict__["rate_limits"] = "off"
    return Calls(await a_scene(doors, settings, program), program, visitor)


async def test_an_operation_is_for_nobody_else(calls: Calls) -> None:
    for name, (_method, _path, operation) in OPERATIONS.items():
        row, [scope] = ROWS[name], operation["security"][-1]["token"]
        is_public = {} in operation["security"]
        nobody = await calls.call(name, calls.visitor)
        narrow = await calls.call(name, await calls.all_else(scope))
        assert (nobody.status_code == 401) != is_public, (name, nobody.text)
        assert is_problem(narrow, 403), (name, narrow.text)
        assert scope in narrow.json()["detail"], name
        if row.wrong != ANYBODY:
            refused = await calls.call(name, await calls.by(row.wrong))
            assert is_problem(refused, row.refused), (name, refused.status_code, refused.text)


async def test_what_is_read_is_read_by_whom_it_is_for(calls: Calls) -> None:
    for name in READS:
        await calls.is_done(name)


@pytest.mark.parametrize("turn", sorted({row.turn for row in ROWS.values()}))
async def test_what_is_changed_is_changed_by_whom_it_is_for(calls: Calls, turn: int) -> None:
    for name in OPERATIONS:
        if name not in READS and ROWS[name].turn == turn:
            await calls.is_done(name)


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
