"""Promises through the browser: limits, blockers, comments, two at once, and private feeds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.blocks import block
from app.core import clock
from app.networking.promises.actions import Deed, act
from app.networking.promises.models import Promise
from app.networking.promises.moves import Act
from tests.networking.introductions.meeting import browsers, introduced, passed_on, three_in
from tests.networking.promises.promising import an_open_one, as_, offered, two_people
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio


def in_days(days: int) -> str:
    return (clock.now() + timedelta(days=days)).date().isoformat()


async def test_one_request_a_pair_and_three_in_all(doors, signed_in) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        others = [await a_member(db, f"Other {number}") for number in range(3)]
    adas = await signed_in(user=ada)

    async def ask(who, words="A word"):
        sent = {"to": who.slug, "ask": "1", "text": words, "due": in_days(30)}
        return await adas.post("/promises/", data=sent)

    assert (await ask(bo)).status_code == 303
    again = await ask(bo, "A word more")
    assert again.status_code == 429
    assert 0 < int(again.headers["retry-after"]) <= 14 * 86400
    until = (clock.now() + timedelta(days=14)).date().isoformat()
    assert until in again.text
    assert "A word more" in again.text
    assert [(await ask(who)).status_code for who in others] == [303, 303, 429]


async def test_nobody_is_pressed_with_offers_or_with_what_is_asked_and_taken_back(
    doors, signed_in, run_jobs
) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        cid = await a_member(db, "Cid")
    adas = await signed_in(user=ada)

    async def send(who, **more):
        sent = {"to": who.slug, "text": "A word", "due": in_days(30), **more}
        return await adas.post("/promises/", data=sent)

    for number in range(5):
        made = await send(bo, **({"ask": "1"} if number % 2 else {}))
        assert made.status_code == 303
        back = await adas.post(f"/promises/{number + 1}/recall", data={"version": "1"})
        assert back.status_code == 303
    sixth, asked = await send(bo), await send(bo, ask="1")

    assert (sixth.status_code, asked.status_code) == (429, 429)
    assert 0 < int(sixth.headers["retry-after"]) <= 86_400
    assert "A word" in sixth.text
    assert (await send(cid)).status_code == 303
    with clock.moved(timedelta(days=1, minutes=1)):
        assert (await send(bo)).status_code == 303


@pytest.mark.parametrize("more", [{}, {"ask": "1"}])
async def test_a_promise_that_is_sent_twice_is_one(doors, signed_in, more) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
    adas, bos = await signed_in(user=ada), await signed_in(user=bo)
    sent = {"to": bo.slug, "text": "A word", "due": in_days(9), **more}

    first, second = [await adas.post("/promises/", data=sent) for _time in range(2)]
    other = await adas.post("/promises/", data={**sent, "to": bo.slug, "due": in_days(10)})

    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    # Asked for, there is room for one with each; offered, another day is another promise.
    assert other.status_code == (429 if more else 303)
    page = (await bos.get("/promises/")).text
    assert page.count("A word") == (1 if more else 2)


async def test_twenty_promises_are_enough_for_a_day(doors, signed_in) -> None:
    async with doors.unit_of_work() as db:
        ada, *_bo = await two_people(db)
        others = [await a_member(db, f"Other {number}") for number in range(21)]
    adas = await signed_in(user=ada)

    answers = [
        await adas.post("/promises/", data={"to": who.slug, "text": "Help", "due": in_days(9)})
        for who in others
    ]

    assert [answer.status_code for answer in answers] == [303] * 20 + [429]


async def test_nobody_promises_themselves_anything_and_a_bad_day_comes_back_filled_in(
    doors, signed_in
) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
    adas = await signed_in(user=ada)

    mine = await adas.post("/promises/", data={"to": ada.slug, "text": "A", "due": in_days(3)})
    wrong = await adas.post(
        "/promises/", data={"to": bo.slug, "text": "My words", "due": "2027-02-30"}
    )

    assert (mine.status_code, wrong.status_code) == (422, 422)
    assert "180 days ahead" in wrong.text
    assert "My words" in wrong.text


async def test_to_a_blocker_it_looks_delivered_and_goes_nowhere(doors, signed_in) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        await block(db, as_(bo), ada.id, clock.now())
    adas, bos = await signed_in(user=ada), await signed_in(user=bo)

    sent = {"to": bo.slug, "text": "A word", "due": in_days(30)}
    answer = await adas.post("/promises/", data=sent)
    url = answer.headers["location"].partition("?")[0]

    assert answer.status_code == 303
    assert "It begins when Bo Carter accepts" in (await adas.get(url)).text
    assert (await bos.get(url)).status_code == 404
    assert (await bos.post(f"{url}acceptance")).status_code == 404
    assert "A word" not in (await bos.get("/promises/")).text
    assert "A word" not in (await bos.get("/inbox/")).text
    with clock.moved(timedelta(days=14, minutes=1)):
        assert "Nothing came of it" in (await adas.get(url)).text


async def test_a_comment_can_become_a_promise_from_either_side(doors, signed_in) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        post = await a_post(db)
        asks = await a_comment(db, "Who has a list?", under=post, user_id=bo.id)
        says = await a_comment(
            db, "I'll send you mine.", under=post, user_id=ada.id, answering=asks
        )
        guests = await a_comment(db, "Me too.", under=post)
    adas, bos = await signed_in(user=ada), await signed_in(user=bo)

    assert "Promise Bo Carter" in (await adas.get(f"/promises/new/?comment={asks.id}")).text
    assert "Promise Bo Carter" in (await adas.get(f"/promises/new/?comment={says.id}")).text
    assert "Ask Ada Brown" in (await bos.get(f"/promises/new/?comment={says.id}&ask=1")).text
    for number in (guests.id, 9999):
        assert (await adas.get(f"/promises/new/?comment={number}")).status_code == 404
    sent = {"comment": str(says.id), "text": "The list", "due": in_days(2)}
    assert (await adas.post("/promises/", data=sent)).status_code == 303
    async with doors.reading() as db:
        promise = await db.get_one(Promise, 1)
    assert (promise.source_kind, promise.source_id, promise.promisee_id) == (
        "comment",
        says.id,
        bo.id,
    )


async def test_who_was_introduced_promises_the_other_something_of_it(doors, signed_in) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        await introduced(db, three)
        early = await passed_on(db, replace(three, cy=three.dee))
    ada, bo, cy, dee = await browsers(signed_in, three)

    for browser, other in ((ada, "Cy Dunn"), (cy, "Ada Brown")):
        page = (await browser.get("/intros/1/")).text
        assert f"Promise {other} something" in page
        form = await browser.get("/promises/new/?introduction=1")
        assert f"Promise {other} something" in form.text
        asking = await browser.get("/promises/new/?introduction=1&ask=1")
        assert f"Ask {other} for a promise" in asking.text
    for browser, number in ((bo, 1), (dee, 1), (ada, early.id), (dee, early.id)):
        address = f"/promises/new/?introduction={number}"
        assert (await browser.get(address)).status_code == 404
    assert "/promises/new/" not in (await bo.get("/intros/1/")).text
    assert "/promises/new/" not in (await ada.get(f"/intros/{early.id}/")).text
    sent = {"introduction": "1", "text": "A loaf", "due": in_days(9)}
    made = await cy.post("/promises/", data=sent)
    assert made.status_code == 303
    assert "A loaf" in (await ada.get("/promises/")).text
    async with doors.reading() as db:
        promise = await db.scalar(select(Promise).where(Promise.text == "A loaf"))
    assert (promise.source_kind, promise.source_id) == ("introduction", 1)


async def test_of_two_at_once_the_second_is_told_how_it_stands(doors, signed_in) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        promise = await an_open_one(db, ada, bo)
    adas, bos = await signed_in(user=ada), await signed_in(user=bo)
    seen, url = {"version": str(promise.version)}, f"/promises/{promise.id}/"

    unseen = [
        await adas.post(f"{url}completion"),
        await adas.post(f"{url}date", data={"version": "x"}),
    ]
    first = await bos.post(f"{url}release", data=seen)
    second = await adas.post(f"{url}completion", data=seen)

    assert [one.status_code for one in unseen] == [409, 409]
    assert "You owe this to Bo Carter." in unseen[0].text
    assert f'name="version" value="{promise.version}"' in unseen[0].text
    assert (first.status_code, second.status_code) == (303, 409)
    assert "Bo Carter let you off." in second.text


async def test_days_are_written_as_on_other_pages(doors, signed_in) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        promise = await an_open_one(db, ada, bo)
        moved = await act(db, as_(ada), promise.id, Deed(act=Act.MOVE, due=in_days(20)))
    adas, day = await signed_in(user=ada), moved.due_on
    words = f"{day:%B} {day.day}, {day.year}"

    for path in ("/promises/", f"/promises/{moved.id}/"):
        page = (await adas.get(path)).text
        assert f'<time datetime="{day}">{words}</time>' in page
    assert f"moved the date to {words}" in page


async def test_taking_it_back_needs_a_word(doors, signed_in) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        promise = await an_open_one(db, ada, bo)
    adas, url = await signed_in(user=ada), f"/promises/{promise.id}/withdrawal"
    seen = {"version": str(promise.version)}

    assert (await adas.post(url, data={"note": " ", **seen})).status_code == 422
    assert (await adas.post(url, data={"note": "I fell ill.", **seen})).status_code == 303
    assert "I fell ill." in (await (await signed_in(user=bo)).get(f"/promises/{promise.id}/")).text


async def test_a_private_feed_is_shown_once_and_can_be_revoked(doors, signed_in, visitor) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        promise = await an_open_one(db, ada, bo)
        await offered(db, ada, bo, text="Not begun")
    adas = await signed_in(user=ada)

    made = await adas.post("/account/feeds/promises.ics")
    url = "/f/" + made.text.partition("/f/")[2].partition("<")[0].strip()
    assert url not in (await adas.get("/account/feeds/")).text
    calendar = await visitor.get(url)

    assert calendar.headers["content-type"].startswith("text/calendar")
    assert calendar.headers["x-robots-tag"] == "noindex"
    assert f"DTSTART;VALUE=DATE:{promise.due_on:%Y%m%d}\r\n" in calendar.text
    assert "Not begun" not in calendar.text
    # One link opens one feed.
    assert (await visitor.get(url.replace(".ics", ".atom"))).status_code == 404
    async with doors.unit_of_work() as db:
        await act(db, as_(bo), promise.id, Deed(act=Act.RELEASE))
    assert "STATUS:CANCELLED" in (await visitor.get(url)).text
    await adas.post("/account/feeds/promises.ics/revocation")
    assert (await visitor.get(url)).status_code == 404

    made = await adas.post("/account/feeds/promises.atom")
    url = "/f/" + made.text.partition("/f/")[2].partition("<")[0].strip()
    assert "Not begun" in (await visitor.get(url)).text


@pytest.mark.parametrize("feed", ["promises.ics", "promises.atom"])
async def test_a_day_that_was_moved_reaches_calendars_and_feed_readers(
    doors, signed_in, visitor, feed
) -> None:
    with clock.moved(-timedelta(hours=3)):
        async with doors.unit_of_work() as db:
            ada, bo = await two_people(db)
            promise = await an_open_one(db, ada, bo)
    made = await (await signed_in(user=bo)).post(f"/account/feeds/{feed}")
    url = "/f/" + made.text.partition("/f/")[2].partition("<")[0].strip()
    before = await visitor.get(url)
    since = {"if-modified-since": before.headers["last-modified"]}
    assert (await visitor.get(url, headers=since)).status_code == 304

    async with doors.unit_of_work() as db:
        await act(db, as_(ada), promise.id, Deed(act=Act.MOVE, due=in_days(20)))
    after = await visitor.get(url, headers=since)

    assert after.status_code == 200
    assert after.headers["last-modified"] != before.headers["last-modified"]
    assert in_days(20).replace("-", "" if feed == "promises.ics" else "-") in after.text
