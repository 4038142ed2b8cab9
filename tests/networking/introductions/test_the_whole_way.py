"""One introduction from the first word to the thanks, as the three see it in their browsers."""

import re
from datetime import timedelta

import pytest

from app.core import clock
from app.core.jobs import Tools
from app.networking.introductions.jobs import keep_introductions
from app.settings import Settings
from app.work import Doors
from tests.conftest import SignedIn
from tests.networking.introductions.meeting import WORDS, browsers, request_form, three_in

pytestmark = pytest.mark.anyio


async def test_asked_passed_on_accepted_talked_and_thanked(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    ada, bo, cy, dee = await browsers(signed_in, three)

    form = await ada.get(f"/intros/new?to={three.cy.slug}")
    assert "Ask to be introduced to Cy Dunn" in form.text
    preview = await ada.post("/intros/", data=request_form(three, preview="1"))
    assert preview.status_code == 200
    assert preview.text.count(WORDS["what_i_ask"]) == 3
    sent = await ada.post("/intros/", data=request_form(three))
    assert (sent.status_code, sent.headers["location"]) == (303, "/intros/?done=asked")

    overview = await bo.get("/intros/")
    assert "Ada Brown asks you for an introduction to Cy Dunn" in overview.text
    one = re.search(r'href="(/intros/\d+/)"', overview.text)[1]
    assert (await cy.get(one)).status_code == 404
    passed = await bo.post(one + "passing-on", data={"note": "She is good company."})
    assert passed.status_code == 303

    asked = await cy.get(one)
    assert "She is good company." in asked.text
    assert all(words in asked.text for words in WORDS.values())
    assert "She is good company." not in (await ada.get(one)).text
    assert (await cy.post(one + "acceptance", data={})).status_code == 303

    conversation = re.search(r'href="(/conversations/\d+/)"', (await ada.get(one)).text)[1]
    assert (await dee.get(conversation)).status_code == 404
    said = await ada.post(conversation + "messages/", data={"text": "Good *morning*."})
    assert said.status_code == 303
    assert "Good <em>morning</em>." in (await bo.get(conversation)).text
    await cy.post(conversation + "messages/", data={"text": "Hello."})
    assert (await bo.get(conversation)).status_code == 404
    assert "Bo Carter has left" in (await ada.get(conversation)).text

    with clock.moved(timedelta(days=29, hours=23)):
        await keep_introductions(Tools(doors, settings))
        assert "Did you talk?" not in (await ada.get(one)).text
    # Sessions last thirty days, so who comes back signs in again.
    with clock.moved(timedelta(days=31)):
        await keep_introductions(Tools(doors, settings))
        ada, bo, cy, dee = await browsers(signed_in, three)
        assert "Did you talk?" in (await ada.get(one)).text
        assert (await ada.post(one + "talk", data={"talked": "yes"})).status_code == 303
        thanks = {"thanks": "We have flour.", "public": "1"}
        assert (await ada.post(one + "thanks", data=thanks)).status_code == 303
        assert "You have thanked Bo Carter." in (await ada.get(one)).text
        assert "You introduced them, and they talked." in (await bo.get(one)).text
        assert "Send thanks" not in (await cy.get(one)).text
