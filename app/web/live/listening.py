"""`/live/` and `/live/topics/ID`: what is new, as an event stream, or once as JSON.

Who accepts `text/event-stream` gets a stream that lasts as long as they may read; anybody else gets
its present state, with an entity tag, to be asked for again. Both say how much there is, never what.
"""

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.policy import may_have_account_page
from app.core.answers import require
from app.core.networks import household, kept_address
from app.web.accounts.session_cookie import session_token
from app.web.deps import Db, Me, settings_of
from app.web.door.negotiation import is_known
from app.web.live.door import EVENT_STREAM, LIVE, stream_answer
from app.web.live.hearing import hear
from app.web.live.stream import Heard, Listener
from app.web.live.streams import Streams

router = APIRouter()

_READ = ["GET", "HEAD"]


@router.api_route(LIVE, methods=_READ)
async def own_inbox(request: Request, db: Db, me: Me) -> Response:
    """How much waits in one's inbox. Raises SignInNeeded, TooMany, NotReady."""
    require(may_have_account_page(me))
    return await _answer(request, db, me, None)


@router.api_route(LIVE + "topics/{topic_id:int}", methods=_READ)
async def topic(request: Request, db: Db, me: Me, topic_id: int) -> Response:
    """The same, and how much is said in a discussion. Raises NotFound, TooMany, NotReady."""
    return await _answer(request, db, me, topic_id)


async def _answer(request: Request, db: AsyncSession, me: Actor, topic_id: int | None) -> Response:
    heard = await hear(db, me, topic_id)
    if EVENT_STREAM not in request.headers.get("accept", ""):
        return _once(request, heard)
    if request.method == "HEAD":
        return stream_answer(request, None)
    token = session_token(request, settings_of(request)) if me.is_signed_in else ""
    listener = Listener(token, topic_id, _owner(request, me))
    streams: Streams = request.app.state.streams
    known = request.headers.get("last-event-id", "")
    return stream_answer(request, streams.open(listener, heard, known))


def _once(request: Request, heard: Heard) -> Response:
    etag = f'W/"{heard.mark}"'
    headers = {"Cache-Control": "no-store", "ETag": etag, "Vary": "Accept"}
    if is_known(etag.encode(), request.headers.get("if-none-match", "").encode()):
        return Response(status_code=304, headers=headers)
    return Response(heard.as_json(), headers=headers, media_type="application/json")


def _owner(request: Request, me: Actor) -> str:
    """Whom a stream counts against: a signed-in browser, else the household it comes from."""
    if me.session_id is not None:
        return f"session:{me.session_id}"
    first, _last = household(kept_address(request.client.host if request.client else ""))
    return f"address:{first}"
