"""Every page at a constant price, forms that come back filled in, and what is left for two at once."""

import asyncio

import pytest

from app.core import clock
from app.groups.profiles.models import Audience, Badge, Profile
from app.networking.introductions.asking import Offer, offer
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import ANSWER_WITHIN, State
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.networking.introductions.meeting import (
    WORDS,
    as_,
    asked,
    browsers,
    introduced,
    passed_on,
    request_form,
    three_in,
)
from tests.world import a_member

pytestmark = pytest.mark.anyio

PAGES = {
    "/intros/": 9, "/intros/mine/": 4, "/intros/made/": 4, "/intros/known/": 5, "/intros/new": 5,
    "/intros/two": 4, "/intros/choices/": 5, "/intros/thanks/": 4, "/intros/1/": 7,
    "/intros/new?to=dee-evans": 6,
}  # fmt: skip


async def many(doors: Doors, three, number: int) -> None:
    """So many requests of Ada, to Bo, about so many people; the limits are somebody else's test."""
    async with doors.unit_of_work() as db:
        for _each in range(number):
            at = clock.now()
            db.add(
                Introduction(
                    requester_id=three.ada.id, connector_id=three.bo.id, target_id=three.cy.id,
                    state=State.ASKED, asked_at=at, due_at=at + ANSWER_WITHIN, **WORDS,
                )
            )  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["ada", "bo"])
async def test_a_page_costs_the_same_however_much_there_is(
    doors: Doors, signed_in: SignedIn, count_queries: CountQueries, path: str, who: str
) -> None:
    three = await three_in(doors)
    await many(doors, three, 1)
    browser = await signed_in(user=getattr(three, who))
    assert (await browser.get(path)).status_code == 200
    with count_queries() as few:
        await browser.get(path)
    await many(doors, three, 30)

    with count_queries() as much:
        await browser.get(path)

    assert len(few) == len(much) <= PAGES[path], much


async def test_a_conversation_from_an_introduction_costs_the_same_for_all(
    doors: Doors, signed_in: SignedIn, count_queries: CountQueries
) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        await introduced(db, three)
    prices = []
    for user in (three.ada, three.bo, three.cy):
        browser = await signed_in(user=user)
        await browser.get("/conversations/1/")
        with count_queries() as queries:
            await browser.get("/conversations/1/")
        prices.append(len(queries))
    assert len(set(prices)) == 1
    assert prices[0] <= 6


async def test_lists_are_paged_by_key(doors: Doors, signed_in: SignedIn) -> None:
    three = await three_in(doors)
    await many(doors, three, 45)
    ada = await signed_in(user=three.ada)

    page, seen = "/intros/mine/", []
    while page:
        text = (await ada.get(page)).text
        seen += [int(part.partition("/")[0]) for part in text.split('href="/intros/')[1:]
                 if part[0].isdigit()]  # fmt: skip
        page = text.partition('href="/intros/mine/?')[2].partition('"')[0]
        page = f"/intros/mine/?{page}" if page else ""

    assert seen == list(range(45, 0, -1))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"about_me": ""}, "about_me"),
        ({"about_me": "x" * 601}, "about_me"),
        ({"why": "x" * 401}, "why"),
        ({"what_i_ask": " "}, "what_i_ask"),
        ({"what_i_give": "x" * 201}, "what_i_give"),
        ({"connector": ""}, "connector"),
        ({"connector": "999999"}, "connector"),
        ({"to": "", "name": ""}, "name"),
        ({"to": "", "name": "x" * 81}, "name"),
    ],
)
async def test_a_wrong_field_comes_back_with_all_that_was_typed(
    doors: Doors, signed_in: SignedIn, changed: dict[str, str], field: str
) -> None:
    three = await three_in(doors)
    ada = await signed_in(user=three.ada)

    answer = await ada.post("/intros/", data=request_form(three, **changed))

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    for name, words in {**WORDS, **changed}.items():
        assert name in ("connector", "to") or words.strip() in answer.text


async def test_one_person_can_have_one_part_only(doors: Doors, signed_in: SignedIn) -> None:
    three = await three_in(doors)
    ada, bo, _cy, _dee = await browsers(signed_in, three)

    for wrong in ({"to": three.ada.slug}, {"to": three.bo.slug}, {"connector": str(three.ada.id)}):
        assert (await ada.post("/intros/", data=request_form(three, **wrong))).status_code == 422
    both = {"first": str(three.ada.id), "second": str(three.ada.id)}
    form = both | {"note_to_first": "A", "note_to_second": "B"}
    assert (await bo.post("/intros/two", data=form)).status_code == 422
    assert (await ada.get(f"/intros/new?to={three.ada.slug}")).status_code == 404
    assert (await ada.get("/intros/new?to=nobody-like-that")).status_code == 404
    gone = await ada.post("/intros/", data=request_form(three, to="nobody-like-that"))
    assert gone.status_code == 404


async def test_words_are_cleaned_and_shown_as_they_are(doors: Doors, signed_in: SignedIn) -> None:
    three = await three_in(doors)
    ada, bo, _cy, _dee = await browsers(signed_in, three)
    wild = "<script>alert(1)</script> Cafe\u0301\x07"

    await ada.post("/intros/", data=request_form(three, why=wild))

    page = (await bo.get("/intros/1/")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Caf\u00e9" in page
    assert "<script>alert" not in page


async def test_somebody_without_an_account_gets_a_text_by_hand(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    ada, bo, _cy, _dee = await browsers(signed_in, three)
    form = request_form(three, to="", name="Eve Ford")
    assert (await ada.post("/intros/", data=form)).status_code == 303

    page = (await bo.get("/intros/1/")).text

    assert "Hello Eve Ford," in page
    assert "Pass it on to" not in page
    assert (await bo.post("/intros/1/passing-on", data={"note": "x"})).status_code == 409
    assert (await bo.post("/intros/1/forwarding")).status_code == 303
    assert "by hand" in (await ada.get("/intros/1/")).text


async def test_of_two_at_once_one_is_too_late_and_sees_how_it_stands(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        await passed_on(db, three)
    ada, _bo, cy, _dee = await browsers(signed_in, three)

    answers = await asyncio.gather(
        cy.post("/intros/1/acceptance"), ada.post("/intros/1/withdrawal")
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert "It stands otherwise by now." in late.text
    async with doors.reading() as db:
        row = await db.get_one(Introduction, 1)
        assert row.state in (State.INTRODUCED, State.WITHDRAWN)


async def test_of_four_requests_at_once_three_get_through(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        targets = [await a_member(db, f"Member {number}") for number in range(4)]
    ada = await signed_in(user=three.ada)

    answers = await asyncio.gather(
        *[ada.post("/intros/", data=request_form(three, to=target.slug)) for target in targets]
    )

    assert sorted(answer.status_code for answer in answers) == [303, 303, 303, 429]


async def test_a_badge_is_shown_with_the_request(doors: Doors, signed_in: SignedIn) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        db.add(Profile(user_id=three.ada.id, badge=Badge.RECRUITER))
        await asked(db, three)
    ada, bo, _cy, _dee = await browsers(signed_in, three)

    assert "ecruiter" in (await bo.get("/intros/1/")).text
    preview = await ada.post("/intros/", data=request_form(three, preview="1"))
    assert "ecruiter" in preview.text


async def test_nobodys_badge_is_shown_who_did_not_ask(doors: Doors, signed_in: SignedIn) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        for user in (three.ada, three.cy):
            db.add(Profile(user_id=user.id, badge=Badge.RECRUITER, badge_seen_by=Audience.ME))
        wanted = Offer(
            first_id=three.ada.id, second_id=three.cy.id, note_to_first="Cy mills.",
            note_to_second="Ada bakes.",
        )  # fmt: skip
        await offer(db, as_(three.bo), wanted)
    ada, bo, cy, _dee = await browsers(signed_in, three)

    for browser in (ada, bo, cy):
        page = await browser.get("/intros/1/")
        assert page.status_code == 200
        assert "ecruiter" not in page.text


@pytest.mark.parametrize("to", ["cy-dunn", ""])
async def test_a_request_that_is_sent_twice_is_one(
    doors: Doors, signed_in: SignedIn, to: str
) -> None:
    three = await three_in(doors)
    ada, bo, _cy, _dee = await browsers(signed_in, three)
    sent = request_form(three, to=to, name="" if to else "Aunt May")

    first, second = [await ada.post("/intros/", data=sent) for _time in range(2)]
    other = await ada.post("/intros/", data={**sent, "why": "For another reason."})

    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    # To a member another request is one too many; of who has no account nobody knows who it is.
    assert other.status_code == (429 if to else 303)
    asked_of_bo = (await bo.get("/intros/made/")).text
    assert asked_of_bo.count("Ada Brown asks you for an introduction") == (1 if to else 2)


async def test_an_offer_that_is_sent_twice_is_one(doors: Doors, signed_in: SignedIn) -> None:
    three = await three_in(doors)
    _ada, bo, cy, _dee = await browsers(signed_in, three)
    sent = {
        "first": str(three.ada.id), "second": str(three.cy.id), "note_to_first": "Cy mills.",
        "note_to_second": "Ada bakes.",
    }  # fmt: skip

    answers = [await bo.post("/intros/two", data=sent) for _time in range(2)]
    again = await bo.post("/intros/two", data={**sent, "note_to_second": "Ada bakes well."})

    assert [one.status_code for one in answers] == [303, 303]
    assert again.status_code == 429
    assert (await cy.get("/intros/mine/")).text.count("would introduce you to Ada Brown") == 1
