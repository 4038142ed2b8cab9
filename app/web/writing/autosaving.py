"""`/write/ID/autosave`: what is typed is kept, and who writes at the same time is told of each other.

The fields are those of the editor's form, of what is typed and of what is chosen; a form that sends `panel` sends
all of them, so that a box without its field is not ticked. Nothing of it is asked what it means before it is saved.
A form field `base` says what the form was opened on (a version of the post, and the last autosave that
was known then), `device` is a word of the browser's own. The answer is JSON: 200 with the post's `id` and
`address`, `saved_at`, `words`, `number`, the `base` to go on with and who else writes; 409 with `who`, `at`,
`title`, `body`, `excerpt` and `choices` (the other fields by name, or null where nothing is known of them) of what is
newer, the `names` of the categories, authors and page among them, which may be younger than the form, and the `base`
that knows of it all: what was typed is kept nevertheless; 422 where fields are longer than they may be, with the names
of these, and beside them all that a 200 has: the others are kept; 401 once the session has ended.
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
from app.web.errors import problem
from app.web.forms import typed_fields
from app.web.writing.assembly import before_of, names_of
from app.web.writing.choices import choices_of, choices_typed, held_of
from app.web.writing.differing import too_long_in_words
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
        kept = await keep_typed(request, db, me, before, fields)
        others = await also_writing(db, me, post_id)
        newer = None
        if kept.newer is not None:
            newer = await _newer(db, before, me, kept.newer, kept)
    if newer is not None:
        return never_kept(JSONResponse(place_of(post_id) | newer, 409))
    told = place_of(post_id) | {
        "saved_at": kept.saved_at.isoformat(),
        "words": words_in(text_in(fields, "body")),
        "number": kept.opened.number,
        "base": str(kept.opened),
        "others": [_other(one) for one in others],
    }
    if kept.left_out:
        await frame_now(request)
        return never_kept(problem(too_long(kept.left_out), **told))
    return never_kept(JSONResponse(told))


async def keep_typed(
    request: Request, db: AsyncSession, me: Actor, before: Before, fields: Mapping[str, str]
) -> Kept:
    """Keep a form as it was typed, over a post whose row is locked. Raises Invalid where no device is named."""
    assert before.post is not None
    site = await ensure_site(db, settings_of(request).base_host)
    chosen = choices_typed(before, me, site, fields)
    typed = Typed(
        title=fields.get("title", ""),
        body=text_in(fields, "body"),
        excerpt=text_in(fields, "excerpt"),
        device=fields.get("device", ""),
        choices=chosen.fields if chosen else None,
        left_out=chosen.left_out if chosen else (),
    )
    there = choices_of(before, me, site)
    return await autosave(db, me, before.post.id, typed, opened_on(fields), there)


def too_long(names: Sequence[str]) -> Invalid:
    """422: these fields of a form were too long, and are alone in not being kept."""
    fields = {name: too_long_in_words(name) for name in names}
    return Invalid(" ".join([*fields.values(), _("All else is kept.")]), fields=fields)


def place_of(post_id: int) -> dict[str, Any]:
    """What a script is told of where its words are kept."""
    return {"id": post_id, "address": f"{DESK}{post_id}/"}


async def _newer(
    db: AsyncSession, before: Before, me: Actor, newer: Newer, kept: Kept
) -> dict[str, Any]:
    choices = None if newer.choices is None else held_of(before, me, newer.choices)
    return {
        "who": newer.who,
        "at": newer.at.isoformat(),
        "title": newer.title,
        "body": newer.body,
        "excerpt": newer.excerpt,
        "choices": choices,
        "names": await names_of(db, me, before, choices or {}),
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
