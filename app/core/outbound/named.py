"""Servers that a setting names. Their addresses are the owner's choice; what they answer is bounded."""

import anyio

from app.core.errors import Unreachable
from app.core.i18n import _
from app.core.lean import without
from app.core.outbound.addresses import no_answer
from app.core.outbound.asking import Sending
from app.core.outbound.bodies import check_headers, check_length, pieces
from app.core.outbound.tls import known_authorities

# With it comes its command line, drawn by rich.
with without("rich", "pygments"):
    import httpx

# Of an answer that nobody reads.
_MOST_OF_A_REPLY = 64_000
_SECONDS = 10.0


async def post_to_named(url: str, sending: Sending, agent: str) -> int:
    """POST to a server that a setting names; the status of its answer. Raises Unreachable."""
    headers = {"Content-Type": sending.content_type}
    with anyio.move_on_after(_SECONDS):
        try:
            async with named_client(
                agent, base="", max_bytes=_MOST_OF_A_REPLY, seconds=_SECONDS
            ) as http:
                answer = await http.post(url, content=sending.content, headers=headers)
                return answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise no_answer() from error
    raise no_answer()


def named_client(agent: str, *, base: str, max_bytes: int, seconds: float) -> httpx.AsyncClient:
    """A client of one server; with a `base`, every request goes there, whomever it was made for.

    Knows no proxies, cookies or redirects. `seconds` bound each step; the whole is the caller's to bound.
    """
    return httpx.AsyncClient(
        headers={"User-Agent": agent, "Accept-Encoding": "identity"},
        timeout=seconds,
        trust_env=False,
        transport=_Named(httpx.URL(base) if base else None, max_bytes),
    )


class _Named(httpx.AsyncBaseTransport):
    """Reads whole answers of a bounded size, and refuses to be sent elsewhere."""

    def __init__(self, base: httpx.URL | None, max_bytes: int) -> None:
        self._base = base
        self._max_bytes = max_bytes
        self._network = httpx.AsyncHTTPTransport(verify=known_authorities(), trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._network.handle_async_request(self._readdressed(request))
        try:
            check_headers(answer.headers)
            check_length(answer.headers, self._max_bytes)
            if answer.has_redirect_location:
                raise Unreachable(_("That server sends us elsewhere."))
            content = b"".join([piece async for piece in pieces(answer, self._max_bytes)])
        finally:
            await answer.aclose()
        # Decoded and whole by now: what described it on its way is no longer true.
        on_its_way = ("content-encoding", "content-length", "transfer-encoding")
        kept = [(k, v) for k, v in answer.headers.multi_items() if k not in on_its_way]
        return httpx.Response(answer.status_code, headers=kept, content=content)

    async def aclose(self) -> None:
        await self._network.aclose()

    def _readdressed(self, request: httpx.Request) -> httpx.Request:
        if self._base is None:
            return request
        url = request.url.copy_with(
            scheme=self._base.scheme,
            host=self._base.host,
            port=self._base.port,
            raw_path=self._base.raw_path.rstrip(b"/") + request.url.raw_path,
        )
        headers = [(k, v) for k, v in request.headers.raw if k.lower() != b"host"]
        headers.insert(0, (b"Host", url.netloc))
        return httpx.Request(
            request.method,
            url,
            headers=headers,
            stream=request.stream,
            extensions=request.extensions,
        )
