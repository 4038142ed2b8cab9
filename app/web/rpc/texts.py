"""Texts as editors have them, which is as WordPress keeps them: into posts, and out of them."""

import re
from collections.abc import Callable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.links import absolute_links
from app.core.markup import BodyFormat
from app.media.models import Upload
from app.media.showing import UPLOADS
from app.porting.wordpress.texts.content import Context, convert
from app.porting.wordpress.texts.old_site import OldSite
from app.porting.wordpress.texts.shortcodes import Media
from app.posts.addresses import address
from app.posts.drafts import TypedForWordPress
from app.posts.models import Post
from app.web.rpc.calling import Asking

MORE = "<!--more-->"

_MORE = re.compile(r"<!--\s*more(?:\s[^>]*?)?-->")
_NEXT_PAGE = "\n<!--nextpage-->\n"
_IDS = re.compile(r"\bids\s*=\s*[\"']?([\d,\s]+)")

FindMedia = Callable[[Sequence[int] | None], Sequence[Media]]


def text_of(post: Post, base_url: str) -> str:
    """A post's whole text. Of what was written in Markdown, the HTML: that is what editors are made for."""
    if post.body_format == BodyFormat.WORDPRESS:
        return post.body_source
    html, teaser = str.__str__(post.body_html), str.__str__(post.teaser_html or "")
    if teaser and html.startswith(teaser):
        html = f"{teaser}{MORE}\n{html[len(teaser) :].lstrip()}"
    return absolute_links(html.replace("\f", _NEXT_PAGE), f"{base_url}{address(post.path or '/')}")


def in_two(text: str) -> tuple[str, str]:
    """A text before and after its `<!--more-->`; the second is empty where there is none."""
    before, *after = _MORE.split(text, maxsplit=1)
    return before, "".join(after)


def joined(before: str, after: str) -> str:
    """Those two in one again."""
    return f"{before}{MORE}{after}" if after else before


async def media_named(session: AsyncSession, text: str, post_id: int | None) -> list[Upload]:
    """The files that a text may speak of by their numbers, and those of its post."""
    ids = {int(n) for found in _IDS.findall(text) for n in re.findall(r"\d{1,18}", found)}
    named = or_(Upload.id.in_(ids), Upload.legacy_id.in_(ids))
    of_post = Upload.post_id == post_id if post_id else Upload.id.is_(None)
    here = Upload.variant_of_id.is_(None), Upload.deleted_at.is_(None)
    query = select(Upload).where(or_(named, of_post), *here)
    return list(await session.scalars(query.order_by(Upload.id).limit(1000)))


def as_typed(asking: Asking, text: str, uploads: Sequence[Upload]) -> TypedForWordPress:
    """What an editor sent, with the HTML that it means; addresses of the site become its own."""
    return typed_for_wordpress(text, uploads, (asking.frame.base_url, *asking.site.former_urls))


def typed_for_wordpress(
    text: str, uploads: Sequence[Upload], urls: Sequence[str]
) -> TypedForWordPress:
    """A text as WordPress has it, with the HTML that it means, at the site that is or was at `urls`."""
    site = OldSite(tuple(urls))
    converted = convert(text, Context(site, _finder(uploads)))
    return TypedForWordPress(text, converted.pages, converted.teaser)


def is_unchanged(text: str, post: Post, base_url: str) -> bool:
    """Whether an editor sends back what it was given: then a post stays as its author wrote it."""
    return _bare(text) == _bare(text_of(post, base_url))


def _bare(text: str) -> str:
    # `<!--more-->` may have come as two texts, and been joined without the line end beside it.
    return re.sub(r"\s*(<!--more-->)\s*", r"\1", text.replace("\r\n", "\n")).strip()


def _finder(uploads: Sequence[Upload]) -> FindMedia:
    # Texts of an imported post mean the numbers of the old site.
    known = {u.id: u for u in uploads} | {u.legacy_id: u for u in uploads if u.legacy_id}

    def find(ids: Sequence[int] | None) -> Sequence[Media]:
        found = uploads if ids is None else [known[number] for number in ids if number in known]
        return [Media(address(UPLOADS + u.path), u.title, u.alt, u.caption) for u in found]

    return find
