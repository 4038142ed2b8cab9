"""Figures on a profile: counted at night, shown by whoever likes, and from a threshold on."""

import asyncio
import itertools
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from app.accounts.blocks import block
from app.accounts.leaving import erase_account
from app.core import clock
from app.core.jobs import Tools
from app.discussions.models import CommentKind
from app.moderation.report_models import Report, ReportState
from app.networking.asks.figures import count_met
from app.networking.figures.actions import choose_figures
from app.networking.figures.jobs import count_figures
from app.networking.figures.models import Figure, MemberFigures
from app.networking.figures.queries import own_figures
from app.networking.promises.moves import State
from app.networking.thanks.models import Thanks
from app.work import Doors
from tests.groups.building import a_group, as_actor
from tests.networking.figures.helping import (
    a_helpful_year,
    a_kept_promise,
    a_note,
    an_ask_met,
    old_hands,
)
from tests.world import SECRETS

pytestmark = pytest.mark.anyio

PAGE = "/account/figures/"
NAMES = ("Ada", "Bo", "Cy", "Dee", "Eve")


@pytest.fixture
async def ada(doors: Doors):
    """Somebody with a helpful year behind her."""
    async with doors.unit_of_work() as db:
        ada, *others = await old_hands(db, *NAMES)
        group = await a_group(db, by=ada)
        await a_helpful_year(db, group.id, ada, *others)
    return ada


@pytest.fixture
def a_night(doors: Doors, settings):
    """`await a_night()` counts all there is to count."""

    async def passes() -> None:
        await count_figures(Tools(doors, settings))

    return passes


async def test_a_profile_shows_what_is_switched_on_and_large_enough(
    ada, a_night, signed_in, visitor
) -> None:
    adas, somebody = await signed_in(user=ada), await signed_in()
    await a_night()
    before, own = (await visitor.get("/people/ada/")).text, (await adas.get(PAGE)).text

    chosen = await adas.post(PAGE, data={"promises": "1", "talks": "1", "thanks": "1"})
    # The page was kept for visitors, and shows it at once.
    after, own_after = (await visitor.get("/people/ada/")).text, (await adas.get(PAGE)).text

    assert "promises kept" not in before
    assert "nobody sees it" not in own
    assert "You have the mark" in own
    assert "checked" not in own
    assert chosen.status_code == 303
    for words in ("5 promises kept", "Follows through", "Thanked by 4 people", "How we count"):
        assert words in after, words
    # Two talks are too few, and the asks were left switched off.
    assert "led to a talk" not in after
    assert "asks met" not in after
    assert "Your page shows it from 3 on." in own_after
    assert "5 promises kept" in (await somebody.get("/people/ada/")).text
    await adas.post(PAGE, data={"asks": "1"})
    assert "3 asks met" in (await visitor.get("/people/ada/")).text
    assert "promises kept" not in (await visitor.get("/people/ada/")).text


async def test_a_figure_that_became_too_small_is_gone_the_morning_after(
    ada, a_night, doors, signed_in, visitor
) -> None:
    adas = await signed_in(user=ada)
    await adas.post(PAGE, data={"thanks": "1"})
    await a_night()
    assert "Thanked by 4" in (await visitor.get("/people/ada/")).text
    async with doors.unit_of_work() as db:
        await db.execute(delete(Thanks).where(Thanks.id <= 2))

    assert "Thanked by 4" in (await visitor.get("/people/ada/")).text
    await a_night()

    assert "Thanked by" not in (await visitor.get("/people/ada/")).text
    assert "checked" in (await adas.get(PAGE)).text


async def test_the_mark_goes_with_what_came_to_nothing_and_nobody_reads_why(
    ada, a_night, doors, signed_in, visitor
) -> None:
    adas = await signed_in(user=ada)
    await adas.post(PAGE, data={"promises": "1"})
    async with doors.unit_of_work() as db:
        (bo,) = await old_hands(db, "Bob")
        for _number in range(2):
            await a_kept_promise(db, ada, bo, state=State.LAPSED)
    await a_night()

    page = (await visitor.get("/people/ada/")).text
    assert "5 promises kept" in page
    assert "Follows through" not in page
    assert "apsed" not in page
    assert "<dt>Lapsed</dt><dd>2</dd>" in (await adas.get(PAGE)).text


async def test_nobody_but_their_owner_reads_or_chooses(ada, a_night, visitor, signed_in) -> None:
    await a_night()

    assert (await visitor.get(PAGE)).status_code == 401
    assert (await visitor.post(PAGE, data={"asks": "1"})).status_code == 401
    other = await signed_in()
    assert (await other.post(PAGE, data={"asks": "1"})).status_code == 303
    assert "asks met" not in (await visitor.get("/people/ada/")).text
    assert "2 acts in 90 days" in (await visitor.get("/help/counting/")).text
    assert (await other.get("/promises/record/")).headers["location"] == PAGE


async def test_a_second_night_writes_nothing_and_a_hundred_times_as_many_cost_no_more(
    ada, a_night, doors, count_queries
) -> None:
    await a_night()
    with count_queries() as few:
        await a_night()
    async with doors.unit_of_work() as db:
        crowd = await old_hands(db, *[f"Member {number:03}" for number in range(40)])
        for one, other in itertools.pairwise(crowd):
            await a_kept_promise(db, one, other)
            await a_note(db, one, other)
    await a_night()
    with count_queries() as many:
        await a_night()

    assert not [query for query in few + many if query.startswith(("INSERT", "UPDATE"))]
    assert len(few) == len(many)
    async with doors.reading() as db:
        # Who has nothing to count has no row.
        assert await db.scalar(select(func.count()).select_from(MemberFigures)) == 1 + 40


async def test_who_chooses_while_it_is_counted_has_both(ada, a_night, doors) -> None:
    async def chooses() -> None:
        async with doors.unit_of_work() as db:
            await choose_figures(db, as_actor(ada), [Figure.ASKS])

    await asyncio.gather(a_night(), chooses(), a_night(), chooses())

    async with doors.reading() as db:
        row = await own_figures(db, ada.id)
    assert (row.switched_on, row.asks_met) == ({Figure.ASKS}, 3)


async def test_figures_go_with_the_account(ada, a_night, doors, signed_in) -> None:
    await a_night()
    async with doors.unit_of_work() as db:
        await erase_account(db, as_actor(ada), SECRETS, texts_go=False)
    await a_night()

    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(MemberFigures)) == 0


async def test_asks_count_by_the_common_rules(session) -> None:
    ada, bo, cy, dee = await old_hands(session, *NAMES[:4])
    group = await a_group(session, by=ada)
    for days_ago in (30, 20, 10):
        # Of a pair two in ninety days count.
        await an_ask_met(session, group.id, bo, ada, days_ago=days_ago)
    await an_ask_met(session, group.id, cy, ada, days_ago=400)
    await an_ask_met(session, group.id, dee, ada)
    young, (proved,) = await old_hands(session, "Fay"), await old_hands(session, "Gus")
    young[0].created_at = clock.now() - timedelta(days=29)
    proved.email_confirmed_at = None
    for other in (*young, proved):
        await an_ask_met(session, group.id, other, ada, days_ago=1)

    async def met() -> int:
        await session.flush()
        return (await count_met(session, [ada.id], clock.now())).get(ada.id, 0)

    assert await met() == 3
    await block(session, as_actor(dee), ada.id, clock.now())
    assert await met() == 2
    report = Report(
        kind=CommentKind.COMMENT, item_id=1000, reporter="x", reason="spam", at=clock.now()
    )
    session.add(report)
    # The one that is reported is out; the third of the pair takes its place, until it is dismissed.
    assert await met() == 2
    report.state, report.item_id = ReportState.UPHELD, 1001
    session.add(
        Report(kind=CommentKind.COMMENT, item_id=1002, reporter="y", reason="spam", at=clock.now())
    )
    assert await met() == 1
    report.state = ReportState.DISMISSED
    assert await met() == 2
