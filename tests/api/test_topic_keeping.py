"""What moderators of a group do with its discussions, by the API."""

from typing import Any

import httpx
import pytest

from app.settings import Settings
from app.work import Doors
from tests.api.conftest import Program
from tests.api.scene import Scene, a_scene
from tests.api.speaking import is_problem

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scene(doors: Doors, settings: Settings, program: Program) -> Scene:
    settings.__dict__["rate_limits"] = "off"
    return await a_scene(doors, settings, program)


def topic_in(scene: Scene, which: str = "topic_id") -> str:
    return f"groups/{scene.there['slug']}/topics/{scene.there[which]}"


async def test_it_is_pinned_closed_and_solved(scene: Scene, program: Program) -> None:
    gwen, max_ = await program(user=scene.people["gwen"]), await program(user=scene.people["max"])
    here = topic_in(scene)

    kept = await gwen.patch(here, json={"is_pinned": True, "is_locked": True})
    solved = await max_.patch(here, json={"solved_by": scene.there["reply_id"]})

    assert (kept.json()["is_pinned"], kept.json()["is_locked"]) == (True, True)
    assert (solved.json()["is_solved"], solved.json()["solved_by"]) == (
        True,
        scene.there["reply_id"],
    )
    assert is_problem(await max_.post(f"{here}/replies", json={"text": "More."}), 403)
    late = await gwen.patch(here, json={"is_locked": False, "version": kept.json()["version"]})
    assert is_problem(late, 409)
    assert late.json()["current"] == solved.json()


async def test_it_goes_to_another_group(scene: Scene, program: Program) -> None:
    gwen = await program(user=scene.people["gwen"])

    moved = await gwen.post(f"{topic_in(scene)}/move", json={"group": scene.there["other"]})

    assert moved.status_code == 201
    assert (await gwen.get(moved.headers["location"])).json() == moved.json()
    assert is_problem(await gwen.get(topic_in(scene)), 404)
    nowhere = await gwen.post(f"{topic_in(scene, 'into')}/move", json={"group": "nowhere"})
    assert is_problem(nowhere, 404)


async def test_it_becomes_part_of_another_and_a_part_of_it_stands_alone(
    scene: Scene, program: Program
) -> None:
    gwen, there = await program(user=scene.people["gwen"]), scene.there

    async def post(path: str, sent: Any) -> httpx.Response:
        return await gwen.post(f"{topic_in(scene)}/{path}", json=sent)

    apart = await post("split", {"title": "Apart", "reply_ids": [there["reply_id"]]})
    nothing = await post("split", {"title": "Apart", "reply_ids": [there["reply_id"]]})
    merged = await post("merger", {"into_id": there["into"]})
    itself = await gwen.post(f"{topic_in(scene, 'into')}/merger", json={"into_id": there["into"]})

    assert (apart.status_code, apart.json()["title"]) == (201, "Apart")
    assert [one["field"] for one in nothing.json()["errors"]] == ["reply_ids"]
    assert (merged.status_code, merged.json()["id"]) == (201, there["into"])
    assert [one["field"] for one in itself.json()["errors"]] == ["into_id"]
    assert (await gwen.get(topic_in(scene))).json()["moved_to"] == there["into"]
