"""Who may do what with an ask or an offer, as a table over the doors that people use."""

import httpx
import pytest

from app.accounts.blocks import block
from app.accounts.models import User
from app.core import clock
from app.groups.models import Group, MemberState
from app.work import Doors
from tests.conftest import SignedIn
from tests.groups.building import Place, a_membership, a_place, as_actor
from tests.networking.asks.asking import acts_of, ask_for, help_with, in_days, offer_to, wish_for
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def everybody(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient, place: Place
) -> dict[str, httpx.AsyncClient]:
    """One of each: of the group and not."""
    people = {"visitor": visitor, "asker": place.member, "member": place.owner}
    async with doors.unit_of_work() as db:
        group = await db.get_one(Group, place.group_id)
        muted = await a_member(db, "Muted")
        await a_membership(db, group, muted, state=MemberState.MUTED)
        helper = await a_member(db, "Helper")
        await a_membership(db, group, helper)
        stranger = await a_member(db, "Stranger")
    for name, user in (("muted", muted), ("helper", helper), ("stranger", stranger)):
        people[name] = await signed_in(user=user)
    return people


ACTS = {
    "helpings": {"way": "help", "words": "Gladly.", "due_on": "+5"},
    "helpings/1/acceptance": {},
    "helpings/1/refusal": {},
    "helpings/1/withdrawal": {},
    "passings": {"to": "muted"},
    "extension": {"needed_by": "+30"},
    "outcome": {"met": "no"},
    "withdrawal": {},
}
MAY = [
    ("helpings", {"visitor": 401, "asker": 403, "member": 303, "muted": 403, "stranger": 403}),
    (
        "helpings/1/acceptance",
        {"visitor": 401, "asker": 303, "helper": 403, "member": 403, "stranger": 403},
    ),
    ("helpings/1/refusal", {"visitor": 401, "asker": 303, "helper": 403, "member": 403}),
    ("helpings/1/withdrawal", {"visitor": 401, "helper": 303, "asker": 403, "member": 404}),
    (
        "passings",
        {"visitor": 401, "asker": 303, "member": 303, "muted": 403, "stranger": 403},
    ),
    ("extension", {"visitor": 401, "asker": 303, "member": 403, "helper": 403}),
    ("outcome", {"visitor": 401, "asker": 303, "member": 403, "helper": 403}),
    ("withdrawal", {"visitor": 401, "asker": 303, "member": 403, "stranger": 403}),
]


@pytest.mark.parametrize(
    ("act", "who", "status"),
    [(act, who, status) for act, row in MAY for who, status in row.items()],
)
async def test_who_may_do_what_with_an_ask(visitor, doors, signed_in, act, who, status):
    place = await a_place(doors, signed_in)
    people = await everybody(doors, signed_in, visitor, place)
    topic = (await ask_for(place.member, place)).headers["location"]
    await help_with(people["helper"], topic)
    data = {
        name: in_days(int(value)).isoformat() if value.startswith("+") else value
        for name, value in ACTS[act].items()
    }

    answered = await people[who].post(acts_of(topic) + act, data=data)

    assert answered.status_code == status


@pytest.mark.parametrize(
    ("act", "who", "status"),
    [
        ("closing", "member", 303),
        ("closing", "asker", 403),
        ("outcome", "member", 404),
        ("extension", "member", 404),
        ("helpings/1/acceptance", "member", 303),
        ("helpings/1/acceptance", "asker", 403),
    ],
)
async def test_who_may_do_what_with_an_offer(visitor, doors, signed_in, act, who, status):
    place = await a_place(doors, signed_in)
    people = await everybody(doors, signed_in, visitor, place)
    topic = (await offer_to(people["member"], place)).headers["location"]
    await wish_for(people["asker"], topic)
    data = {"met": "no", "needed_by": in_days(30).isoformat()}

    assert (await people[who].post(acts_of(topic) + act, data=data)).status_code == status


async def test_an_answer_is_read_by_the_two_it_is_between(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    people = await everybody(doors, signed_in, visitor, place)
    topic = (await ask_for(place.member, place)).headers["location"]
    await help_with(people["helper"], topic, "My secret plan.")

    reads = {who for who, one in people.items() if "My secret plan." in (await one.get(topic)).text}

    assert reads == {"asker", "helper"}


@pytest.mark.parametrize("visibility", ["members", "hidden"])
async def test_outside_a_group_its_asks_are_as_if_they_were_not(
    visitor, doors, signed_in, visibility
):
    place = await a_place(doors, signed_in, visibility=visibility)
    people = await everybody(doors, signed_in, visitor, place)
    topic = (await ask_for(place.member, place)).headers["location"]
    await offer_to(place.owner, place)
    number = acts_of(topic).rstrip("/").rpartition("/")[2]
    nothing = acts_of(topic).replace(f"/{number}/", "/999/")

    for outside in (visitor, people["stranger"]):
        for path in (
            "asks/",
            "offers/",
            "asks/new/",
            f"asks/{number}/",
            "asks/feed/",
            "offers/feed/",
        ):
            assert (await outside.get(place.url + path)).status_code == 404, path
        for act, data in ACTS.items():
            there = await outside.post(acts_of(topic) + act, data={**data, "due_on": "2027-01-01"})
            absent = await outside.post(nothing + act, data={**data, "due_on": "2027-01-01"})
            assert there.status_code == absent.status_code
            assert there.status_code in (404, 422), act
        for path in ("/asks/", "/asks/feed/", "/asks/feed/json/", "/groups/"):
            assert "second pair of eyes" not in (await outside.get(path)).text
    # Its members' own feed readers are strangers, too.
    assert (await place.member.get(f"{place.url}asks/feed/")).status_code == 404
    assert "second pair of eyes" not in (await place.member.get("/asks/feed/")).text
    assert "second pair of eyes" in (await place.owner.get("/asks/")).text


async def test_what_waits_for_a_moderator_is_on_no_board(visitor, doors, signed_in):
    place = await a_place(doors, signed_in, holds_first=2)
    topic = (await ask_for(place.member, place)).headers["location"]

    assert (await place.member.get(topic)).status_code == 200
    for path in (f"{place.url}asks/", "/asks/", "/asks/feed/", f"{place.url}asks/feed/"):
        assert "second pair of eyes" not in (await visitor.get(path)).text


async def test_to_who_blocked_somebody_it_looks_passed_on_and_goes_nowhere(
    visitor, doors, signed_in
):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora")
        await a_membership(db, await db.get_one(Group, place.group_id), nora)
        await block(db, as_actor(nora), place.owner_id, clock.now())

    passed = await place.owner.post(f"{acts_of(topic)}passings", data={"to": "nora"})
    unknown = await place.owner.post(f"{acts_of(topic)}passings", data={"to": "nobody"})

    assert passed.status_code == 303
    assert unknown.status_code == 422


async def test_who_is_blocked_by_the_asker_finds_nothing_to_answer(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await ask_for(place.member, place)).headers["location"]
    async with doors.unit_of_work() as db:
        mika = await db.get_one(User, place.member_id)
        await block(db, as_actor(mika), place.owner_id, clock.now())

    assert (await help_with(place.owner, topic)).status_code == 404
    assert "second pair of eyes" not in (await place.owner.get(f"{place.url}asks/")).text
