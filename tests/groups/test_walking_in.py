"""From the list of groups to an answer in a discussion, as people walk it, without script."""

import pytest
from lxml import html

from app.groups.models import MemberState
from tests.groups.building import a_place, answer, begin
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def test_a_visitor_finds_a_group_and_reads_what_is_said_in_it(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    begun = await begin(place.member, place)
    assert begun.status_code == 303
    topic = begun.headers["location"]
    answered = await answer(place.owner, topic)
    assert answered.status_code == 303

    everything = await visitor.get("/groups/")
    group = await visitor.get(place.url)
    read = await visitor.get(topic)

    assert "Job search" in everything.text
    assert "2 members" in everything.text
    assert "Finding work together." in group.text
    assert "Who is hiring?" in group.text
    assert "1 reply" in group.text
    assert "I know somebody." in read.text
    assert "Mika" in read.text
    assert "Olga" in read.text
    assert "Sign in to take part." in read.text


async def test_somebody_joins_an_open_group_and_speaks_there(doors, signed_in):
    place = await a_place(doors, signed_in, rules="Be kind.")
    async with doors.unit_of_work() as db:
        new = await a_member(db, "Nora")
    nora = await signed_in(user=new)

    form = await nora.get(f"{place.url}join/")
    refused = await nora.post(f"{place.url}membership", data={"rules": ""})
    joined = await nora.post(f"{place.url}membership", data={"rules": "1"})
    begun = await begin(nora, place, "Hello from Nora")

    assert "Be kind." in form.text
    assert refused.status_code == 422
    assert "accept the rules" in refused.text
    assert joined.status_code == 303
    assert joined.headers["location"] == place.url
    assert begun.status_code == 303
    assert "Hello from Nora" in (await place.member.get(place.url)).text


async def test_who_asks_to_join_answers_the_questions_and_waits(doors, signed_in, session):
    place = await a_place(doors, signed_in, joining="request", questions=["What do you do?"])
    async with doors.unit_of_work() as db:
        new = await a_member(db, "Nora")
    nora = await signed_in(user=new)

    refused = await nora.post(f"{place.url}membership", data={"answer_1": "  "})
    asked = await nora.post(f"{place.url}membership", data={"answer_1": "I teach."})
    page = await nora.get(place.url)

    assert refused.status_code == 422
    assert asked.status_code == 303
    assert "You have asked to join." in page.text
    assert "1 asks to join" in (await place.owner.get(place.url)).text
    assert (await begin(nora, place)).status_code == 403
    assert MemberState.REQUESTED == "requested"


async def test_each_question_that_was_not_answered_is_named_and_led_to(doors, signed_in):
    place = await a_place(
        doors, signed_in, joining="request", rules="Be kind.", questions=["Who?", "Why?", "When?"]
    )
    async with doors.unit_of_work() as db:
        new = await a_member(db, "Nora")
    nora = await signed_in(user=new)

    unkind = html.document_fromstring(
        (await nora.post(f"{place.url}membership", data={"answer_2": "To learn."})).text
    )
    silent = html.document_fromstring(
        (
            await nora.post(f"{place.url}membership", data={"rules": "1", "answer_2": "To learn."})
        ).text
    )

    for page, wrong in ((unkind, ["rules"]), (silent, ["answer_1", "answer_3"])):
        assert page.xpath("//*[@id='errors']//a/@href") == [f"#{name}" for name in wrong]
        assert page.xpath("//*[@aria-invalid]/@id") == wrong
        for name in wrong:
            (told,) = page.get_element_by_id(name).xpath("@aria-describedby")
            assert page.get_element_by_id(told).text_content()
    assert silent.get_element_by_id("answer_2").text.strip() == "To learn."


async def test_a_new_members_first_words_wait_and_only_they_see_them(visitor, doors, signed_in):
    place = await a_place(doors, signed_in, holds_first=2)

    begun = await begin(place.member, place)
    own = await place.member.get(begun.headers["location"])

    assert "waits for a moderator" in own.text
    assert (await visitor.get(begun.headers["location"])).status_code == 404
    assert "Who is hiring?" not in (await visitor.get(place.url)).text
    assert "Who is hiring?" in (await place.member.get(place.url)).text


async def test_what_was_typed_is_there_again_when_it_is_refused(doors, signed_in):
    place = await a_place(doors, signed_in)

    again = await begin(place.member, place, "", comment="Long thought about, not to be lost.")

    assert again.status_code == 422
    assert "Long thought about, not to be lost." in again.text
    assert 'href="#title"' in again.text


async def test_words_for_a_group_that_is_not_theirs_to_see_are_given_back(doors, signed_in):
    place = await a_place(doors, signed_in, visibility="hidden")
    async with doors.unit_of_work() as db:
        stranger = await a_member(db, "Nora")
    nora = await signed_in(user=stranger)

    answered = await begin(nora, place, comment="Nobody wants to type this twice.")

    assert answered.status_code == 404
    assert "Nobody wants to type this twice." in answered.text
    assert "Job search" not in answered.text


async def test_who_was_signed_out_while_writing_goes_on_after_signing_in(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)

    answered = await begin(visitor, place, comment="Half an hour of typing.")

    assert answered.status_code == 401
    assert "Half an hour of typing." in answered.text
