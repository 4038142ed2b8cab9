"""What is new while a page is open: counts and one number, told to who may read, for as long as they may."""

import asyncio
import json
import resource
import signal

import pytest

from app.accounts.blocks import block
from app.accounts.models import User
from app.core import clock
from app.core.errors import NotReady, TooMany
from app.discussions.topics.keeping import move
from app.discussions.topics.listening import Said
from app.groups.founding import set_state
from app.groups.models import Group, GroupState
from app.web.live.room import MOST_OF_A_SESSION, MOST_OF_AN_ADDRESS, Room
from app.web.live.stream import Heard, Listener, Stream
from tests.groups.building import a_group, a_membership, a_place, answer, as_actor, begin
from tests.groups.listening import AS_EVENTS, a_talk
from tests.world import a_member

pytestmark = pytest.mark.anyio

UNLIMITED = {"RAPPORT_RATE_LIMITS": "off"}


async def test_who_listens_is_told_how_much_is_said_and_never_what(doors, serve):
    server = serve(**UNLIMITED)
    async with a_talk(doors, server) as talk:
        async with doors.unit_of_work() as db:
            olga = await db.get_one(User, talk.place.owner_id)
            await a_group(db, "Bakers", by=olga, visibility="members")
        visitor, member = await talk.listen(talk.visitor), await talk.listen(talk.place.member)
        inbox = await talk.listen(talk.place.member, "/live/")
        assert json.loads((await visitor.event())["data"]) == {"count": 1, "newest": 1, "unread": 0}
        await talk.say("I know a baker.")

        told = await visitor.event()
        assert json.loads(told["data"]) == {"count": 2, "newest": 2, "unread": 0}
        while json.loads((await member.event())["data"])["unread"] == 0:
            pass
        while (of_inbox := json.loads((await inbox.event())["data"]))["unread"] == 0:
            pass
        assert of_inbox == {"count": 0, "newest": 0, "unread": 1}
        assert "baker" not in "".join(visitor.heard + member.heard + inbox.heard)
        headers = visitor.answer.headers
        assert headers["content-type"] == "text/event-stream"
        assert headers["cache-control"] == "no-store, no-transform"
        assert headers["x-accel-buffering"] == "no"
        assert headers["content-security-policy"]
        assert headers.keys().isdisjoint({"content-length", "content-encoding", "set-cookie"})

        # Whoever comes back is told what they missed, and nothing that they know.
        missed = await talk.listen(talk.visitor, headers={"Last-Event-ID": "1-1-0"})
        known = await talk.listen(talk.visitor, headers={"Last-Event-ID": told["id"]})
        assert await missed.event() == told
        await talk.say("And a candlestick maker.")
        assert json.loads((await known.event())["data"])["count"] == 3

        # Where it goes, not everybody reads.
        async with doors.unit_of_work() as db:
            await move(db, as_actor(olga), talk.place.slug, 1, "bakers")
        for ear in (visitor, member, missed, known):
            while await ear.event():
                pass

        # A server that stops lets them go with a complete answer, and waits for nobody.
        owner = await talk.listen(talk.place.owner)
        server.process.send_signal(signal.SIGTERM)
        for ear in (inbox, owner):
            while await ear.event():
                pass
        assert server.process.wait(60) in (0, -signal.SIGTERM)
        assert "exceeded" not in server.printed()


async def test_a_stream_ends_with_what_let_its_listener_read(doors, serve):
    async with a_talk(doors, serve(), visibility="hidden") as talk:
        place = talk.place
        hidden = await talk.visitor.get(talk.live, headers=AS_EVENTS)
        nowhere = await talk.visitor.get("/live/topics/999", headers=AS_EVENTS)
        assert (hidden.status_code, hidden.text) == (nowhere.status_code, nowhere.text)
        assert hidden.status_code == 404

        ears = [await talk.listen(talk.place.owner) for _ in range(MOST_OF_A_SESSION)]
        refused = await place.owner.get(talk.live, headers=AS_EVENTS)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        assert (await place.owner.get(talk.live)).json()["count"] == 1
        owner = ears[0]

        here, inbox = await talk.listen(place.member), await talk.listen(place.member, "/live/")
        banned = await place.owner.post(
            f"{place.url}members/{place.member_id}/ban", data={"days": "0"}
        )
        assert banned.status_code == 303
        while await here.event():
            pass
        signed_out = await place.member.post("/account/sign-out")
        assert signed_out.status_code == 303
        while await inbox.event():
            pass
        await talk.say()
        while json.loads((await owner.event())["data"])["count"] != 2:
            pass
        async with doors.unit_of_work() as db:
            await set_state(
                db, as_actor(await db.get_one(User, place.owner_id)), place.slug, GroupState.CLOSED
            )
        while await owner.event():
            pass


@pytest.fixture
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def test_who_asks_again_and_again_gets_the_same_in_short(no_haste, doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.member, place)).headers["location"]
    live = "/live/topics/1"

    first = await visitor.get(live)
    again = await visitor.get(live, headers={"If-None-Match": first.headers["etag"]})
    await answer(place.owner, topic)
    later = await visitor.get(live, headers={"If-None-Match": first.headers["etag"]})

    assert first.json() == {"count": 1, "newest": 1, "unread": 0}
    assert (again.status_code, again.content) == (304, b"")
    assert later.json()["count"] == 2
    assert later.headers["cache-control"] == "no-store"
    assert (await place.member.get("/live/")).json()["unread"] == 0
    assert (await visitor.get("/live/", headers=AS_EVENTS)).status_code == 401
    head = await visitor.head(live, headers=AS_EVENTS)
    assert head.headers["content-type"] == "text/event-stream"
    refused = await visitor.post(live)
    assert refused.status_code == 405
    assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_what_is_said_by_whom_one_does_not_see_does_not_count(no_haste, doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.member, place)).headers["location"]
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora")
        await a_membership(db, await db.get_one(Group, place.group_id), nora)
        await block(db, as_actor(nora), place.owner_id, clock.now())
    hers = await signed_in(user=nora)
    await answer(place.owner, topic)

    told = await hers.get("/live/topics/1")
    page = await hers.get(topic)

    assert told.json() == {"count": 1, "newest": 1, "unread": 0}
    assert 'data-count="1"' in page.text
    assert 'data-count="2"' in (await place.member.get(topic)).text


async def test_a_stream_costs_no_more_queries_than_a_small_answer(
    no_haste, doors, signed_in, count_queries
):
    place = await a_place(doors, signed_in)
    await begin(place.member, place)

    with count_queries() as queries:
        await place.member.get("/live/topics/1")

    assert len(queries) <= 4, queries


async def test_a_stream_says_each_state_once_and_shows_that_it_lives():
    sent: list[bytes] = []
    gone, taken = asyncio.Event(), asyncio.Event()

    async def receive():
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message["body"])
        taken.set()

    async def next_words():
        await taken.wait()
        taken.clear()
        return sent[-1]

    heard = Heard(said=Said(2, 7, 1), thread_id=1)
    stream = Stream(Listener("", 1, "address:x"), heard, "2-7-0", 0.0)
    running = asyncio.create_task(stream.run(receive, send))
    assert (await next_words()).startswith(b"retry: ")
    stream.tell(heard)
    stream.beat()
    assert await next_words() == b":\n\n"
    stream.tell(heard._replace(said=Said(3, 8, 1)))
    news = b'id: 3-8-0\nevent: news\ndata: {"count":3,"newest":8,"unread":0}\n\n'
    assert await next_words() == news
    gone.set()
    await running
    assert sent[-1] == b""


@pytest.mark.parametrize(
    ("owner", "most"), [("session:1", MOST_OF_A_SESSION), ("address:x", MOST_OF_AN_ADDRESS)]
)
def test_nobody_has_more_streams_than_they_need(owner, most):
    room = Room(is_limited=True)
    for _ in range(most):
        room.take(owner)

    with pytest.raises(TooMany) as refused:
        room.take(owner)
    room.take("session:2")
    room.give_back(owner)
    room.take(owner)

    assert refused.value.headers["Retry-After"]


def test_a_process_has_room_for_so_many_streams_and_no_more(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (40, 40))
    room = Room(is_limited=False)
    room.measure()
    for _ in range(20):
        room.take("address:x")

    with pytest.raises(NotReady):
        room.take("address:y")
