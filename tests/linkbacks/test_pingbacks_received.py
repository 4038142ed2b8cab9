"""Pingbacks (Pingback 1.0 §3): answered within three seconds by a value or by the number of what is wrong."""

import asyncio
from datetime import timedelta

import pytest

from app.core.outbound.opening import open_door
from app.core.xml_rpc import Fault
from app.discussions.linking import LIMITS
from app.discussions.models import CommentKind, CommentStatus
from app.linkbacks import at_once
from app.linkbacks.looking import ToLookAt
from app.linkbacks.models import LookState
from app.work import Doors
from tests.linkbacks.linking import Here, OtherSite, kept_links
from tests.linkbacks.pinging import fault, ping
from tests.world import a_linkback, a_post, the_site

pytestmark = pytest.mark.anyio


async def until_looked_at(doors: Doors) -> None:
    for _ in range(200):
        if (await kept_links(doors))[0].link.state != LookState.WAITING:
            return
        await asyncio.sleep(0.05)


async def test_a_page_that_links_here_is_looked_at_while_its_sender_waits(
    here: Here, elsewhere: OtherSite
) -> None:
    elsewhere.links_to(here.target)

    assert "kept" in await ping(here.visitor, elsewhere.url, here.target)
    kept = await here.the_link()
    await here.run_jobs()

    assert (kept.comment.kind, kept.status) == (CommentKind.PINGBACK, CommentStatus.PENDING)
    assert kept.link.state == LookState.FOUND
    assert "worth more than ten mails" in kept.comment.body_source
    assert elsewhere.visits == 1


async def test_each_thing_that_may_be_wrong_has_its_number(
    here: Here, elsewhere: OtherSite
) -> None:
    async with here.doors.unit_of_work() as db:
        closed = await a_post(db, "Closed", slug="closed")
        closed.pings_open = False
    found: dict[int, int] = {}

    # §3, 0x0010: the source does not exist.
    elsewhere.status = "404 Not Found"
    found[16] = await fault(here.visitor, elsewhere.url, here.target)
    # 0x0011: the source has no link to the target.
    elsewhere.status = "200 OK"
    elsewhere.links_to("https://somebody.example/")
    found[17] = await fault(here.visitor, elsewhere.url, here.target)
    # 0x0020: the target does not exist.
    found[32] = await fault(here.visitor, elsewhere.url, "https://c.example/")
    # 0x0021: the target cannot be used as one.
    found[33] = await fault(here.visitor, elsewhere.url, f"{here.settings.base_url}{closed.path}")
    elsewhere.links_to(here.target)
    await ping(here.visitor, elsewhere.url, here.target)
    # 0x0030: registered before.
    found[48] = await fault(here.visitor, elsewhere.url, here.target)
    found[-32602] = await fault(here.visitor, elsewhere.url)

    assert all(code == given for code, given in found.items()), found
    assert len(await here.links()) == 1


async def test_a_slow_page_is_accepted_and_looked_at_once(
    here: Here, elsewhere: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_once, "PATIENCE", 0.2)
    elsewhere.links_to(here.target)
    elsewhere.seconds = 0.6

    assert "kept" in await ping(here.visitor, elsewhere.url, here.target)
    before = await here.the_link()
    await until_looked_at(here.doors)
    await here.run_jobs()

    assert before.link.state == LookState.WAITING
    assert (await here.links())[0].link.state == LookState.FOUND
    assert elsewhere.visits == 1


async def test_whose_turn_came_late_is_not_kept_waiting_for_a_look(
    here: Here, elsewhere: OtherSite
) -> None:
    elsewhere.links_to(here.target)
    elsewhere.seconds = 5.0
    loop, door = asyncio.get_running_loop(), open_door(here.settings)
    looking = at_once.LOOKS.begin(
        door, ToLookAt(CommentKind.PINGBACK, elsewhere.url, [here.target])
    )
    assert looking

    async with asyncio.timeout(1):
        sight = await at_once.LOOKS.seen_in_time(looking, loop.time() - 3)

    assert sight is None
    assert not looking.done()
    looking.cancel()


async def test_who_sends_the_same_meanwhile_waits_for_the_same_look(
    here: Here, elsewhere: OtherSite
) -> None:
    elsewhere.links_to(here.target)
    elsewhere.seconds = 0.3

    answers = await asyncio.gather(
        *(ping(here.visitor, elsewhere.url, here.target) for _ in range(5)), return_exceptions=True
    )

    assert sum(isinstance(answer, str) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Fault)} == {48}
    assert elsewhere.visits == 1
    assert len(await here.links()) == 1


async def test_what_this_process_did_not_finish_the_worker_does(
    here: Here, elsewhere: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_once, "PATIENCE", 0.1)
    # As if the process had ended: nobody enters what is seen.
    monkeypatch.setattr(at_once.LOOKS, "enter_later", lambda _task, _enter: None)
    elsewhere.links_to(here.target)
    elsewhere.seconds = 0.3
    await ping(here.visitor, elsewhere.url, here.target)

    await here.run_jobs(later=timedelta(seconds=61))

    assert (await here.links())[0].link.state == LookState.FOUND


async def test_who_sends_too_many_pages_has_them_no_longer_looked_at(
    here: Here, elsewhere: OtherSite
) -> None:
    most = LIMITS[0].times
    nowhere = [
        await fault(here.visitor, f"http://127.0.0.1/{number}", here.target)
        for number in range(most)
    ]

    assert nowhere == [16] * most
    assert await fault(here.visitor, elsewhere.url, here.target) == 429
    assert elsewhere.visits == 0


async def test_where_pingbacks_are_switched_off_no_target_can_be_pinged(
    here: Here, elsewhere: OtherSite
) -> None:
    async with here.doors.unit_of_work() as db:
        await the_site(db, takes_pingbacks=False)

    assert await fault(here.visitor, elsewhere.url, here.target) == 33
    assert elsewhere.visits == 0


async def test_the_pages_that_link_to_a_post_can_be_asked_for(here: Here) -> None:
    url = here.target

    assert await ping(here.visitor, url, method="pingback.extensions.getPingbacks") == []


async def test_a_link_that_came_along_from_another_site_is_known(
    here: Here, elsewhere: OtherSite
) -> None:
    async with here.doors.unit_of_work() as db:
        brought = await a_linkback(db, under=here.post, source=elsewhere.url)
    elsewhere.links_to(here.target)

    assert await fault(here.visitor, elsewhere.url, here.target) == 48
    await here.hears_of(elsewhere.url)

    kept = await here.the_link()
    assert (kept.comment.id, kept.comment.kind) == (brought.id, CommentKind.WEBMENTION)
    assert kept.link.state == LookState.FOUND
