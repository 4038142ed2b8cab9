"""oEmbed 1.0 (https://oembed.com/): what another site may show of a post that it links to."""

import re
from html import escape
from xml.sax.saxutils import escape as xml_escape

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import JSONResponse, Response

from app.accounts.actor import VISITOR
from app.core.errors import AppError, Invalid, NotFound
from app.core.i18n import _, marked
from app.core.text import clean_text
from app.posts.addresses import View, address, readings
from app.posts.local_addresses import local_path
from app.posts.models import Post
from app.posts.queries import authors_of, find_post
from app.web.deps import Db, Frame, frame_of
from app.web.door.page_cache import mark_cacheable

router = APIRouter()

_WIDTH, _NARROWEST = 600, 200
_NUMBER = re.compile(r"[1-9]\d{0,4}")


class UnknownFormat(AppError):
    """501, as oEmbed has it: neither JSON nor XML was asked for."""

    status, title = 501, marked("Not in that format")


@router.api_route("/wp-json/oembed/1.0/embed", methods=["GET", "HEAD"])
async def embed(request: Request, db: Db) -> Response:
    """A post as a quotation with a link. 404 for what is no public post of this site."""
    asked = request.query_params
    if "url" not in asked:
        raise Invalid(_("Which post? Its address goes into `url`."))
    written = asked.get("format", "json")
    if written not in ("json", "xml"):
        raise UnknownFormat(_("oEmbed is given as json or xml."))
    frame = await frame_of(request, db)
    post = await _find(db, frame, asked["url"])
    if "maxwidth" not in asked:
        mark_cacheable(request.scope, ("site", f"post:{post.id}"))
    answer = await _described(db, frame, post, _width(asked.get("maxwidth", "")))
    if written == "json":
        return JSONResponse(answer)
    members = "".join(f"<{key}>{xml_escape(str(value))}</{key}>" for key, value in answer.items())
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return Response(f"{head}\n<oembed>{members}</oembed>\n", media_type="text/xml")


async def _find(db: AsyncSession, frame: Frame, url: str) -> Post:
    path = local_path(url, (frame.base_url, *frame.site.former_urls))
    if path is None:
        raise NotFound
    found = await find_post(db, VISITOR, tuple(readings(path)))
    if found is None or found[1].view not in (View.PAGE, View.COMMENT_PAGE):
        raise NotFound
    return found[0]


async def _described(
    db: AsyncSession, frame: Frame, post: Post, width: int
) -> dict[str, str | int]:
    url = frame.base_url + address(post.path or "/")
    title = clean_text(post.title) or url
    summary = f"<p>{escape(clean_text(post.summary))}</p>" if post.summary else ""
    answer: dict[str, str | int] = {
        "version": "1.0",
        "type": "rich",
        "provider_name": clean_text(frame.site.title),
        "provider_url": f"{frame.base_url}/",
        "title": title,
        "html": f'<blockquote><p><a href="{escape(url)}">{escape(title)}</a></p>{summary}</blockquote>',
        "width": width,
        # Text is as high as it is long and the column is narrow.
        "height": round(_WIDTH * _WIDTH / 2 / width),
    }
    for author in (await authors_of(db, [post.id])).get(post.id, [])[:1]:
        answer["author_name"] = clean_text(author.name)
        answer["author_url"] = f"{frame.base_url}{address(f'/author/{author.slug}/')}"
    return answer


def _width(wanted: str) -> int:
    if not _NUMBER.fullmatch(wanted):
        return _WIDTH
    return max(_NARROWEST, min(_WIDTH, int(wanted)))
