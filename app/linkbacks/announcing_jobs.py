"""Other sites are told of links to them: one job finds out whom, and one a link tells them."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import NotNow
from app.core.i18n import _
from app.core.jobs import Tools, enqueue, job
from app.core.outbound.door import Door
from app.core.outbound.opening import open_door
from app.linkbacks.announcing import keep_announcements, read_outgoing
from app.linkbacks.errands import MOST_TRIES, begin, find_errand, forget_void, put_off, settle
from app.linkbacks.sent import AnnouncementKind, AnnouncementState
from app.linkbacks.telling import Errand, Offer, Outcome, find_offer, tell


@job("announce-links")
async def announce_links(tools: Tools, *, post_id: int) -> None:
    """Find out who is to be told of a post's links, or of their end."""
    async with tools.work.reading() as session:
        outgoing = await read_outgoing(session, tools.settings.base_url, post_id)
    if outgoing is not None:
        async with tools.work.unit_of_work() as session:
            await tell_soon(session, await keep_announcements(session, outgoing))


@job("announce-link", asks_strangers=True)
async def announce_link(tools: Tools, *, announcement_id: int) -> None:
    """Tell one of them. What was told and not written down, by a kill in between, is told again:
    a webmention says the same twice, and a pingback is answered that it is known."""
    async with tools.work.reading() as session:
        errand = await find_errand(session, announcement_id)
    if errand is None:
        async with tools.work.unit_of_work() as session:
            await forget_void(session, announcement_id)
        return
    offer, outcome = await _announced(tools, errand)
    async with tools.work.unit_of_work() as session:
        wait = await settle(session, errand, offer, outcome)
        if wait is not None:
            await tell_soon(session, [errand.id], wait)


async def tell_soon(
    session: AsyncSession, announcement_ids: Iterable[int], delay: timedelta | None = None
) -> None:
    """Have these told. Of one address no two jobs run at once, and all that wait are one."""
    for number in announcement_ids:
        key = f"announcement {number}"
        await enqueue(session, announce_link, delay=delay, once=key, announcement_id=number)


async def _announced(tools: Tools, errand: Errand) -> tuple[Offer | None, Outcome]:
    door = open_door(tools.settings, tools.work)
    found = errand.offer or await find_offer(door, errand)
    if isinstance(found, Outcome):
        return None, found
    return found, await _told(tools, door, errand, found)


async def _told(tools: Tools, door: Door, errand: Errand, offer: Offer) -> Outcome:
    if offer.kind == AnnouncementKind.TRACKBACK:
        if errand.tries >= MOST_TRIES:
            return Outcome(AnnouncementState.GIVEN_UP, _("Whether it arrived is not known."))
        # A trackback is a new entry to whoever gets it twice. So a try is counted before it is made:
        # it is repeated only if the program is killed in these very seconds, and not for ever.
        async with tools.work.unit_of_work() as session:
            await begin(session, errand, offer)
    try:
        return await tell(door, errand, offer)
    except NotNow:
        async with tools.work.unit_of_work() as session:
            await put_off(session, errand, offer)
        raise
