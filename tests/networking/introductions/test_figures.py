"""How many introductions led to a talk: counted by the common rules."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.blocks import block
from app.core import clock
from app.moderation.kinds import ThingKind
from app.moderation.report_models import Report
from app.networking.introductions.answering import accept, pass_on, say_whether_we_talked
from app.networking.introductions.choosing import choose
from app.networking.introductions.figures import count_talks
from app.networking.introductions.models import Introduction
from tests.networking.introductions.meeting import Three, as_, asked, knowing, three_people
from tests.world import a_member

pytestmark = pytest.mark.anyio


async def talked(session, three: Three) -> None:
    introduction = await asked(session, three)
    await pass_on(session, as_(three.bo), introduction.id, "")
    await accept(session, as_(three.cy), introduction.id)
    await say_whether_we_talked(session, as_(three.cy), introduction.id, talked=True)


async def brought_about(session, three: Three, later: timedelta = timedelta()) -> int:
    """The figure of the one who introduces."""
    found = await count_talks(session, [three.bo.id], clock.now() + later)
    return found.get(three.bo.id, 0)


async def test_talks_of_the_last_year_are_counted(session) -> None:
    three, now = await three_people(session), clock.now()
    await choose(session, as_(three.cy), a_month=10)
    three.bo.created_at = three.cy.created_at = now - timedelta(days=400)
    for number in range(3):
        asker = await a_member(session, f"Asker {number}")
        asker.created_at = now - timedelta(days=31)
        await knowing(session, asker, three.bo)
        await talked(session, Three(asker, three.bo, three.cy, three.dee))
        assert await brought_about(session, three) == number + 1

    assert await brought_about(session, three, timedelta(days=366)) == 0
    session.add(
        Report(
            kind=ThingKind.INTRODUCTION,
            item_id=await session.scalar(select(func.min(Introduction.id))),
            reporter="somebody",
            reason="other",
            at=clock.now(),
        )
    )
    await session.flush()
    assert await brought_about(session, three) == 2
    await block(session, as_(asker), three.cy.id, clock.now())
    assert await brought_about(session, three) == 1


async def test_accounts_made_for_it_do_not_count(session) -> None:
    three = await three_people(session)
    await talked(session, three)

    assert await brought_about(session, three) == 0
