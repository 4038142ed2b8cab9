"""Promises where they were made: what members of a group read of them, and what is offered after a reply."""

from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from app.accounts.blocks import block
from app.accounts.models import User
from app.core import clock
from app.groups.models import Group
from tests.conftest import SignedIn
from tests.groups.building import Place, a_membership, a_place, answer, begin
from tests.networking.asks.asking import acts_of, ask_for, help_with
from tests.networking.promises.promising import as_, offered, two_people
from tests.networking.promises.test_doors import in_days
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio

TEXT = "The list of mills"
SAID = "Mika promised Olga"


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


@dataclass
class Made:
    """In Olga's group Mika promised her something; Nora is a member, too."""

    place: Place
    topic: str
    promise: str
    nora: httpx.AsyncClient
    nora_id: int

    async def ticked_by(self, *who: httpx.AsyncClient) -> None:
        for one in who:
            answered = await one.post(f"{self.promise}showing", data={"show": "1"})
            assert answered.status_code == 303

    async def ticked_by_both(self) -> None:
        await self.ticked_by(self.place.owner, self.place.member)
        assert SAID in await self.read_by(self.nora)

    async def does(self, who: httpx.AsyncClient, noun: str, version: int, **fields: str) -> None:
        data = {"version": str(version), **fields}
        assert (await who.post(f"{self.promise}{noun}", data=data)).status_code == 303

    async def read_by(self, who: httpx.AsyncClient) -> str:
        page = await who.get(self.topic)
        assert page.status_code == 200
        return page.text


async def a_promise_in_a_group(doors, signed_in: SignedIn, *, of_an_ask: bool = False) -> Made:
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora")
        await a_membership(db, await db.get_one(Group, place.group_id), nora)
    if of_an_ask:
        topic = (await ask_for(place.owner, place)).headers["location"]
        await help_with(place.member, topic, TEXT)
        await place.owner.post(f"{acts_of(topic)}helpings/1/acceptance")
    else:
        topic = (await begin(place.owner, place)).headers["location"]
        await answer(place.member, topic, "I'll send you the list of mills.")
        sent = {"comment": "2", "text": TEXT, "due": in_days(9)}
        assert (await place.member.post("/promises/", data=sent)).status_code == 303
        await place.owner.post("/promises/1/acceptance", data={"version": "1"})
    return Made(place, topic, "/promises/1/", await signed_in(user=nora), nora.id)


@pytest.mark.parametrize("of_an_ask", [False, True])
async def test_members_of_a_group_read_a_promise_once_both_have_ticked_it(
    doors, signed_in, visitor, of_an_ask
) -> None:
    made = await a_promise_in_a_group(doors, signed_in, of_an_ask=of_an_ask)
    outside = await signed_in()
    page = (await made.place.member.get(made.promise)).text
    assert "Members of the group may read it where it was made" in page

    seen = [await made.read_by(made.nora)]
    await made.ticked_by(made.place.member)
    seen.append(await made.read_by(made.nora))
    await made.ticked_by(made.place.owner)
    assert all(SAID not in one for one in seen)
    assert f"{SAID}, by " in await made.read_by(made.nora)
    assert f'<q dir="auto">{TEXT}</q>' in await made.read_by(made.nora)
    for other in (visitor, outside):
        assert SAID not in await made.read_by(other)

    version = 1 if of_an_ask else 2
    await made.does(made.place.member, "completion", version)
    await made.does(made.place.owner, "confirmation", version + 1)
    assert f"{SAID}, and kept it" in await made.read_by(made.nora)
    await made.place.owner.post(f"{made.promise}showing")
    assert SAID not in await made.read_by(made.nora)


async def test_a_promise_that_lapsed_is_read_by_nobody_else_at_once(doors, signed_in) -> None:
    made = await a_promise_in_a_group(doors, signed_in)
    await made.ticked_by_both()

    # Nobody has written it down yet.
    with clock.moved(timedelta(days=9 + 15)):
        assert SAID not in await made.read_by(made.nora)


async def test_a_promise_that_was_taken_back_is_read_by_nobody_else(doors, signed_in) -> None:
    made = await a_promise_in_a_group(doors, signed_in)
    await made.ticked_by_both()

    await made.does(made.place.member, "withdrawal", 2, note="I fell ill.")

    assert SAID not in await made.read_by(made.nora)
    assert "I fell ill." not in await made.read_by(made.nora)


async def test_a_promise_that_is_reported_is_read_by_nobody_else(doors, signed_in) -> None:
    made = await a_promise_in_a_group(doors, signed_in)
    await made.ticked_by_both()

    form = {"kind": "promise", "id": "1", "reason": "attack"}
    assert (await made.place.owner.post("/report/", data=form)).status_code == 303

    assert SAID not in await made.read_by(made.nora)


async def test_across_a_block_nobody_reads_what_the_other_promised(doors, signed_in) -> None:
    made = await a_promise_in_a_group(doors, signed_in)
    await made.ticked_by_both()
    async with doors.unit_of_work() as db:
        mika = await db.get_one(User, made.place.member_id)
        await block(db, as_(mika), made.nora_id, clock.now())

    assert SAID not in await made.read_by(made.nora)
    assert SAID in await made.read_by(made.place.owner)


async def test_where_no_group_reads_it_nobody_is_asked_to_tick(doors, signed_in) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        said = await a_comment(db, "Who has a list?", under=await a_post(db), user_id=bo.id)
        await offered(db, ada, bo, source_kind="comment", source_id=said.id)
        await offered(db, ada, bo, text="Another thing.")
    adas = await signed_in(user=ada)

    for number in (1, 2):
        page = await adas.get(f"/promises/{number}/")
        assert page.status_code == 200
        assert "/showing" not in page.text


async def test_after_a_reply_that_sounds_like_a_promise_the_page_offers_to_make_it_one(
    doors, signed_in
) -> None:
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]

    sent = await answer(place.member, topic, "I'll send you the list of mills.")
    there = sent.headers["location"]
    page = (await place.member.get(there.partition("#")[0])).text

    assert there.endswith("?promise=2#reply-2")
    assert "This sounds like a promise." in page
    link = page.partition("This sounds like a promise.")[2].partition('href="')[2].partition('"')[0]
    form = await place.member.get(link)
    assert "Promise Olga something" in form.text
    # Nothing was made by itself, and nobody else is offered anything.
    assert "You owe nobody anything." in (await place.member.get("/promises/")).text
    assert "This sounds like a promise." not in (await place.member.get(topic)).text
    assert "This sounds like a promise." not in (await place.owner.get(f"{topic}?promise=2")).text


@pytest.mark.parametrize(
    "text", ["I sent you the list of mills.", "> I'll send you the list of mills.\n\nThank you!"]
)
async def test_after_any_other_reply_nothing_is_offered(doors, signed_in, text) -> None:
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]

    sent = await answer(place.member, topic, text)

    assert "promise" not in sent.headers["location"]


async def test_who_answers_themselves_is_offered_nothing(doors, signed_in) -> None:
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]

    sent = await answer(place.owner, topic, "I'll send you the list of mills.")

    assert sent.status_code == 303
    assert "promise" not in sent.headers["location"]
