"""How many introductions led to a talk: counted by the common rules, shown from three on to whom its owner likes."""

from datetime import timedelta

import pytest

from app.core import clock
from app.networking.introductions.answering import accept, pass_on, say_whether_we_talked
from app.networking.introductions.choosing import choose
from app.networking.introductions.figures import talks_brought_about, talks_shown
from tests.networking.introductions.meeting import Three, as_, asked, knowing, three_people
from tests.world import a_member

pytestmark = pytest.mark.anyio


async def talked(session, three: Three) -> None:
    introduction = await asked(session, three)
    await pass_on(session, as_(three.bo), introduction.id, "")
    await accept(session, as_(three.cy), introduction.id)
    await say_whether_we_talked(session, as_(three.cy), introduction.id, talked=True)


async def test_the_figure_is_shown_from_three_on_and_only_if_switched_on(session) -> None:
    three, now = await three_people(session), clock.now()
    await choose(session, as_(three.cy), a_month=10, shows_talks=False)
    three.bo.created_at = three.cy.created_at = now - timedelta(days=400)
    for number in range(3):
        assert await talks_brought_about(session, three.bo.id, now) == number
        assert await talks_shown(session, three.bo.id, clock.now()) is None
        asker = await a_member(session, f"Asker {number}")
        asker.created_at = now - timedelta(days=31)
        await knowing(session, asker, three.bo)
        await talked(session, Three(asker, three.bo, three.cy, three.dee))
        await choose(session, as_(three.bo), a_month=2, shows_talks=True)

    assert await talks_shown(session, three.bo.id, clock.now()) == 3
    assert await talks_shown(session, three.bo.id, now + timedelta(days=366)) is None
    await choose(session, as_(three.bo), a_month=2, shows_talks=False)
    assert await talks_shown(session, three.bo.id, clock.now()) is None


async def test_accounts_made_for_it_do_not_count(session) -> None:
    three = await three_people(session)
    await talked(session, three)

    assert await talks_brought_about(session, three.bo.id, clock.now()) == 0
