"""One link told to one page: what the page offers is found, and the first of it is sent.

Two requests at most, and no database: whoever asks writes down how it went.
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import cast

from app.core.errors import Unreachable
from app.core.foreign_html import LONGEST_PAGE, read_apart
from app.core.i18n import _
from app.core.outbound.asking import (
    PINGBACK,
    TRACKBACK,
    UNREAD,
    WEBMENTION,
    Asking,
    Kind,
    Limits,
    Sending,
    a_form,
    of_any_type,
    some_xml,
)
from app.core.outbound.door import KEPT_OF_A_REPLY, Answer, Door, Fetched
from app.core.xml_rpc import INVALID_CALL, NOT_WELL_FORMED, Fault, call
from app.core.xml_rpc import read_answer as read_rpc
from app.linkbacks.addresses import normalised
from app.linkbacks.charsets import decoded_page
from app.linkbacks.discovery import Answered, Endpoints, endpoints
from app.linkbacks.protocols.pingback import ALREADY_REGISTERED, UPSTREAM
from app.linkbacks.protocols.trackback import form_of
from app.linkbacks.protocols.trackback import read_answer as read_trackback
from app.linkbacks.reading.html import read_html
from app.linkbacks.reading.links import absolute
from app.linkbacks.reading.words import line
from app.linkbacks.sent import AnnouncementKind, AnnouncementState

LONGEST_ANSWER = 300
# A picture or a book may offer a webmention in its headers (W3C Webmention §3.1.2): any type and
# length will do, for no more is read than a page may have.
_ANYTHING = of_any_type(WEBMENTION)
# RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4: a little later it may be another answer.
_PASSES = (408, 425, 429)


@dataclass(frozen=True)
class Offer:
    """What a page offers: a kind, and where to send it."""

    kind: AnnouncementKind
    endpoint: str


@dataclass(frozen=True)
class Outcome:
    """How it went, in a word and a sentence."""

    state: AnnouncementState
    answer: str = ""
    status_url: str = ""


@dataclass(frozen=True)
class Errand:
    """What is to be told to whom."""

    id: int
    post_id: int
    source: str
    target: str
    version: str
    # A change, or the end, of what they were told before: only webmention knows these.
    is_news: bool
    # Known already where this is another try.
    offer: Offer | None
    tries: int
    title: str
    excerpt: str
    blog_name: str
    # Trackback addresses the author listed, which get theirs anyway.
    listed: frozenset[str] = field(default_factory=frozenset)

    def asking(self, kind: Kind, limits: Limits | None = None) -> Asking:
        """A request whose place in the queue is kept: the job comes back for it."""
        return Asking(kind, limits or Limits(), may_wait=False, kept_for=f"announcement {self.id}")


async def find_offer(door: Door, errand: Errand) -> Offer | Outcome:
    """Ask the page itself how it wants to be told, or say why it is not told. Raises NotNow."""
    try:
        async with door.open(errand.target, errand.asking(_ANYTHING, UNREAD)) as answer:
            trouble = _trouble(answer.status, AnnouncementState.GIVEN_UP, "")
            if trouble is not None:
                return trouble
            page = await _page(answer)
    except Unreachable as error:
        return _unreachable(error)
    found = await read_apart(endpoints, page, errand.target)
    return _first(found, errand)


async def tell(door: Door, errand: Errand, offer: Offer) -> Outcome:
    """Send what was found to be wanted. Raises NotNow."""
    kind, written, _read = _SPOKEN[offer.kind]
    try:
        got = await door.send(offer.endpoint, written(errand), errand.asking(kind))
    except Unreachable as error:
        return _unreachable(error)
    return outcome_of(offer.kind, got)


def outcome_of(kind: AnnouncementKind, got: Fetched) -> Outcome:
    """What an answer to what was sent means. Pure, and never raises: strangers wrote it."""
    _kind, _written, read = _SPOKEN[kind]
    trouble = _trouble(got.status, AnnouncementState.REFUSED, _said(got))
    return read(got) if trouble is None else trouble


def _first(offered: Endpoints, errand: Errand) -> Offer | Outcome:
    if offered.webmention:
        return Offer(AnnouncementKind.WEBMENTION, offered.webmention)
    if errand.is_news:
        return _none(_("The page takes no webmentions any more, so it was not told of the change."))
    if offered.pingback:
        return Offer(AnnouncementKind.PINGBACK, offered.pingback)
    if not offered.trackback:
        return _none(_("The page takes neither webmentions nor pingbacks nor trackbacks."))
    if normalised(offered.trackback) in errand.listed:
        return _none(_("Its trackback address is one that the author listed."))
    return Offer(AnnouncementKind.TRACKBACK, offered.trackback)


def _none(answer: str) -> Outcome:
    return Outcome(AnnouncementState.NONE_OFFERED, answer)


async def _page(answer: Answer) -> Answered:
    content_type = answer.headers.get("content-type", "")
    content = b""
    if "html" in answer.content_type or not content_type:
        chunks = cast("AsyncGenerator[bytes]", answer.chunks())
        async with aclosing(chunks):
            async for chunk in chunks:
                content += chunk
                if len(content) >= LONGEST_PAGE:
                    break
    return Answered(answer.url, answer.headers.multi_items(), content_type, content)


def _trouble(status: int, otherwise: AnnouncementState, said: str) -> Outcome | None:
    """What an HTTP status says by itself; None where all is well."""
    if 200 <= status < 300:
        return None
    answer = _("The answer was HTTP %(status)d.") % {"status": status}
    state = AnnouncementState.FAILED if _passes(status) else otherwise
    return Outcome(state, f"{answer} {said}".rstrip())


def _passes(status: int) -> bool:
    return 500 <= status < 600 or status in _PASSES


def _unreachable(error: Unreachable) -> Outcome:
    return Outcome(AnnouncementState.FAILED, error.detail)


def _said(got: Fetched) -> str:
    """The server's own words, without markup, on one short line."""
    if not got.content_type.startswith("text/") and "json" not in got.content_type:
        return ""
    text = decoded_page(got.content, got.headers.get("content-type", ""))
    if "html" in got.content_type:
        text = read_html(text).text()
    return line(text, LONGEST_ANSWER)


def _webmention(errand: Errand) -> Sending:
    return a_form({"source": errand.source, "target": errand.target})


def _read_webmention(got: Fetched) -> Outcome:
    # W3C Webmention §3.1.3: any 2xx is success; §3.2.1: only a 201 has a status page.
    status_url = got.headers.get("location", "") if got.status == 201 else ""
    status_url = absolute(got.url, status_url) if status_url else ""
    return Outcome(AnnouncementState.SENT, _said(got), status_url)


def _pingback(errand: Errand) -> Sending:
    return some_xml(call("pingback.ping", (errand.source, errand.target)))


def _read_pingback(got: Fetched) -> Outcome:
    try:
        said = read_rpc(got.content.strip())
    except Fault as fault:
        return _fault(got, fault)
    return Outcome(AnnouncementState.SENT, line(str(said), LONGEST_ANSWER))


def _fault(got: Fetched, fault: Fault) -> Outcome:
    # Pingback 1.0 §3: they know of the link already, which is all that was wanted.
    if fault.code == ALREADY_REGISTERED:
        return Outcome(AnnouncementState.SENT, _("They knew of the link already."))
    if fault.code not in (NOT_WELL_FORMED, INVALID_CALL):
        says = line(fault.says, LONGEST_ANSWER)
        said = {"code": fault.code, "says": says}
        # WordPress gives the number of an HTTP status to whoever pings within 15 seconds of another.
        passes = fault.code == UPSTREAM or _passes(fault.code)
        state = AnnouncementState.FAILED if passes else AnnouncementState.REFUSED
        return Outcome(state, _("Fault %(code)d: %(says)s") % said)
    # Of a long answer only the beginning is kept: where no fault begins, none comes later.
    is_cut = len(got.content) == KEPT_OF_A_REPLY and b"<methodResponse" in got.content
    if is_cut and b"<fault" not in got.content:
        return Outcome(AnnouncementState.SENT)
    return Outcome(AnnouncementState.REFUSED, _("The answer is not one that pingback knows."))


def _trackback(errand: Errand) -> Sending:
    form = form_of(errand.source, errand.title, errand.excerpt, errand.blog_name)
    return a_form(form, charset="utf-8")


def _read_trackback(got: Fetched) -> Outcome:
    error = read_trackback(got.content)
    state = AnnouncementState.REFUSED if error else AnnouncementState.SENT
    return Outcome(state, line(error, LONGEST_ANSWER))


_SPOKEN: Mapping[
    AnnouncementKind,
    tuple[Kind, Callable[[Errand], Sending], Callable[[Fetched], Outcome]],
] = {
    AnnouncementKind.WEBMENTION: (WEBMENTION, _webmention, _read_webmention),
    AnnouncementKind.PINGBACK: (PINGBACK, _pingback, _read_pingback),
    AnnouncementKind.TRACKBACK: (TRACKBACK, _trackback, _read_trackback),
}
