"""Whoever comes too late by the API is told why, and how the thing stands now."""

from datetime import timedelta

import httpx
import pytest

from app.core import clock
from app.networking.asks.models import Helping, HelpWay
from app.networking.asks.moves import HelpState
from app.settings import Settings
from app.work import Doors
from tests.api.conftest import Program
from tests.api.scene import Scene, a_scene
from tests.api.speaking import is_problem
from tests.world import a_member

pytestmark = pytest.mark.anyio

_TOPIC = "groups/{slug}/topics/"


@pytest.fixture
async def scene(doors: Doors, settings: Settings, program: Program) -> Scene:
    settings.__dict__["rate_limits"] = "off"
    return await a_scene(doors, settings, program)


async def sent(
    scene: Scene, program: Program, who: str, path: str, body: object, method: str = "POST"
) -> httpx.Response:
    """What somebody's program is answered."""
    client = await program(user=scene.people[who])
    return await client.request(method, path.format(**scene.there), json=body)


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [
        ("max", _TOPIC + "{met}/withdrawal", None),
        ("max", _TOPIC + "{met}/extension", {"needed_by": "2027-05-01"}),
        ("gwen", _TOPIC + "{ask}/merger", {"into_id": 1}),
        ("gwen", _TOPIC + "{topic_id}/move", {"group": "letters"}),
        ("ed", "posts/{post_id}/restoration", None),
        ("max", "groups/{slug}/resources/{shared}/publication", None),
        ("olga", "resources/{resource}/publication", None),
    ],
)
async def test_a_refusal_shows_how_it_stands(
    scene: Scene, program: Program, who: str, path: str, body: object
) -> None:
    late = await sent(scene, program, who, path, body)

    assert is_problem(late, 409)
    assert late.json()["current"]


async def test_what_was_taken_back_already_is_shown_as_it_stands(
    scene: Scene, program: Program
) -> None:
    reversal = "moderation/decisions/{decision_id}/reversal"
    back = await sent(scene, program, "mo", reversal, None)

    late = await sent(scene, program, "mo", reversal, None)

    assert is_problem(late, 409)
    assert late.json()["current"] == back.json()["case"]


async def test_the_same_answer_is_not_accepted_twice(scene: Scene, program: Program) -> None:
    moves = _TOPIC + "{ask}/helpings/{helping_id}/moves"
    accepted = await sent(scene, program, "max", moves, {"act": "accept"})

    late = await sent(scene, program, "max", moves, {"act": "accept"})

    assert is_problem(late, 409)
    assert late.json()["current"] == accepted.json()


async def test_of_more_than_a_hundred_answers_the_last_is_decided_about_too(
    doors: Doors, scene: Scene, program: Program
) -> None:
    async with doors.unit_of_work() as db:
        for number in range(100):
            helper = await a_member(db, f"Helper {number}")
            db.add(
                Helping(
                    topic_id=scene.there["ask"], user_id=helper.id, way=HelpWay.HELP, words="I do.",
                    due_on=clock.now().date(), made_at=clock.now() - timedelta(days=1),
                    state=HelpState.WAITING,
                )
            )  # fmt: skip

    moves = _TOPIC + "{ask}/helpings/{helping_id}/moves"
    decided = await sent(scene, program, "max", moves, {"act": "decline"})

    assert decided.status_code == 201, decided.text
    assert (decided.json()["handle"], decided.json()["state"]) == ("ada", "declined")
