"""`/xmlrpc.php`: by POST a call and its answer, by GET where to find it and what is spoken (RSD)."""

import asyncio
import re
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from app.core.errors import BadRequest, TooLarge
from app.core.i18n import _
from app.core.xml_rpc import Call, Fault, answer, fault, read_call
from app.web.accounts.pages import frame_now
from app.web.deps import settings_of
from app.web.rpc.calling import Asking, called
from app.web.rpc.methods import METHODS

router = APIRouter()

ADDRESS = "/xmlrpc.php"
# Who calls is known only when all of it is read, so strangers may send as much as anybody: little,
# unless they name a method that takes files or texts.
LARGEST = 1 << 20
LARGEST_WITH_FILE = 30 << 20
_SECONDS, _SECONDS_WITH_FILE = 20, 300
# What is larger would keep everybody else waiting.
_READ_AT_ONCE = 64 << 10
_NAMED_WITHIN = 1000
_NAME = re.compile(rb"<methodName>\s*([\w.]{1,60})\s*</methodName>")

# Really Simple Discovery 1.0: which editing interfaces there are, preferred one first.
_RSD = """\
<?xml version="1.0" encoding="UTF-8"?>
<rsd version="1.0" xmlns="http://archipelago.phrasewise.com/rsd">
  <service>
    <engineName>Rapport</engineName>
    <engineLink>{base_url}/</engineLink>
    <homePageLink>{base_url}/</homePageLink>
    <apis>
{apis}
    </apis>
  </service>
</rsd>
"""
_APIS = ("WordPress", "Movable Type", "MetaWeblog", "Blogger")


@router.api_route(ADDRESS, methods=["GET", "HEAD"])
async def rsd(request: Request) -> Response:
    """With `?rsd`: what speaks XML-RPC here. Without: only POST is any use."""
    if "rsd" not in request.query_params:
        words = "XML-RPC server accepts POST requests only.\n"
        return PlainTextResponse(words, 405, headers={"Allow": "POST"})
    base_url = settings_of(request).base_url
    link = quoteattr(f"{base_url}{ADDRESS}")
    apis = "\n".join(
        f'      <api name="{name}" blogID="1" preferred="{str(not at).lower()}" apiLink={link}/>'
        for at, name in enumerate(_APIS)
    )
    document = _RSD.format(base_url=escape(base_url), apis=apis)
    return Response(document, media_type="application/rsd+xml")


@router.post(ADDRESS)
async def xml_rpc(request: Request) -> Response:
    """A call: its value, or a fault; by HTTP it went well either way."""
    body = await _whole_body(request)
    asking = Asking(request, await frame_now(request), METHODS)
    try:
        given = answer(await called(asking, await _read(body)))
    except Fault as refused:
        given = fault(refused.code, refused.says)
    return Response(given, media_type="text/xml", headers={"Cache-Control": "no-store"})


async def _read(body: bytes) -> Call:
    if len(body) <= _READ_AT_ONCE:
        return read_call(body)
    return await to_thread.run_sync(read_call, body, limiter=_room())


async def _whole_body(request: Request) -> bytes:
    """The body, bounded in bytes and seconds by what is called. Raises TooLarge, BadRequest."""
    body, most = bytearray(), LARGEST
    try:
        async with asyncio.timeout(_SECONDS) as limit:
            async for part in request.stream():
                body += part
                if len(body) > most == LARGEST and _takes_files(body):
                    limit.reschedule(asyncio.get_running_loop().time() + _SECONDS_WITH_FILE)
                    most = LARGEST_WITH_FILE
                if len(body) > most:
                    raise TooLarge(_("That is too large."))
    except TimeoutError:
        raise BadRequest(_("What was sent did not arrive in time.")) from None
    return bytes(body)


def _takes_files(body: bytearray) -> bool:
    named = _NAME.search(body, 0, _NAMED_WITHIN)
    method = METHODS.get(named[1].decode()) if named else None
    return method is not None and method.is_large


@cache
def _room() -> CapacityLimiter:
    """A file takes several times its size while it is read: few at once."""
    return CapacityLimiter(2)
