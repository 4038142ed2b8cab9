"""What other sites are asked and sent, what they answer, and what is made of it."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import anyio
import pytest
from anyio.abc import SocketStream

from app.accounts.actor import OWNER_AT_THE_MACHINE, VISITOR
from app.core.errors import Forbidden, NotFound, SignInNeeded
from app.core.jobs import Tools
from app.core.xml_rpc import answer, fault, read_call
from app.linkbacks.announcing import try_again
from app.linkbacks.announcing_jobs import announce_link, tell_soon
from app.linkbacks.errands import APART
from app.linkbacks.protocols.trackback import rdf
from app.settings import Settings
from app.work import Doors
from tests.core.strangers import Behaviour, answers
from tests.linkbacks.telling import ACCEPTED, GONE, WANTS_MENTIONS, a_site_of_theirs, ours, then

pytestmark = pytest.mark.anyio

XML = "Content-Type: text/xml"
WANTS_PINGS = answers(b"<p>A page.</p>", "X-Pingback: /rpc")
TOOK_PING = answers(answer("Registered."), XML)
TOOK_TRACKBACK = answers(b"<response><error>0</error></response>", XML)
BUSY = answers(b"Later.", status="503 Service Unavailable")
MINUTE, HOUR = timedelta(minutes=1, seconds=1), timedelta(hours=1, minutes=2)


def wants_pings(rpc: str) -> Behaviour:
    return answers(b"<p>A page.</p>", f"X-Pingback: {rpc}")


@pytest.mark.parametrize(
    ("heard", "state", "says"),
    [
        (answers(b"", status="200 OK"), "sent", ""),
        (answers(b"Queued.", "Content-Type: text/plain", status="202 Accepted"), "sent", "Queued."),
        (
            answers(b"<h1>Bad</h1><script>x</script><p>No   link\nthere</p>", status="400 Bad Request"),
            "refused",
            "The answer was HTTP 400. Bad No link there",
        ),
        (
            answers(b'{"error": "no_link"}', "Content-Type: application/json", status="400 No"),
            "refused",
            'The answer was HTTP 400. {"error": "no_link"}',
        ),
        (answers(b"\0\1", "Content-Type: image/png", status="403 No"), "refused", "The answer was HTTP 403."),
        (BUSY, "failed", "The answer was HTTP 503. Later."),
        (answers(b"", status="429 Too Many"), "failed", "The answer was HTTP 429."),
    ],
)  # fmt: skip
async def test_what_an_endpoint_answers_is_kept_in_plain_words(
    doors: Doors, settings: Settings, heard: Behaviour, state: str, says: str
) -> None:
    async with a_site_of_theirs({"/a": WANTS_MENTIONS, "/hear": heard}) as theirs:
        us = ours(doors, settings, theirs)
        await us.writes(f"[a]({theirs.url('/a')})")

    row = await us.row()
    assert (row.kind, row.state, row.answer) == ("webmention", state, says)


async def test_where_one_can_see_what_became_of_it_is_kept(
    doors: Doors, settings: Settings
) -> None:
    created = answers(b"", "Location: /status/7", status="201 Created")
    async with a_site_of_theirs({"/a": WANTS_MENTIONS, "/hear": created}) as theirs:
        us = ours(doors, settings, theirs)
        await us.writes(f"[a]({theirs.url('/a')})")

    assert (await us.row()).status_url == theirs.url("/status/7")


async def test_a_busy_endpoint_is_tried_three_times_and_its_page_asked_once(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs({"/a": WANTS_MENTIONS, "/hear": BUSY}) as theirs:
        us = ours(doors, settings, theirs)
        await us.writes(f"[a]({theirs.url('/a')})")
        assert len(theirs.asked) == 2
        await us.works(later=MINUTE)
        assert len(theirs.asked) == 3
        await us.works(later=HOUR / 2)
        assert len(theirs.asked) == 3
        await us.works(later=HOUR + MINUTE)
        await us.works(later=HOUR * 100)

    assert theirs.asked == ["GET /a", *["POST /hear"] * 3]
    row = await us.row()
    assert (row.state, row.tries) == ("given up", 3)


async def test_no_link_takes_more_than_four_requests(doors: Doors, settings: Settings) -> None:
    page, hear = then(BUSY, BUSY, WANTS_MENTIONS), then(BUSY, ACCEPTED)
    async with a_site_of_theirs({"/a": page, "/hear": hear}) as theirs:
        us = ours(doors, settings, theirs)
        await us.writes(f"[a]({theirs.url('/a')})")
        for later in (MINUTE, HOUR + MINUTE, HOUR * 100):
            await us.works(later=later)

    assert theirs.asked == ["GET /a", "GET /a", "GET /a", "POST /hear"]


async def test_an_endpoint_that_recovers_is_told(doors: Doors, settings: Settings) -> None:
    async with a_site_of_theirs({"/a": WANTS_MENTIONS, "/hear": then(BUSY, ACCEPTED)}) as theirs:
        us = ours(doors, settings, theirs)
        await us.writes(f"[a]({theirs.url('/a')})")
        await us.works(later=MINUTE)

    assert (await us.row()).state == "sent"


@pytest.mark.parametrize(
    ("code", "tries"), [(17, 1), (49, 1), (403, 1), (50, 2), (429, 2), (503, 2), (600, 1)]
)
async def test_a_pingback_is_sent_again_where_the_fault_is_one_that_passes(
    doors: Doors, settings: Settings, code: int, tries: int
) -> None:
    later = then(answers(fault(code, "Slow down."), XML), answers(answer("Registered."), XML))
    async with a_site_of_theirs({"/rpc": later}) as theirs:
        theirs.pages["/a"] = wants_pings(theirs.url("/rpc"))
        us = ours(doors, settings, theirs)
        await us.writes(f"[a]({theirs.url('/a')})")
        await us.works(later=MINUTE)

    assert len(theirs.bodies("/rpc")) == tries
    assert (await us.row()).state == ("sent" if tries > 1 else "refused")


async def test_who_takes_one_ping_at_a_time_is_asked_again_for_each_by_itself(
    doors: Doors, settings: Settings
) -> None:
    busy, taken = answers(fault(429, "Slow down."), XML), answers(answer("Registered."), XML)
    async with a_site_of_theirs({"/rpc": then(busy, busy, busy, taken)}) as theirs:
        pages = [theirs.url(path) for path in ("/a", "/b", "/c")]
        theirs.pages |= dict.fromkeys(("/a", "/b", "/c"), wants_pings(theirs.url("/rpc")))
        us = ours(doors, settings, theirs)
        await us.writes(" ".join(f"[x]({page})" for page in pages))
        pings = [len(theirs.bodies("/rpc"))]
        for number in range(3):
            await us.works(later=MINUTE + APART * number)
            pings.append(len(theirs.bodies("/rpc")))

    assert pings == [3, 4, 5, 6]


async def test_an_endpoint_in_our_own_network_is_not_asked(
    doors: Doors, settings: Settings
) -> None:
    # W3C Webmention §4.3.
    async with a_site_of_theirs({"/hear": ACCEPTED}) as inside:
        page = answers(f'<link rel="webmention" href="{inside.url("/hear")}">'.encode())
        async with a_site_of_theirs({"/a": page}) as theirs:
            us = ours(doors, settings, theirs)
            await us.writes(f"[a]({theirs.url('/a')})")

    assert inside.stranger.connections == 0
    assert (await us.row()).state == "failed"


@pytest.mark.parametrize(
    ("page", "state", "says"),
    [
        (GONE, "given up", "The answer was HTTP 404."),
        (answers(b"Hello."), "none offered", "neither webmentions nor pingbacks nor trackbacks"),
        (answers(b"%PDF", "Content-Type: application/pdf"), "none offered", "neither"),
        (answers(b"x" * 3_000_000), "none offered", "neither"),
        (
            answers(b"%PDF", "Content-Type: application/pdf", "Link: </hear>; rel=webmention"),
            "sent",
            "",
        ),
    ],
)
async def test_a_page_may_want_nothing(
    doors: Doors, settings: Settings, page: Behaviour, state: str, says: str
) -> None:
    async with a_site_of_theirs({"/a": page, "/hear": ACCEPTED}) as theirs:
        us = ours(doors, settings, theirs)
        await us.writes(f"[a]({theirs.url('/a')})")

    row = await us.row()
    assert row.state == state
    assert says in row.answer


@pytest.mark.parametrize(
    ("answered", "state", "says"),
    [
        (answers(answer("Thanks."), XML), "sent", "Thanks."),
        (answers(answer("x" * 2000), XML), "sent", ""),
        (answers(fault(48, "Already."), XML), "sent", "They knew of the link already."),
        (answers(fault(17, "No <b>link</b>."), XML), "refused", "Fault 17: No <b>link</b>."),
        (answers(fault(0, "x" * 2000), XML), "refused", "The answer is not one that pingback knows."),
        (answers(b"<html>", XML), "refused", "The answer is not one that pingback knows."),
    ],
)  # fmt: skip
async def test_a_page_that_only_takes_pingbacks_gets_one(
    doors: Doors, settings: Settings, answered: Behaviour, state: str, says: str
) -> None:
    pages = {"/rpc": answered}
    async with a_site_of_theirs(pages) as theirs:
        theirs.pages["/a"] = wants_pings(theirs.url("/rpc"))
        us = ours(doors, settings, theirs)
        post_id = await us.writes(f"[a]({theirs.url('/a')})")
        await us.changes(post_id, body=f"Now [a]({theirs.url('/a')})")
        row = await us.row()
        await us.trashes(post_id)

    called = read_call(theirs.bodies("/rpc")[0].encode())
    assert (called.method, called.params) == ("pingback.ping", (row.source, theirs.url("/a")))
    assert (row.kind, row.state, row.answer) == ("pingback", state, says)
    assert len(theirs.bodies("/rpc")) == 1


@pytest.mark.parametrize(
    ("answered", "state", "says"),
    [
        (TOOK_TRACKBACK, "sent", ""),
        (
            answers(b"<response><error>1</error><message>No.</message></response>", XML),
            "refused",
            "No.",
        ),
    ],
)
async def test_a_page_that_only_takes_trackbacks_gets_one(
    doors: Doors, settings: Settings, answered: Behaviour, state: str, says: str
) -> None:
    async with a_site_of_theirs({"/ping": answered}) as theirs:
        here, other = theirs.url("/a"), theirs.url("/other")
        blocks = rdf(other, "Other", theirs.url("/no")) + rdf(here, "A", theirs.url("/ping"))
        theirs.pages["/a"] = answers(blocks.encode())
        us = ours(doors, settings, theirs)
        post_id = await us.writes(f"See [a]({here}).", title="Of “a”")
        await us.changes(post_id, body=f"Now [a]({here})")

    (form,) = theirs.heard("/ping")
    row = await us.row()
    assert (form["title"], form["excerpt"], form["url"]) == ("Of “a”", "See a.", row.source)
    assert (row.kind, row.state, row.answer) == ("trackback", state, says)


async def test_an_address_the_author_listed_is_not_told_again_for_a_link(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs({"/ping": TOOK_TRACKBACK}) as theirs:
        here = theirs.url("/a")
        theirs.pages["/a"] = answers(rdf(here, "A", theirs.url("/ping")).encode())
        us = ours(doors, settings, theirs)
        await us.writes(f"[a]({here})", trackbacks=(theirs.url("/ping"),))

    assert len(theirs.bodies("/ping")) == 1
    assert sorted(row.state for row in await us.rows()) == ["none offered", "sent"]


async def test_webmention_is_preferred_to_pingback_and_that_to_trackback(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs({"/hear": ACCEPTED, "/rpc": TOOK_PING}) as theirs:
        a, b = theirs.url("/a"), theirs.url("/b")
        linked = f'<link rel="pingback" href="{theirs.url("/rpc")}">'
        everything = f'<a rel="webmention" href="/hear">x</a>{linked}'
        theirs.pages["/a"] = answers((everything + rdf(a, "A", theirs.url("/no"))).encode())
        theirs.pages["/b"] = answers((linked + rdf(b, "B", theirs.url("/no"))).encode())
        us = ours(doors, settings, theirs)
        await us.writes(f"[a]({a}) [b]({b})")

    assert [row.kind for row in await us.rows()] == ["webmention", "pingback"]
    assert len(theirs.asked) == 4


async def test_a_kill_in_the_middle_loses_nothing(doors: Doors, settings: Settings) -> None:
    is_there = anyio.Event()

    async def hangs(_stream: SocketStream) -> None:
        is_there.set()
        await anyio.sleep_forever()

    page = {"/a": WANTS_MENTIONS, "/hear": then(hangs, ACCEPTED)}
    listed = {"/ping": then(hangs, TOOK_TRACKBACK)}
    for pages, way in ((page, "/hear"), (listed, "/ping")):
        async with a_site_of_theirs(pages) as theirs:
            us = ours(doors, settings, theirs)
            is_there = anyio.Event()
            links = f"[a]({theirs.url('/a')})" if way == "/hear" else "No link."
            named = (theirs.url("/ping"),) if way == "/ping" else ()
            writing = asyncio.create_task(us.writes(links, title=way, trackbacks=named))
            await is_there.wait()
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
            await us.works()

        row = (await us.rows())[-1]
        assert row.state == "sent"
        assert len(theirs.bodies(way)) == 2
        await announce_link(Tools(doors, us.settings), announcement_id=row.id)


async def test_a_trackback_that_kills_the_program_each_time_is_sent_three_times(
    doors: Doors, settings: Settings
) -> None:
    is_there = asyncio.Event()

    async def hangs(_stream: SocketStream) -> None:
        is_there.set()
        await anyio.sleep_forever()

    async with a_site_of_theirs({"/ping": hangs}) as theirs:
        us = ours(doors, settings, theirs)
        for _life in range(3):
            is_there.clear()
            if not await us.rows():
                life = asyncio.create_task(us.writes("x", trackbacks=(theirs.url("/ping"),)))
            else:
                life = asyncio.create_task(us.works())
            await is_there.wait()
            life.cancel()
            with suppress(asyncio.CancelledError):
                await life
        await us.works()

    row = await us.row()
    assert (row.state, row.answer) == ("given up", "Whether it arrived is not known.")
    assert len(theirs.bodies("/ping")) == 3


async def test_what_went_wrong_is_tried_once_more_when_asked_for(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs({"/a": then(GONE, WANTS_MENTIONS), "/hear": BUSY}) as theirs:
        us = ours(doors, settings, theirs)
        post_id = await us.writes(f"[a]({theirs.url('/a')})")
        assert (await us.row()).state == "given up"
        async with doors.unit_of_work() as db:
            await tell_soon(db, await try_again(db, OWNER_AT_THE_MACHINE, post_id))
        await us.works()
        await us.works(later=HOUR)

        assert theirs.asked == ["GET /a", "GET /a", "POST /hear"]
        theirs.pages["/hear"] = ACCEPTED
        async with doors.unit_of_work() as db:
            await tell_soon(db, await try_again(db, OWNER_AT_THE_MACHINE, post_id))
        await us.works()

    assert (await us.row()).state == "sent"
    async with doors.unit_of_work() as db:
        assert await try_again(db, OWNER_AT_THE_MACHINE, post_id) == []


async def test_only_who_may_write_a_post_tries_again(doors: Doors, settings: Settings) -> None:
    post_id = await ours(doors, settings).writes("Words.")
    async with doors.unit_of_work() as db:
        with pytest.raises((SignInNeeded, Forbidden)):
            await try_again(db, VISITOR, post_id)
        with pytest.raises(NotFound):
            await try_again(db, VISITOR, 4711)
