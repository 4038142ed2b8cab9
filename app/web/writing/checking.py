"""`/write/ID/check`: what stands out in a text before it goes out, in words. The text is not saved by asking."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.policy import may_write_posts
from app.core.answers import require
from app.core.errors import Invalid
from app.posts.checking import Finding, Text, check, outside_addresses
from app.posts.outside import MOST_ASKED, Asked, Came, digest_of, want_asked, what_is_known
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.forms import typed_fields
from app.web.refusals import errors_of
from app.web.writing.assembly import Shown, before_of, editor_page
from app.web.writing.forms import Before, largest_of, opened_on, text_in
from app.web.writing.pages import DESK, FindingsPart, Outside, OutsidePart
from app.web.writing.texts import shown_body

router = APIRouter()

_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


@router.post(DESK + "{post_id:int}/check")
async def look(request: Request, me: Me, post_id: int) -> Response:
    """A fragment; with `whole`, as the button of the form says, the form with what was typed and the findings."""
    typed = await typed_fields(request, most=largest_of(me))
    require(may_write_posts(me))
    async with doors_of(request).reading() as db:
        before = await before_of(db, me, post_id)
    try:
        found, outside = await _found(request, me, before, typed)
    except Invalid as refused:
        if "whole" not in typed:
            raise
        errors = errors_of(refused)
        shown = Shown(typed=typed, opened=opened_on(typed), errors=errors, status=refused.status)
        async with doors_of(request).reading() as db:
            return await editor_page(request, db, me, before, shown)
    async with doors_of(request).reading() as db:
        if "whole" in typed:
            opened = opened_on(typed)
            shown = Shown(typed=typed, opened=opened, findings=found, outside=outside)
            return await editor_page(request, db, me, before, shown)
        frame = await spoken_frame(request, db)
    part = FindingsPart(frame, head_of(frame, "", DESK), found, outside)
    return unkept("writing/_findings.html", part)


@router.api_route(DESK + "{post_id:int}/check/links", methods=["GET", "HEAD"])
async def tell_links(request: Request, db: Db, me: Me, post_id: int, of: str = "") -> Response:
    """What is known by now of the links whose digests are named, as a fragment."""
    require(may_write_posts(me))
    await before_of(db, me, post_id)
    digests = _DIGEST.findall(of)[:MOST_ASKED]
    known = await what_is_known(db, digests)
    frame = await spoken_frame(request, db)
    told = _told(post_id, [known[one] for one in digests if one in known])
    part = OutsidePart(frame, head_of(frame, "", DESK), told)
    return unkept("writing/_outside.html", part)


async def _found(
    request: Request, me: Actor, before: Before, typed: Mapping[str, str]
) -> tuple[list[Finding], Outside]:
    body = await shown_body(request, before, text_in(typed, "body"))
    post = before.post
    is_seen = post is not None and post.was_public
    text = Text(
        title=typed.get("title", ""),
        slug=typed.get("slug", "") or (post.slug if post and is_seen else ""),
        source=text_in(typed, "body"),
        html=body,
        kind=before.kind,
        has_category=any(name.startswith("category_") for name in typed),
    )
    async with doors_of(request).reading() as db:
        frame = await spoken_frame(request, db)
        base_urls = (frame.base_url, *frame.site.former_urls)
        found = await check(db, text, base_urls)
    urls = outside_addresses(body, base_urls)
    return found, await _outside(request, me, post.id if post else 0, urls)


async def _outside(request: Request, me: Actor, post_id: int, urls: Sequence[str]) -> Outside:
    """What is known of these addresses; what is not is asked from now on."""
    named = {digest_of(url): url for url in urls[:MOST_ASKED]}
    async with doors_of(request).reading() as db:
        known = await what_is_known(db, list(named))
    if new := [url for digest, url in named.items() if digest not in known]:
        async with doors_of(request).unit_of_work() as db:
            if await want_asked(db, me, new):
                known |= {digest_of(url): Asked(digest_of(url), url, Came.WAITS) for url in new}
    left_out = len(urls) - len(known)
    return _told(post_id, [known[one] for one in named if one in known], left_out)


def _told(post_id: int, asked: Sequence[Asked], left_out: int = 0) -> Outside:
    waiting = [one for one in asked if one.came == Came.WAITS]
    query = urlencode({"of": ",".join(one.digest for one in asked)}, safe=",")
    return Outside(
        answer=sum(one.came == Came.ANSWERS for one in asked),
        gone=[one.url for one in asked if one.came == Came.GONE],
        silent=[one.url for one in asked if one.came == Came.SILENT],
        waiting=len(waiting),
        more_url=f"{DESK}{post_id}/check/links?{query}" if waiting else "",
        left_out=left_out,
    )
