"""Groups by the API: known to those who may know of them, spoken in by those who belong there."""

from datetime import timedelta

import httpx
import pytest

from app.accounts.actor import Role
from app.core import clock
from app.groups.models import Group, MemberState
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import API, is_problem
from tests.conftest import CountQueries
from tests.groups.building import a_group, a_membership
from tests.visiting import BASE_URL
from tests.world import a_member

pytestmark = pytest.mark.anyio


async def groups(doors: Doors) -> dict[str, Group]:
    """One of each visibility, with Mika in all of them."""
    async with doors.unit_of_work() as db:
        olga, mika = await a_member(db, "Olga"), await a_member(db, "Mika")
        found = {}
        for visibility in ("public", "members", "hidden"):
            found[visibility] = await a_group(
                db, f"The {visibility}", by=olga, visibility=visibility
            )
            await a_membership(db, found[visibility], mika)
        found["mika"] = mika  # type: ignore[assignment]
    return found


async def test_each_sees_the_groups_they_may_know_of(
    doors: Doors, program: Program, visitor: httpx.AsyncClient
) -> None:
    there = await groups(doors)
    member, stranger, owner = (
        await program(user=there["mika"]), await program(), await program(Role.OWNER),
    )  # fmt: skip

    async def seen(client: httpx.AsyncClient) -> list[str]:
        answer = await client.get(f"{BASE_URL}{API}/groups")
        return [one["visibility"] for one in answer.json()["items"]]

    assert await seen(visitor) == await seen(stranger) == ["public", "members"]
    assert await seen(member) == await seen(owner) == ["public", "members", "hidden"]


@pytest.mark.parametrize("rest", ["", "/members", "/topics", "/topics/1", "/topics/1/replies"])
async def test_a_hidden_group_answers_like_one_that_never_was(
    doors: Doors, program: Program, visitor: httpx.AsyncClient, rest: str, count_queries: CountQueries
) -> None:  # fmt: skip
    there = await groups(doors)
    hidden = there["hidden"].slug
    member, stranger = await program(user=there["mika"]), await program(Role.MODERATOR)
    begun = await member.post(f"groups/{hidden}/topics", json={"title": "One", "text": "Two."})
    assert begun.json()["id"] == 1

    assert (await member.get(f"groups/{hidden}{rest}")).status_code == 200
    for client in (visitor, stranger):
        told = []
        for slug in ("never-was", hidden):
            await client.get(f"{API}/groups/{slug}{rest}")
            with count_queries() as queries:
                answer = await client.get(f"{API}/groups/{slug}{rest}")
            needs_token = rest == "/members" and client is visitor
            assert is_problem(answer, 401 if needs_token else 404)
            told.append((answer.content, len(queries)))
        assert told[0] == told[1]


async def test_a_member_begins_a_discussion_and_another_answers(
    doors: Doors, program: Program, visitor: httpx.AsyncClient
) -> None:
    there = await groups(doors)
    slug = there["public"].slug
    mika, stranger = await program(user=there["mika"]), await program()

    begun = await mika.post(
        f"groups/{slug}/topics",
        json={"title": "Who is hiring?", "text": "I *would* like to know.", "tags": ["Work"]},
    )
    assert begun.status_code == 201, begun.text
    topic = begun.json()
    assert (topic["tags"], topic["is_shown"]) == (["work"], True)
    assert (await visitor.get(begun.headers["location"])).json() == topic
    replies = f"groups/{slug}/topics/{topic['id']}/replies"
    refused = await stranger.post(replies, json={"text": "Me too."})
    assert is_problem(refused, 403)

    said = await mika.post(replies, json={"text": "Nobody yet."})
    assert said.status_code == 201, said.text
    assert (await mika.get(said.headers["location"])).json() == said.json()
    listed = (await visitor.get(f"{API}/{replies}")).json()["items"]
    assert [one["is_opening"] for one in listed] == [True, False]
    [line] = (await visitor.get(f"{API}/groups/{slug}/topics")).json()["items"]
    assert (line["id"], line["reply_count"]) == (topic["id"], 1)

    own = f"{replies}/{said.json()['id']}"
    changed = await mika.patch(own, json={"text": "Olga.", "version": said.json()["version"]})
    assert "Olga." in changed.json()["html"]
    late = await mika.patch(own, json={"text": "No.", "version": said.json()["version"]})
    assert is_problem(late, 409)
    assert late.json()["current"] == changed.json()
    assert is_problem(await stranger.patch(own, json={"text": "No.", "version": 1}), 404)


async def test_what_was_said_is_taken_back_and_leaves_a_line_without_a_name(
    doors: Doors, program: Program
) -> None:
    there = await groups(doors)
    mika, stranger = await program(user=there["mika"]), await program()
    topics = f"groups/{there['public'].slug}/topics"
    topic = (await mika.post(topics, json={"title": "Who?", "text": "Hello."})).json()
    replies = f"{topics}/{topic['id']}/replies"
    [opening] = (await mika.get(replies)).json()["items"]
    said = (await mika.post(replies, json={"text": "Olga."})).json()
    with clock.moved(timedelta(minutes=1)):
        answer = {"text": "Which?", "parent_id": said["id"]}
        await mika.post(replies, json=answer)

    refused = await mika.delete(f"{replies}/{opening['id']}")
    gone = await mika.delete(f"{replies}/{said['id']}")

    assert is_problem(refused, 403)
    assert "Others have answered" in refused.json()["detail"]
    assert (gone.status_code, gone.json()["status"]) == (200, "removed")
    listed = (await stranger.get(replies)).json()["items"]
    line = next(one for one in listed if one["id"] == said["id"])
    assert (line["author"], line["html"]) == ({"name": "", "handle": None}, "")
    assert is_problem(await stranger.delete(f"{replies}/{said['id']}"), 404)
    assert is_problem(await mika.delete(f"{replies}/{said['id']}"), 403)


async def test_who_belongs_there_is_told_to_those_who_do(
    doors: Doors, program: Program, visitor: httpx.AsyncClient
) -> None:
    there = await groups(doors)
    here = f"groups/{there['public'].slug}/members"
    mika, stranger = await program(user=there["mika"]), await program()

    listed = await mika.get(here, params={"limit": 1})
    rest = await mika.get(listed.links["next"]["url"])

    names = [one["name"] for page in (listed, rest) for one in page.json()["items"]]
    assert sorted(names) == ["Mika", "Olga"]
    assert is_problem(await stranger.get(here), 403)
    assert is_problem(await visitor.get(f"{API}/{here}"), 401)


async def test_who_is_put_out_reads_no_more_with_the_next_call(
    doors: Doors, program: Program
) -> None:
    there = await groups(doors)
    slug = there["hidden"].slug
    async with doors.unit_of_work() as db:
        eva = await a_member(db, "Eva")
        belongs = await a_membership(db, there["hidden"], eva)
    reader = await program(user=eva)
    assert (await reader.get(f"groups/{slug}")).status_code == 200

    async with doors.unit_of_work() as db:
        (await db.merge(belongs)).state = MemberState.BANNED

    assert is_problem(await reader.get(f"groups/{slug}"), 404)


async def test_a_member_asks_and_offers_as_on_the_page(doors: Doors, program: Program) -> None:
    there = await groups(doors)
    slug = there["public"].slug
    member, stranger = await program(user=there["mika"]), await program()
    day = (clock.now() + timedelta(days=9)).date().isoformat()
    asked = {"title": "Who prints?", "text": "In **color**.", "help": "contact", "needed_by": day}
    offered = {
        "title": "I proofread",
        "text": "Letters.",
        "help": "skill",
        "valid_until": day,
        "times": 3,
    }

    ask = await member.post(f"groups/{slug}/asks", json=asked)
    with clock.moved(timedelta(days=1)):
        offer = await member.post(f"groups/{slug}/offers", json=offered)

    assert (ask.status_code, offer.status_code) == (201, 201)
    assert ask.json()["kind"] == "ask"
    assert ask.json()["help"] == {
        "kind": "contact", "state": "open", "needed_by": day, "valid_until": None, "times": None,
        "taken": None, "commercial": False, "outcome": "",
    }  # fmt: skip
    assert (offer.json()["help"]["times"], offer.json()["help"]["taken"]) == (3, 0)
    assert (await member.get(ask.headers["Location"])).json() == ask.json()
    listed = await member.get(f"groups/{slug}/topics", params={"kind": "offer"})
    assert [one["id"] for one in listed.json()["items"]] == [offer.json()["id"]]
    assert is_problem(await stranger.post(f"groups/{slug}/asks", json=asked), 403)
    hidden = await stranger.post(f"groups/{there['hidden'].slug}/asks", json=asked)
    nowhere = await stranger.post("groups/nowhere/asks", json=asked)
    assert hidden.content == nowhere.content
    assert is_problem(nowhere, 404)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("needed_by", "2027-02-30"), ("needed_by", "2000-01-01"), ("needed_by", 5),
        ("needed_by", "9999-12-31"), ("help", "money"), ("commercial", True),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_an_ask_is_named(
    doors: Doors, program: Program, field: str, value: object
) -> None:
    there = await groups(doors)
    async with doors.unit_of_work() as db:
        (await db.get_one(Group, there["public"].id)).takes_commercial = False
    day = (clock.now() + timedelta(days=9)).date().isoformat()
    sent = {
        "title": "Who prints?",
        "text": "Me.",
        "help": "contact",
        "needed_by": day,
        field: value,
    }

    refused = await (await program(user=there["mika"])).post(
        f"groups/{there['public'].slug}/asks", json=sent
    )

    assert is_problem(refused, 422)
    assert [one["field"] for one in refused.json()["errors"]] == [field]


async def test_a_group_may_be_named_in_any_letters(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        mika = await a_member(db, "Mika")
        group = await a_group(db, slug="편지", by=mika)
    member = await program(user=mika)

    begun = await member.post(f"groups/{group.slug}/topics", json={"title": "One", "text": "Two."})
    said = await member.post(f"{begun.headers['Location']}/replies", json={"text": "Three."})

    assert (begun.status_code, said.status_code) == (201, 201)
    assert (await member.get(said.headers["Location"])).json() == said.json()
