"""`pingback.ping` (Pingback 1.0 §3): the page is looked at while the asker waits, who is answered within three seconds.

What takes longer is accepted: the look goes on, and the worker sees to it if this process does not.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.i18n import _, speak
from app.core.networks import kept_address
from app.core.outbound.opening import open_door
from app.core.xml_rpc import Fault, Value
from app.discussions.linking import count_look
from app.discussions.models import CommentKind
from app.discussions.policy import may_link
from app.linkbacks.addresses import is_web_address
from app.linkbacks.at_once import LOOKS
from app.linkbacks.jobs import enter_sight
from app.linkbacks.looking import Sight, ToLookAt
from app.linkbacks.models import LookState
from app.linkbacks.protocols import pingback
from app.linkbacks.receiving import Became, Ping, known_link, receive
from app.linkbacks.targets import is_own, post_at, spellings
from app.linkbacks.verifying import Look, enter, led_here
from app.posts.models import Post
from app.site.queries import get_site
from app.web.linkbacks.listing import listed_pings
from app.web.rpc.calling import Asking
from app.web.rpc.params import Params

# Longer than any look takes: after that the worker looks whether it was taken.
_LOOKED_AT_WITHIN = 60


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A ping that may be taken, and what is to be looked at for it."""

    ping: Ping
    post_id: int
    at: ToLookAt


async def ping(asking: Asking, params: Params) -> Value:
    """Take in a pingback. Raises Fault 16, 17, 32, 33 or 48."""
    asked_at = asyncio.get_running_loop().time()
    speak(asking.site.language)
    wanted = await _wanted(asking, params["source"], params["target"])
    if wanted is None:
        return _("That page is one of this site's own.")
    async with asking.doors.unit_of_work() as session:
        await count_look(session, asking.settings, wanted.ping.address)
    looking = LOOKS.begin(open_door(asking.settings, asking.doors), wanted.at)
    sight = await LOOKS.seen_in_time(looking, asked_at) if looking else None
    comment_id = await _keep(asking, wanted, sight, _LOOKED_AT_WITHIN if looking else 0)
    if looking and sight is None:
        taken, doors, settings = _look(wanted, comment_id), asking.doors, asking.settings
        LOOKS.enter_later(looking, lambda seen: enter_sight(doors, settings, taken, seen))
    return _("Thank you. The link is kept, and shown when it was read.")


async def pings_of(asking: Asking, params: Params) -> Value:
    """`pingback.extensions.getPingbacks`: the pages that are shown as linking to a post. Raises Fault 32 or 33."""
    async with asking.doors.reading() as session:
        post = await _target(asking, session, params["url"])
        urls: Sequence[str] = [ping.url for ping in await listed_pings(session, post.id)]
    return urls


async def _wanted(asking: Asking, source: str, target: str) -> _Wanted | None:
    if not is_web_address(source):
        raise _fault(pingback.SOURCE_MISSING)
    async with asking.doors.reading() as session:
        post = await _target(asking, session, target)
        if is_own(asking.settings, asking.site, source):
            return None
        if await known_link(session, post.id, source) is not None:
            raise _fault(pingback.ALREADY_REGISTERED)
    client = asking.request.client
    address = kept_address(client.host if client else "")
    agent = asking.request.headers.get("user-agent", "")
    targets = spellings(asking.settings, asking.site, post, target)
    return _Wanted(
        Ping(CommentKind.PINGBACK, source, target, address=address, agent=agent),
        post.id,
        ToLookAt(CommentKind.PINGBACK, source, targets, address),
    )


async def _target(asking: Asking, session: AsyncSession, url: str) -> Post:
    post = await post_at(session, asking.settings, asking.site, url)
    if post is not None:
        if not may_link(asking.site, post, CommentKind.PINGBACK, clock.now()):
            raise _fault(pingback.TARGET_NOT_PINGABLE)
        return post
    if is_own(asking.settings, asking.site, url):
        raise _fault(pingback.TARGET_NOT_PINGABLE)
    raise _fault(pingback.TARGET_UNKNOWN)


async def _keep(asking: Asking, wanted: _Wanted, sight: Sight | None, looked_at_within: int) -> int:
    """Keep a ping, and what was seen for it, in one step; nothing is kept of one without a link."""
    async with asking.doors.unit_of_work() as session:
        site = await get_site(session)
        if sight is not None:
            sight = await led_here(session, asking.settings, site, wanted.post_id, sight)
            _refuse_without_link(sight)
        received = await receive(
            session, asking.settings, site, wanted.post_id, wanted.ping,
            looked_at_within=looked_at_within,
        )  # fmt: skip
        if received.became == Became.KNOWN:
            raise _fault(pingback.ALREADY_REGISTERED)
        if sight is not None:
            look = _look(wanted, received.comment_id)
            await enter(session, asking.settings, site, look, sight)
    return received.comment_id


def _refuse_without_link(sight: Sight) -> None:
    if sight.state == LookState.MISSING:
        raise _fault(pingback.NO_LINK)
    if sight.state != LookState.FOUND:
        raise _fault(pingback.SOURCE_MISSING)


def _fault(code: int) -> Fault:
    return Fault(code, _(pingback.SENTENCES[code]))


def _look(wanted: _Wanted, comment_id: int) -> Look:
    return Look(comment_id, wanted.post_id, sent=1, at=wanted.at)
