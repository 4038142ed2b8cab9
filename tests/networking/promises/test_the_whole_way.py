"""From an offer to a kept promise, through the browser."""

from datetime import timedelta

import pytest

from app.core import clock
from tests.networking.promises.promising import offered, two_people

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
