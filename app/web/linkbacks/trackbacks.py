"""`<post>/trackback/` and WordPress's own two addresses (TrackBack 1.2): whatever comes of it, HTTP 200 and XML."""

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from app.core.errors import AppError
from app.core.i18n import _, speak
from app.core.networks import kept_address
from app.discussions.models import CommentKind
from app.linkbacks.protocols.trackback import TrackbackPing, answer, pings_rss, read_ping
from app.linkbacks.receiving import Became, Ping, Received, receive
from app.posts.addresses import address
from app.posts.models import Post
from app.site.queries import get_site
from app.web.deps import Db, doors_of, frame_of, settings_of
from app.web.forms import whole_body
from app.web.linkbacks.listing import listed_pings
from app.web.linkbacks.posts_meant import post_of_trackback

router = APIRouter()


class AsRss(APIRoute):
    """Knows a trackback's address by what is asked of it: without that, a reader is sent to the post."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """No match without `__mode=rss`."""
        if scope["type"] == "http" and b"__mode=rss" in scope["query_string"].split(b"&"):
            return super().matches(scope)
        return Match.NONE, {}


async def links_as_rss(request: Request, db: Db) -> Response:
    """The links that a post has (TrackBack 1.2, "Retrieving TrackBack Pings"). Raises NotFound."""
    post = await _post(request, db)
    settings, frame = settings_of(request), await frame_of(request, db)
    url = settings.base_url + address(post.path or "/")
    pings = await listed_pings(db, post.id)
    return _xml(pings_rss(post.title, url, post.summary, frame.site.language, pings))


async def take_trackback(request: Request) -> Response:
    """Take in a trackback; its page is looked at later."""
    try:
        body = await whole_body(request)
        ping = read_ping(
            body, request.headers.get("content-type", ""), request.scope["query_string"]
        )
        received = await _receive(request, ping)
    except AppError as error:
        return _xml(answer(_(error.detail) or _(error.title)))
    if received.became == Became.KNOWN:
        return _xml(answer(_("There is a ping from that page for this post already.")))
    return _xml(answer())


_as_rss = APIRouter(route_class=AsRss)
for _path in (
    "/{path:path}/trackback/",
    "/{path:path}/trackback",
    "/wp-trackback.php",
    "/wp-trackback.php/{number}",
):
    _as_rss.add_api_route(_path, links_as_rss, methods=["GET", "HEAD"])
    router.add_api_route(_path, take_trackback, methods=["POST"])
router.include_router(_as_rss)


async def _receive(request: Request, ping: TrackbackPing) -> Received:
    client = request.client
    async with doors_of(request).unit_of_work() as session:
        site = await get_site(session)
        speak(site.language)
        post = await _post(request, session)
        return await receive(
            session,
            settings_of(request),
            site,
            post.id,
            Ping(
                kind=CommentKind.TRACKBACK,
                source=ping.url,
                target=settings_of(request).base_url + address(post.path or "/"),
                title=ping.title,
                text=ping.excerpt,
                site_name=ping.blog_name,
                address=kept_address(client.host if client else ""),
                agent=request.headers.get("user-agent", ""),
            ),
        )


async def _post(request: Request, session: Db) -> Post:
    number = request.path_params.get("number") or request.query_params.get("p", "")
    return await post_of_trackback(session, request.scope["path"], number)


def _xml(document: bytes) -> Response:
    return Response(document, media_type="text/xml", headers={"Cache-Control": "no-store"})
