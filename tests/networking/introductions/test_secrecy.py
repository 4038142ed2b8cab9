"""What nobody learns: who knows whom, who blocked whom, who never wants to meet whom."""

from datetime import timedelta

import pytest

from app.accounts.blocks import block
from app.core import clock
from app.core.events import take_recorded
from app.networking.connections.actions import allow_paths, say_we_know_each_other
from app.networking.introductions.answering import pass_on
from app.networking.introductions.asking import Offer, offer
from app.networking.introductions.choosing import introduce_again, never_introduce
from app.networking.introductions.models import Introduction
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.networking.introductions.meeting import (
    WORDS,
    as_,
    asked,
    browsers,
    knowing,
    letting_it_be_known,
    passed_on,
    request_form,
    three_in,
    three_people,
)

pytestmark = pytest.mark.anyio


async def test_no_path_and_a_path_that_is_not_allowed_look_the_same(
    doors: Doors, signed_in: SignedIn, count_queries: CountQueries
) -> None:
    three = await three_in(doors)
    ada = await signed_in(user=three.ada)
    form = f"/intros/new?to={three.cy.slug}"

    async def read() -> tuple[bytes, int]:
        await ada.get(form)
        with count_queries() as queries:
            page = await ada.get(form)
        return page.content, len(queries)

    not_allowed = await read()
    async with doors.unit_of_work() as db:
        # One of the two allows it, which is not enough.
        known = await say_we_know_each_other(db, as_(three.bo), three.cy.id)
        await allow_paths(db, as_(three.bo), known.id, allowed=True)
    half_allowed = await read()
    async with doors.unit_of_work() as db:
        await letting_it_be_known(db, three.bo, three.cy)
    allowed = await read()
    async with doors.unit_of_work() as db:
        connection = await say_we_know_each_other(db, as_(three.cy), three.bo.id)
        await db.delete(connection)
    no_path = await read()

    assert no_path == not_allowed == half_allowed
    assert b"They know each other" not in no_path[0]
    assert b"They know each other" in allowed[0]
    assert allowed[1] == no_path[1]


async def test_nobodys_people_are_listed_to_anybody_else(doors: Doors, signed_in: SignedIn) -> None:
    three = await three_in(doors)
    ada, _bo, cy, dee = await browsers(signed_in, three)

    known_to_ada = (await ada.get("/intros/known/")).text
    assert "Bo Carter" in known_to_ada
    assert "Cy Dunn" not in known_to_ada
    assert "Ada Brown" not in (await cy.get("/intros/known/")).text
    assert "Carter" not in (await dee.get("/intros/known/")).text
    for name in (three.bo.slug, three.ada.slug):
        assert "Cy Dunn" not in (await ada.get(f"/intros/new?to={name}")).text


async def test_a_fourth_person_finds_nothing_and_changes_nothing(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        introduction = await passed_on(db, three)
    ada, bo, _cy, dee = await browsers(signed_in, three)
    one, nothing = f"/intros/{introduction.id}/", "/intros/999/"

    assert (await dee.get(one)).content == (await dee.get(nothing)).content
    acts = ("passing-on", "forwarding", "acceptance", "refusal", "withdrawal", "talk", "thanks")
    for act in acts:
        answer = await dee.post(one + act, data={"talked": "yes"})
        assert answer.status_code == 404, act
        assert answer.content == (await dee.post(nothing + act, data={"talked": "yes"})).content
    # Nor do the three do what is another's.
    assert (await ada.post(one + "acceptance")).status_code == 409
    assert (await bo.post(one + "acceptance")).status_code == 409
    async with doors.reading() as db:
        assert (await db.get_one(Introduction, introduction.id)).state == "passed_on"


async def test_a_visitor_is_asked_to_sign_in(visitor) -> None:
    for path in ("/intros/", "/intros/new", "/intros/1/", "/intros/known/", "/conversations/1/"):
        assert (await visitor.get(path)).status_code == 401


@pytest.mark.parametrize("who_blocks", ["bo", "cy"])
@pytest.mark.parametrize("way", ["they block", "blocked by"])
async def test_to_a_blocker_a_request_looks_delivered_and_goes_nowhere(
    doors: Doors, signed_in: SignedIn, who_blocks: str, way: str
) -> None:
    three = await three_in(doors)
    blocker = getattr(three, who_blocks)
    async with doors.unit_of_work() as db:
        one, other = (blocker, three.ada) if way == "they block" else (three.ada, blocker)
        await block(db, as_(one), other.id, clock.now())
    ada, bo, cy, _dee = await browsers(signed_in, three)

    answer = await ada.post("/intros/", data=request_form(three))

    assert (answer.status_code, answer.headers["location"]) == (303, "/intros/?done=asked")
    assert "It waits for Bo Carter." in (await ada.get("/intros/1/")).text
    for browser in (bo, cy):
        assert (await browser.get("/intros/1/")).status_code == 404
        assert WORDS["why"] not in (await browser.get("/intros/")).text


async def test_what_goes_nowhere_tells_nobody_and_fills_nobodys_list(session) -> None:
    three = await three_people(session)
    await block(session, as_(three.cy), three.ada.id, clock.now())
    take_recorded(session)

    introduction = await asked(session, three)

    assert introduction.goes_nowhere
    assert take_recorded(session) == []


async def test_never_introduce_us_is_silent_and_ends_what_waits_like_any_no(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        introduction = await passed_on(db, three)
    ada, bo, cy, _dee = await browsers(signed_in, three)
    one = f"/intros/{introduction.id}/"
    assert "Never introduce us" in (await cy.get(one)).text

    done = await cy.post("/intros/choices/never/", data={"handle": three.ada.slug})

    assert done.status_code == 303
    assert "Ada Brown" in (await cy.get("/intros/choices/")).text
    assert "Not this time." in (await bo.get(one)).text
    assert "has passed it on" in (await ada.get(one)).text
    with clock.moved(timedelta(days=15)):
        assert "Not this time." in (await ada.get(one)).text
    assert "never" not in (await ada.get(one)).text.lower()
    assert "never" not in (await bo.get(one)).text.lower()


async def test_who_is_never_to_be_introduced_sends_requests_that_look_delivered(session) -> None:
    three = await three_people(session)
    await never_introduce(session, as_(three.cy), three.ada.id)

    introduction = await asked(session, three)

    assert introduction.goes_nowhere
    await introduce_again(session, as_(three.cy), three.ada.id)
    await knowing(session, three.dee, three.ada)
    await knowing(session, three.dee, three.cy)
    offered = await offer(
        session,
        as_(three.dee),
        Offer(first_id=three.ada.id, second_id=three.cy.id, note_to_first="A", note_to_second="C"),
    )
    assert not offered.goes_nowhere


async def test_who_blocks_afterwards_sees_the_request_no_more(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        introduction = await passed_on(db, three)
        await block(db, as_(three.cy), three.ada.id, clock.now())
    ada, _bo, cy, _dee = await browsers(signed_in, three)
    one = f"/intros/{introduction.id}/"

    assert (await cy.get(one)).status_code == 404
    assert (await cy.post(one + "acceptance")).status_code == 404
    assert "has passed it on" in (await ada.get(one)).text


async def test_a_reason_is_for_the_connector_alone(doors: Doors, signed_in: SignedIn) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        introduction = await asked(db, three)
        await pass_on(db, as_(three.bo), introduction.id, "A note for Cy.")
    ada, bo, cy, _dee = await browsers(signed_in, three)
    one = f"/intros/{introduction.id}/"

    await cy.post(one + "refusal", data={"word": "I am moving away."})

    assert "I am moving away." in (await bo.get(one)).text
    assert "I am moving away." not in (await ada.get(one)).text
    assert "A note for Cy." not in (await ada.get(one)).text


async def test_of_two_who_are_offered_to_each_other_neither_learns_of_the_others_answer(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    ada, bo, cy, dee = await browsers(signed_in, three)
    form = {
        "first": str(three.ada.id), "second": str(three.cy.id),
        "note_to_first": "For Ada alone.", "note_to_second": "For Cy alone.",
    }  # fmt: skip
    assert (await bo.post("/intros/two", data=form)).status_code == 303
    one = "/intros/1/"
    before = (await cy.get(one)).content
    assert "For Cy alone." in before.decode()
    assert "For Ada alone." not in before.decode()
    of_bo = (await bo.get(one)).content

    await ada.post(one + "acceptance")

    assert (await cy.get(one)).content == before
    assert (await bo.get(one)).content == of_bo
    await cy.post(one + "refusal")
    for browser in (ada, bo):
        assert "Not this time." in (await browser.get(one)).text
    assert (await dee.get(one)).status_code == 404


async def test_two_who_are_offered_and_both_agree_are_introduced(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        made = Offer(
            first_id=three.ada.id, second_id=three.cy.id, note_to_first="A", note_to_second="C"
        )
        await offer(db, as_(three.bo), made)
    ada, _bo, cy, _dee = await browsers(signed_in, three)

    await cy.post("/intros/1/acceptance")
    await ada.post("/intros/1/acceptance")

    for browser in (ada, cy):
        assert "/conversations/1/" in (await browser.get("/intros/1/")).text


async def test_two_who_know_each_other_are_offered_to_each_other_for_nothing(session) -> None:
    three = await three_people(session)
    await knowing(session, three.ada, three.cy)
    take_recorded(session)

    made = Offer(
        first_id=three.ada.id, second_id=three.cy.id, note_to_first="A", note_to_second="C"
    )
    offered = await offer(session, as_(three.bo), made)

    assert offered.goes_nowhere
    assert take_recorded(session) == []
