"""WordPress's other addresses, most of them queries: each leads to the one address of the same thing.

What an address means is found in `leftover_meanings`; here it becomes a redirect, always to a path
of this site, whatever was typed.
"""

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match
from starlette.types import Scope

from app.posts.addresses import address
from app.web.deps import Db
from app.web.leftovers.meanings import (
    asked_in_query,
    feed_path,
    post_path,
    search_path,
    standing_at,
)

router = APIRouter()

# The files WordPress once had for each feed, and how it asks for the same by query.
_FEED_FILES = {
    "wp-rss.php": "rss",
    "wp-rss2.php": "rss2",
    "wp-rdf.php": "rdf",
    "wp-atom.php": "atom",
    "wp-feed.php": "rss2",
    "wp-commentsrss2.php": "comments-rss2",
}
_MOVED = {
    "/rss": "/feed/",
    "/rss/": "/feed/",
    "/wp-sitemap.xml": "/sitemap.xml",
    "/wp-links-opml.php": "/feeds.opml",
}


class ByQuery(APIRoute):
    """Knows an address by its query: one that WordPress understands, and nothing here uses."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """No match without such a query."""
        if scope["type"] == "http" and asked_in_query(scope["path"], scope["query_string"]):
            return super().matches(scope)
        return Match.NONE, {}


by_query = APIRouter(route_class=ByQuery)


@by_query.api_route("/{path:path}", methods=["GET", "HEAD"])
async def asked_by_query(request: Request, db: Db) -> Response:
    """`/?p=12`, `/?cat=3&feed=atom`, `…/?replytocom=7`. Raises NotFound for what there is not."""
    return moved_to(await standing_at(db, request.scope["path"], request.query_params))


async def asked_by_feed_file(request: Request, db: Db) -> Response:
    """`/wp-rss2.php`, which takes the same queries as `/?feed=rss2`."""
    feed = {"feed": _FEED_FILES[request.scope["path"].strip("/")]}
    return moved_to(await standing_at(db, "/", dict(request.query_params) | feed))


async def moved_for_good(request: Request) -> Response:
    """What only has another name here."""
    return moved_to(_MOVED[request.scope["path"]])


for _name in _FEED_FILES:
    router.add_api_route(f"/{_name}", asked_by_feed_file, methods=["GET", "HEAD"])
for _path in _MOVED:
    router.add_api_route(_path, moved_for_good, methods=["GET", "HEAD"])


@router.api_route("/index.php", methods=["GET", "HEAD"])
@router.api_route("/index.php/{path:path}", methods=["GET", "HEAD"])
async def without_index(request: Request) -> Response:
    """The same address without the name of WordPress's program in it, its query kept."""
    path = request.scope["path"].removeprefix("/index.php")
    query = request.url.query
    return moved_to(address(path or "/") + (f"?{query}" if query else ""))


@router.api_route("/search/{words}/", methods=["GET", "HEAD"])
@router.api_route("/search/{words}", methods=["GET", "HEAD"])
async def searched(words: str) -> Response:
    """WordPress's pretty address of a search, where blanks are written as `+`."""
    return moved_to(search_path(words.replace("+", " ")))


@router.api_route("/search/{words}/feed/{written}/", methods=["GET", "HEAD"])
@router.api_route("/search/{words}/feed/", methods=["GET", "HEAD"])
@router.api_route("/search/{words}/feed", methods=["GET", "HEAD"])
async def searched_feed(request: Request, words: str) -> Response:
    """The feed of such a search. Raises NotFound for a format there is not."""
    written = request.path_params.get("written", "")
    return moved_to(search_path(words.replace("+", " "), feed_path("/search/", written)))


@router.api_route("/wp-trackback.php/{number}", methods=["GET", "HEAD"])
@router.api_route("/wp-trackback.php", methods=["GET", "HEAD"])
async def trackback_read(request: Request, db: Db) -> Response:
    """Whoever reads a trackback's address wants the post; WordPress answers 302 here, too."""
    number = request.path_params.get("number") or request.query_params.get("p", "")
    return moved_to(await post_path(db, number), status=302)


def moved_to(path: str, status: int = 301) -> Response:
    """A redirect to a path of this site, percent-encoded; never to another site, whatever it holds."""
    return RedirectResponse("/" + path.lstrip("/"), status_code=status)


router.include_router(by_query)
