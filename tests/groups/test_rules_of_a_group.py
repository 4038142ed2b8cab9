"""What the owner of a group decides about it is kept: who begins what, how often, and who is read first."""

import re
from datetime import timedelta

import httpx
import pytest

from app.core import clock
from app.groups.models import Group
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.groups.building import a_membership, a_place, answer, begin
from tests.world import a_member

pytestmark = pytest.mark.anyio

SECONDS = 20


async def test_in_slow_mode_some_time_passes_between_two_things_one_member_says(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in, slow_seconds=SECONDS)
    topic = (await begin(place.owner, place)).headers["location"]

    async def says(after: int, what: str) -> int:
        with clock.moved(timedelta(seconds=after)):
            if what == "topic":
                answered = await begin(place.member, place, f"Something at {after}?")
            else:
                answered = await answer(place.member, topic, f"A word at {after}.")
        assert answered.status_code in (303, 429)
        if answered.status_code == 429:
            assert 0 < int(answered.headers["retry-after"]) <= SECONDS
            assert f"at {after}" in answered.text
        return answered.status_code

    assert await says(0, "reply") == 303
    assert await says(10, "reply") == 429
    assert await says(12, "topic") == 429
    assert await says(21, "topic") == 303
    assert await says(32, "reply") == 429
    assert await says(42, "reply") == 303
    # Who keeps order is not held up by it.
    for n in range(3):
        assert (await answer(place.owner, topic, f"Order, {n}.")).status_code == 303


@pytest.mark.parametrize(("what", "other"), [("topics", "replies"), ("replies", "topics")])
async def test_so_much_is_enough_for_a_day(
    doors: Doors, signed_in: SignedIn, what: str, other: str
) -> None:
    place = await a_place(doors, signed_in, **{f"daily_{what}": 2, f"daily_{other}": 0})
    topic = (await begin(place.owner, place)).headers["location"]

    async def says(what: str, minute: int) -> int:
        with clock.moved(timedelta(minutes=minute)):
            if what == "topics":
                answered = await begin(place.member, place, f"Something at {minute}?")
            else:
                answered = await answer(place.member, topic, f"A word at {minute}.")
        return answered.status_code

    assert [await says(what, minute) for minute in (0, 10, 20)] == [303, 303, 429]
    assert await says(other, 30) == 303
    assert await says(what, 24 * 60 + 5) == 303


async def test_two_things_of_a_new_member_are_read_first(
    doors: Doors, signed_in: SignedIn, settings, visitor: httpx.AsyncClient
) -> None:
    settings.__dict__["rate_limits"] = "off"
    place = await a_place(doors, signed_in, holds_first=2)
    topic = (await begin(place.owner, place)).headers["location"]

    for n in range(2):
        await answer(place.member, topic, f"Word {n}.")
        assert f"Word {n}." not in (await visitor.get(topic)).text
        found = re.search(r"/mod/comments/(\d+)/approval", (await place.owner.get("/mod/")).text)
        assert found is not None
        await place.owner.post(found[0], data={"back": "/mod/"})
        assert f"Word {n}." in (await visitor.get(topic)).text

    await answer(place.member, topic, "Word 3.")
    assert "Word 3." in (await visitor.get(topic)).text


async def test_only_moderators_begin_where_it_says_so(doors: Doors, signed_in: SignedIn) -> None:
    place = await a_place(doors, signed_in, members_start=False)

    refused = await begin(place.member, place)
    begun = await begin(place.owner, place)

    assert (refused.status_code, begun.status_code) == (403, 303)
    assert "moderators begin" in refused.text
    assert "I would like to know" in refused.text
    assert f"{place.url}d/new/" not in (await place.member.get(place.url)).text
    assert (await answer(place.member, begun.headers["location"])).status_code == 303


async def test_who_is_put_out_goes_with_all_they_wrote_each_removal_written_down(
    doors: Doors, signed_in: SignedIn, settings, visitor: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    settings.__dict__["rate_limits"] = "off"
    place = await a_place(doors, signed_in)
    other = (await begin(place.owner, place, "Theirs stays")).headers["location"]
    for n in range(3):
        await answer(place.member, other, f"Bad word {n}.")
    topic = (await begin(place.member, place, "A bad beginning")).headers["location"]
    await answer(place.owner, other, "A good word.")
    async with doors.unit_of_work() as db:
        mona = await a_member(db, "Mona")
        await a_membership(db, await db.get_one(Group, place.group_id), mona, role="moderator")
    monas = await signed_in(user=mona)
    member = f"{place.url}members/{place.member_id}/"
    assert "remove all they wrote" in (await monas.get(member)).text

    await monas.post(f"{member}ban", data={"days": "0", "clean": "1"})
    await run_jobs()

    read = (await visitor.get(other)).text
    assert "Bad word" not in read
    assert "A good word." in read
    assert (await visitor.get(topic)).status_code == 404
    assert "A bad beginning" not in (await visitor.get(place.url)).text
    log = (await place.owner.get("/mod/?tab=removed")).text
    for words in ("Bad word 0.", "Bad word 1.", "Bad word 2.", "A bad beginning"):
        assert words in log
    kept = (await place.owner.get(f"{place.url}keep/")).text
    assert "put Mika out" in kept
    assert "removed what Mika wrote here" in kept


async def test_an_invitation_ends_on_its_day_or_when_it_is_ended(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in, joining="invite", rules="Be kind.")
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora")
    noras = await signed_in(user=nora)
    paths = []
    for _each in range(2):
        made = await place.owner.post(f"{place.url}invitations", data={"uses": "9", "days": "3"})
        found = re.search(r"http://[^/]+(/groups/invitations/[\w-]+/)", made.text)
        assert found is not None
        paths.append(found[1])
    (first, second) = paths
    assert "Be kind." in (await noras.get(first)).text
    assert (await noras.post(first, data={"rules": ""})).status_code == 422
    assert (await noras.post(f"{place.url}membership", data={"rules": "1"})).status_code == 403

    with clock.moved(timedelta(days=3, seconds=1)):
        late = await signed_in(user=nora)
        assert (await late.get(first)).status_code == 410
        assert (await late.post(first, data={"rules": "1"})).status_code == 410
    ends = re.findall(r"/invitations/\d+/end", (await place.owner.get(f"{place.url}keep/")).text)
    assert len(ends) == 2
    await place.owner.post(f"{place.url.rstrip('/')}{ends[0]}", data={"x": "1"})
    after = [(await noras.get(path)).status_code for path in (first, second)]
    assert sorted(after) == [200, 410]
    good = first if after[0] == 200 else second
    assert (await noras.post(good, data={"rules": "1"})).status_code == 303


async def test_a_tag_leads_to_what_has_it(doors: Doors, signed_in: SignedIn, settings) -> None:
    settings.__dict__["rate_limits"] = "off"
    place = await a_place(doors, signed_in)
    await begin(place.member, place, "About Rust", tags="Programming, #Rust, rust, 100%")
    await begin(place.member, place, "About rusty nails", tags="rusty, Gärten")

    page = (await place.member.get(place.url)).text

    assert "About rusty nails" in page
    for tag, found in (
        ("rust", 1),
        ("RUST", 1),
        ("rusty", 2),
        ("gärten", 2),
        ("100%", 1),
        ("%", 0),
        ("r", 0),
    ):
        listed = (await place.member.get(place.url, params={"tag": tag})).text
        assert ("About Rust" in listed, "About rusty nails" in listed) == (
            found == 1,
            found == 2,
        ), tag
    wrong = await begin(place.member, place, "Too many", tags="a,b,c,d,e,f")
    assert wrong.status_code == 422
    assert "a,b,c,d,e,f" in wrong.text
