"""Who asks to join a group stands in its moderators' queue, until somebody has answered, by whichever door."""

import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.accounts.leaving import erase_account
from app.accounts.models import User
from app.groups.models import Group, JoinRequest, Membership
from app.moderation.models import Case
from tests.agreement import disagreements
from tests.groups.building import a_group, a_place, as_actor, begin
from tests.web.test_mod_queue import names_in
from tests.world import SECRETS, a_member

pytestmark = pytest.mark.anyio

QUESTIONS = {"joining": "request", "questions": ["What do you do?"]}


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def asks(doors, signed_in, place, name="Nell", answer="I bake bread."):
    """Somebody asks to join: their browser, and the number of the case."""
    async with doors.unit_of_work() as db:
        nell = await a_member(db, name)
    client = await signed_in(user=nell)
    sent = await client.post(f"{place.url}membership", data={"answer_1": answer, "rules": "1"})
    assert sent.status_code == 303, sent.text
    async with doors.reading() as db:
        return client, nell.id, await db.scalar(select(func.max(Case.id)))


async def state_of(doors, place, user_id):
    async with doors.reading() as db:
        member = await db.get(Membership, (place.group_id, user_id))
        assert await disagreements(db) == []
        return member.state if member else ""


async def test_a_request_stands_in_the_queue_with_its_answers_and_where_it_stood_before(
    doors, signed_in
):
    place = await a_place(doors, signed_in, **QUESTIONS)
    stranger = await a_keeper_beside(doors, signed_in)
    await asks(doors, signed_in, place)

    queue = await place.owner.get("/mod/")
    assert names_in(queue) == ["Nell"]
    for words in ("What do you do?", "I bake bread.", "Asks to join", "Job search", "Let in"):
        assert words in queue.text
    assert 'data-key="a"' in queue.text
    assert "I bake bread." in (await place.owner.get(f"{place.url}keep/")).text
    assert names_in(await stranger.get("/mod/")) == []
    assert names_in(await place.owner.get("/mod/?type=joining")) == ["Nell"]
    assert names_in(await place.owner.get("/mod/?type=reply")) == []


async def a_keeper_beside(doors, signed_in):
    """Somebody who keeps another group."""
    async with doors.unit_of_work() as db:
        gail = await a_member(db, "Gail")
        group = await a_group(db, "Gardens", by=gail)
        assert group.member_count == 1
    return await signed_in(user=gail)


@pytest.mark.parametrize(("noun", "state"), [("approval", "active"), ("removal", "")])
async def test_it_is_answered_from_the_queue_and_the_second_is_told(doors, signed_in, noun, state):
    place = await a_place(doors, signed_in, **QUESTIONS)
    _client, nell, case = await asks(doors, signed_in, place)

    done = await place.owner.post(f"/mod/cases/{case}/{noun}", data={"back": "/mod/"})

    assert done.status_code == 303
    assert await state_of(doors, place, nell) == state
    assert names_in(await place.owner.get("/mod/")) == []
    again = await place.owner.post(f"/mod/cases/{case}/{noun}", data={"back": "/mod/"})
    assert again.status_code == 404
    assert "Somebody may have answered it already" in again.text
    late = await place.owner.post(f"{place.url}requests/{nell}/acceptance")
    assert late.status_code == 409


async def test_whatever_settles_it_elsewhere_takes_it_out_of_the_queue(doors, signed_in):
    place = await a_place(doors, signed_in, **QUESTIONS)
    taken_back, first, _case = await asks(doors, signed_in, place)
    _client, second, _case = await asks(doors, signed_in, place, "Otto")
    _client, third, _case = await asks(doors, signed_in, place, "Pia")
    _client, fourth, _case = await asks(doors, signed_in, place, "Quin")
    assert names_in(await place.owner.get("/mod/")) == ["Nell", "Otto", "Pia", "Quin"]

    await taken_back.post(f"{place.url}membership/end")
    await place.owner.post(f"{place.url}requests/{second}/acceptance")
    await place.owner.post(f"{place.url}requests/{third}/refusal")
    async with doors.unit_of_work() as db:
        quin = as_actor(await db.get_one(User, fourth))
        await erase_account(db, quin, SECRETS, texts_go=True)

    assert names_in(await place.owner.get("/mod/")) == []
    for one, state in ((first, ""), (second, "active"), (third, ""), (fourth, "")):
        assert await state_of(doors, place, one) == state
    # They may ask again, and are one request still.
    await taken_back.post(f"{place.url}membership", data={"answer_1": "Please.", "rules": "1"})
    assert names_in(await place.owner.get("/mod/")) == ["Nell"]
    async with doors.reading() as db:
        query = select(func.count()).where(JoinRequest.user_id == first)
        assert await db.scalar(query) == 1


@pytest.mark.parametrize("visibility", ["public", "hidden"])
async def test_the_sites_moderators_read_nobodys_answers(doors, signed_in, visibility):
    place = await a_place(doors, signed_in, **QUESTIONS)
    _client, nell, case = await asks(doors, signed_in, place)
    async with doors.unit_of_work() as db:
        (await db.get_one(Group, place.group_id)).visibility = visibility
    moderator, owner = await signed_in(Role.MODERATOR), await signed_in(Role.OWNER)

    assert names_in(await moderator.get("/mod/")) == []
    assert '<span class="tabs__number">0</span>' in (await moderator.get("/mod/")).text
    assert names_in(await owner.get("/mod/")) == ["Nell"]
    answer = await moderator.post(f"/mod/cases/{case}/approval", data={"back": "/mod/"})
    assert answer.status_code == 404
    assert await state_of(doors, place, nell) == "requested"


@pytest.mark.parametrize(
    ("verb", "state"), [("approve", "active"), ("remove", ""), ("spam", "requested")]
)
async def test_many_are_answered_at_once_beside_what_is_said(
    doors, signed_in, run_jobs, verb, state
):
    place = await a_place(doors, signed_in, **QUESTIONS, holds_first=2)
    await begin(place.member, place)
    people = [await asks(doors, signed_in, place, name) for name in ("Nell", "Otto")]
    chosen = "&".join(f"chosen=c{case}" for _client, _id, case in people)
    form = f"verb={verb}&scope=chosen&chosen=1&{chosen}&back=/mod/"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    preview = await place.owner.post("/mod/batches/preview", content=form, headers=headers)
    assert ("Nell" in preview.text) is (verb != "spam")
    begun = await place.owner.post("/mod/batches", content=form, headers=headers)
    await run_jobs()

    assert [await state_of(doors, place, one) for _c, one, _case in people] == [state] * 2
    assert "Done:" in (await place.owner.get(begun.headers["location"])).text
    assert names_in(await place.owner.get("/mod/")) == (
        ["Nell", "Otto"] if state == "requested" else []
    )
