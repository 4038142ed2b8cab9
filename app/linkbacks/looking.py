"""Looks at the page that a link is said to stand on. Asks its server, through the guarded door, and keeps nothing."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.core.errors import Unreachable
from app.core.foreign_html import read_apart
from app.core.i18n import _
from app.core.outbound.asking import (
    PINGBACK,
    TRACKBACK,
    UNREAD,
    WEBMENTION,
    Asking,
    Kind,
    of_any_type,
)
from app.core.outbound.door import Door, Fetched
from app.discussions.linking import Source
from app.discussions.models import CommentKind, Relation
from app.linkbacks.models import LookState
from app.linkbacks.reading.links import Targets
from app.linkbacks.reading.source import Said, SourcePage, read_source
from app.moderation.filters.links import no_link

_KINDS: dict[CommentKind, Kind] = {
    CommentKind.TRACKBACK: TRACKBACK,
    CommentKind.PINGBACK: PINGBACK,
    CommentKind.WEBMENTION: WEBMENTION,
}
# A page that says so of itself is gone (RFC 9110 §15.5.5, §15.5.11).
_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """A page, and every address of the post that it is said to link to."""

    kind: CommentKind
    source: str
    targets: Collection[str]
    asked_by: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen: `source` is for judging; of a page that does not link here, `others` may yet lead here."""

    state: LookState
    says: str
    source: Source
    others: tuple[str, ...] = ()


async def look(door: Door, at: ToLookAt) -> Sight:
    """Fetch a page and see whether it links here. Raises NotNow if its server was asked too often."""
    try:
        fetched = await door.fetch(at.source, _asking(at))
    except Unreachable as error:
        return nothing_seen(LookState.AWAY, error.detail)
    if fetched.status in _GONE:
        return nothing_seen(LookState.GONE, _("That page is gone."))
    if not 200 <= fetched.status < 300:
        return nothing_seen(LookState.AWAY, _("That page could not be read."))
    said = await read_apart(read_source, _page(fetched), at.targets)
    if said.links_here:
        return sight_of(said)
    return _without_link(said, [await _end_of(door, way, at) for way in said.ways_round])


async def _end_of(door: Door, way: str, at: ToLookAt) -> str | None:
    """Where on our hosts a link leads by its redirects: empty where it stays elsewhere, None where that
    can't be seen. Raises NotNow."""
    is_ours = Targets(at.targets).is_ours
    asking = replace(_asking(at), kind=of_any_type(_KINDS[at.kind]), limits=UNREAD, arrived=is_ours)
    try:
        async with door.open(way, asking) as answer:
            return answer.url if is_ours(answer.url) else ""
    except Unreachable:
        return None


def _asking(at: ToLookAt) -> Asking:
    # A place in the queue for whoever looks at a page, so that the worker takes the turn that was
    # kept for the door.
    place = f"link {hashlib.sha256(at.source.encode()).hexdigest()[:32]}"
    return Asking(_KINDS[at.kind], asked_by=at.asked_by, may_wait=False, kept_for=place)


def sight_of(said: Said) -> Sight:
    """A page that links here."""
    return Sight(
        LookState.FOUND,
        _("The link was found on that page."),
        Source(name=_name(said), text=said.excerpt, relation=Relation(said.relation)),
    )


def nothing_seen(state: LookState, says: str) -> Sight:
    """No link, and why."""
    return Sight(state, says, Source(name="", text="", trouble=no_link(says)))


def _without_link(said: Said, ends: Sequence[str | None]) -> Sight:
    """No link of its own to us; whether another one leads here, who knows our addresses decides."""
    # Nobody takes a link back by a redirect that is down.
    state = LookState.AWAY if None in ends else LookState.MISSING
    says = _("That page does not link here.")
    source = Source(name=_name(said), text=said.excerpt, trouble=no_link(says))
    return Sight(state, says, source, others=(*said.others, *filter(None, ends)))


def _name(said: Said) -> str:
    """Whose answer it is, where it is one; else what the page is called."""
    named = said.author_name if said.relation else said.title or said.author_name
    return named[:300]


def _page(fetched: Fetched) -> SourcePage:
    _type, _sep, parameters = fetched.headers.get("content-type", "").partition("charset=")
    charset = parameters.partition(";")[0].strip("\"' ")
    return SourcePage(fetched.url, fetched.content_type, charset, fetched.content)
