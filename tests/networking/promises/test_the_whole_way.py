"""From an offer to a kept promise, through the browser."""

from datetime import timedelta

import pytest

from app.core import clock
from app.networking.promises.keeping import keep_promises
from tests.networking.promises.promising import a_done_one, offered, two_people

pytestmark = pytest.mark.anyio


async def test_a_promise_is_offered_accepted_done_and_kept(doors, signed_in, visitor) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
    adas, bos, others = await signed_in(user=ada), await signed_in(user=bo), await signed_in()
    due = (clock.now() + timedelta(days=5)).date().isoformat()

    form = await adas.get(f"/promises/new/?to={bo.slug}")
    assert "Promise Bo Carter something" in form.text
    sent = {"to": bo.slug, "text": "The list of mills", "due": due}
    answer = await adas.post("/promises/", data=sent)
    assert answer.status_code == 303
    url = answer.headers["location"].partition("?")[0]

    assert "Do you accept?" in (await bos.get(url)).text
    assert "The list of mills" in (await bos.get("/promises/")).text
    assert "promises you" in (await bos.get("/inbox/")).text
    acts = ((bos, "acceptance"), (adas, "completion"), (bos, "confirmation"))
    for version, (who, noun) in enumerate(acts, start=1):
        answer = await who.post(f"{url}{noun}", data={"version": str(version)})
        assert answer.status_code == 303, answer.text
    assert "You kept it." in (await adas.get(url)).text
    assert "A promise was kept" in (await adas.get("/inbox/")).text

    theirs, nothing = await others.get(url), await others.get("/promises/999/")
    assert theirs.status_code == nothing.status_code == 404
    assert theirs.text.replace(url, "") == nothing.text.replace("/promises/999/", "")
    assert (await visitor.get(url)).status_code == 401


async def test_the_pages_cost_the_same_however_many_promises_there_are(
    doors, signed_in, count_queries
) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        for number in range(25):
            with clock.moved(timedelta(hours=6 * (number - 25))):
                await offered(db, ada, bo, days=60, text=f"Thing {number}")
    adas = await signed_in(user=ada)
    # Once before, so that what is asked once is asked.
    await adas.get("/promises/")

    with count_queries() as lists:
        page = await adas.get("/promises/")
    with count_queries() as one:
        await adas.get("/promises/1/")

    assert "Older ones" in page.text
    assert (len(lists), len(one)) == (4, 3)


@pytest.mark.parametrize("confirms", [True, False])
async def test_when_a_promise_was_kept_both_are_asked_whether_they_know_each_other(
    doors, signed_in, confirms
) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        promise = await a_done_one(db, ada, bo)
    adas, bos = await signed_in(user=ada), await signed_in(user=bo)
    assert "Do you know each other?" not in (await adas.get("/intros/known/")).text

    if confirms:
        seen = {"version": str(promise.version)}
        assert (
            await bos.post(f"/promises/{promise.id}/confirmation", data=seen)
        ).status_code == 303
    else:
        with clock.moved(timedelta(days=14, minutes=1)):
            async with doors.unit_of_work() as db:
                await keep_promises(db, clock.now())

    for browser, other in ((adas, "Bo Carter"), (bos, "Ada Brown")):
        assert f"Do you and {other} know each other by now?" in (await browser.get("/inbox/")).text
        assert f"Yes, I know {other}" in (await browser.get("/intros/known/")).text
        assert f"Remove {other}" not in (await browser.get("/intros/known/")).text
        assert (await browser.post("/intros/known/1/confirmation")).status_code == 303
    assert "Remove Bo Carter" in (await adas.get("/intros/known/")).text
