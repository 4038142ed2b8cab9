"""`/write/ID/autosave`: what is typed is kept, and who writes at the same time is told of each other.

The fields are those of the editor's form, of what is typed and of what is chosen; a form that sends `panel` sends
all of them, so that a box without its field is not ticked. Nothing of it is asked what it means before it is saved.
A form field `base` says what the form was opened on (a version of the post, and the last autosave that
was known then), `device` is a word of the browser's own. The answer is JSON: 200 with the post's `id` and
`address`, `saved_at`, `words`, `number`, the `base` to go on with and who else writes; 409 with `who`, `at`,
`title`, `body`, `excerpt` and `choices` (the other fields by name, or null where nothing is known of them) of what is
newer, and the `base` that knows of it: what was typed is kept nevertheless; 422 where a field is longer than it may
be: of what is chosen, all others are kept; 401 once the session has ended.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import JSONResponse, Response

from app.accounts.actor import Actor
from app.accounts.policy import may_write_posts
from app.core.answers import require
from app.core.errors import Invalid
from app.core.i18n import _
from app.posts.autosaves import Kept, Newer, Opened, Typed, Writing, also_writing, autosave
from app.site.queries import ensure_site
from app.web.accounts.pages import frame_now, never_kept
from app.web.deps import Me, doors_of, settings_of
from app.web.forms import typed_fields
from app.web.writing.assembly import before_of
from app.web.writing.choices import choices_of, choices_typed, held_of
from app.web.writing.forms import Before, largest_of, opened_on, text_in
from app.web.writing.pages import DESK
from app.web.writing.words import words_in

router = APIRouter()

_PROBLEM = "application/problem+json"


@router.post(DESK + "{post_id:int}/autosave")
async def keep(request: Request, me: Me, post_id: int) -> Response:
    """Keep what is typed. Raises NotFound, Forbidden, Invalid, in JSON for whoever accepts that."""
    fields = await typed_fields(request, most=largest_of(me))
    if not me.is_signed_in:
        return never_kept(await _session_ended(request))
    require(may_write_posts(me))
    return await kept_words(request, me, post_id, fields)


async def kept_words(
    request: Request, me: Actor, post_id: int, fields: Mapping[str, str]
) -> Response:
    """Keep what is typed into a post, and tell a script so. Raises NotFound, Forbidden, Invalid."""
    async with doors_of(request).unit_of_work() as db:
        before = await before_of(db, me, post_id, locked=True)
        kept, left_out = await keep_typed(request, db, me, before, fields)
        others = await also_writing(db, me, post_id)
    if kept.newer is not None:
        return never_kept(JSONResponse(_place(post_id) | _newer(before, me, kept.newer, kept), 409))
    if left_out:
        raise too_long(left_out)
    told = _place(post_id) | {
        "saved_at": kept.saved_at.isoformat(),
        "words": words_in(text_in(fields, "body")),
        "number": kept.opened.number,
        "base": str(kept.opened),
        "others": [_other(one) for one in others],
    }
    return never_kept(JSONResponse(told))


async def keep_typed(
    request: Request, db: AsyncSession, me: Actor, before: Before, fields: Mapping[str, str]
) -> tuple[Kept, Sequence[str]]:
    """Keep a form as it was typed, over a post whose row is locked; with the fields that were too long for it.

    Raises Invalid where title, text or excerpt are too long, or no device is named.
    """
    assert before.post is not None
    site = await ensure_site(db, settings_of(request).base_host)
    chosen = choices_typed(before, me, site, fields)
    typed = Typed(
        title=fields.get("title", ""),
        body=text_in(fields, "body"),
        excerpt=text_in(fields, "excerpt"),
        device=fields.get("device", ""),
        choices=chosen.fields if chosen else None,
    )
    there = choices_of(before, me, site)
    kept = await autosave(db, me, before.post.id, typed, opened_on(fields), there)
    return kept, chosen.left_out if chosen else ()


def too_long(names: Sequence[str]) -> Invalid:
    """422: these fields of a form were too long, and are alone in not being kept."""
    says = _("This is longer than it may be. Shorten it; all else is kept.")
    return Invalid(says, fields=dict.fromkeys(names, says))


def _place(post_id: int) -> dict[str, Any]:
    return {"id": post_id, "address": f"{DESK}{post_id}/"}


def _newer(before: Before, me: Actor, newer: Newer, kept: Kept) -> dict[str, Any]:
    choices = newer.choices
    return {
        "who": newer.who,
        "at": newer.at.isoformat(),
        "title": newer.title,
        "body": newer.body,
        "excerpt": newer.excerpt,
        "choices": None if choices is None else held_of(before, me, choices),
        # Whether that is the post now, or what somebody types into it.
        "is_saved": newer.is_saved,
        # Knows of what was kept just now, too: a browser may go on from both under another name.
        "base": str(Opened(newer.opened.version, kept.opened.number)),
        "saved_at": kept.saved_at.isoformat(),
    }


def _other(one: Writing) -> dict[str, str]:
    return {"who": one.name, "since": one.since.isoformat(), "at": one.at.isoformat()}


async def _session_ended(request: Request) -> Response:
    await frame_now(request)
    body = {
        "type": "about:blank", "status": 401, "title": _("Please sign in"),
        "detail": _("Your session has ended. Sign in again in another window: all you typed is still here."),
    }  # fmt: skip
    return JSONResponse(body, 401, media_type=_PROBLEM)
