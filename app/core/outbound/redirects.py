"""Where a redirect leads, and what is sent along: a body only where it was meant to go."""

from dataclasses import dataclass

import httpx

from app.core.errors import Unreachable
from app.core.i18n import _
from app.core.outbound.addresses import Target, port_of
from app.core.outbound.asking import Sending

# RFC 9110 §15.4.8, §15.4.9: the same request, with its body, is wanted at the other address.
_KEEPS_THE_METHOD = (307, 308)
# RFC 9110 §15.4.4: what was sent has arrived; the other address is only to be read.
_SEE_OTHER = 303


@dataclass(frozen=True)
class Step:
    """One request on the way: GET, or POST of what it sends."""

    url: str
    sends: Sending | None = None


def next_step(target: Target, status: int, location: str, sends: Sending | None) -> Step:
    """The request that follows a redirect; raises Unreachable where none may."""
    there = _joined(target, location)
    if sends is None or status == _SEE_OTHER:
        return Step(str(there))
    if not _may_be_sent_on(target, there, status):
        raise Unreachable(_("That server wants what was sent to it to go elsewhere."))
    return Step(str(there), sends)


def _may_be_sent_on(target: Target, there: httpx.URL, status: int) -> bool:
    if target.url.scheme == "https" and there.scheme != "https":
        return False
    if status in _KEEPS_THE_METHOD:
        return True
    # RFC 9110 §15.4.2, §15.4.3: after 301 and 302 browsers send a GET, which no endpoint is helped
    # by. A site that moved to https means its endpoint too; another host was never asked for.
    is_here = there.scheme == target.url.scheme and port_of(there) == target.port
    return there.raw_host == target.url.raw_host and (is_here or there.scheme == "https")


def _joined(target: Target, location: str) -> httpx.URL:
    try:
        return target.url.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise Unreachable(_("That server redirects to something that is no address.")) from error
