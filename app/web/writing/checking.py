"""`/write/ID/check`: what stands out in a text before it goes out, in words. Nothing is saved by asking."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.policy import may_write_posts
from app.core.answers import require
from app.core.errors import Invalid
from app.posts.checking import Finding, Text, check
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Me, doors_of
from app.web.forms import typed_fields
from app.web.refusals import errors_of
from app.web.writing.assembly import Shown, before_of, editor_page
from app.web.writing.forms import Before, largest_of, opened_on, text_in
from app.web.writing.pages import DESK, FindingsPart
from app.web.writing.texts import shown_body

router = APIRouter()


@router.post(DESK + "{post_id:int}/check")
async def look(request: Request, me: Me, post_id: int) -> Response:
    """A fragment; with `whole`, as the button of the form says, the form with what was typed and the findings."""
    typed = await typed_fields(request, most=largest_of(me))
    require(may_write_posts(me))
    async with doors_of(request).reading() as db:
        before = await before_of(db, me, post_id)
    try:
        found = await _found(request, before, typed)
    except Invalid as refused:
        if "whole" not in typed:
            raise
        errors = errors_of(refused)
        shown = Shown(typed=typed, opened=opened_on(typed), errors=errors, status=refused.status)
    else:
        shown = Shown(typed=typed, opened=opened_on(typed), findings=found)
    async with doors_of(request).reading() as db:
        if "whole" in typed:
            return await editor_page(request, db, me, before, shown)
        frame = await spoken_frame(request, db)
    return unkept("writing/_findings.html", FindingsPart(frame, head_of(frame, "", DESK), found))


async def _found(request: Request, before: Before, typed: Mapping[str, str]) -> list[Finding]:
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
        return await check(db, text, (frame.base_url, *frame.site.former_urls))
