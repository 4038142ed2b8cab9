"""`/write/new/`: the form of a new post, and the one post it makes, however often it is sent."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid
from app.posts import actions
from app.posts.autosaves import Opened
from app.posts.beginning import BegunPost, claim_form, new_form_key, typed_digest
from app.posts.drafts import too_long_of
from app.posts.models import Post
from app.posts.policy import may_write
from app.site.models import SiteRow
from app.site.queries import ensure_site
from app.web.accounts.pages import frame_now, never_kept
from app.web.deps import Db, Me, doors_of, settings_of
from app.web.errors import problem
from app.web.forms import typed_fields
from app.web.writing.assembly import Shown, before_of, editor_page
from app.web.writing.autosaving import keep_typed, kept_words, place_of, too_long
from app.web.writing.choices import TEXTS
from app.web.writing.desk import onward
from app.web.writing.editing import (
    WITHOUT_SCRIPT,
    answer_to_save,
    draft_typed,
    shown_again,
    told,
    wants_json,
    word_for,
)
from app.web.writing.forms import Before, kind_of, largest_of, text_in, typed_of
from app.web.writing.pages import DESK
from app.web.writing.texts import body_of

router = APIRouter()


@router.api_route(DESK + "new/", methods=["GET", "HEAD"])
async def show_new(request: Request, db: Db, me: Me) -> Response:
    """An empty sheet for a post, or with `?kind=page` for a page."""
    before = Before(kind_of(request.query_params))
    require(may_write(me, before.kind, _signed(me)))
    return await editor_page(request, db, me, before, Shown())


@router.post(DESK)
async def create(request: Request, me: Me) -> Response:
    """Write a new post. A program that accepts JSON is told its number and address.

    Where it names its `device`, the form is still being typed into: its words make a draft, and all that was chosen
    beside them is kept as an autosave.

    A form that was sent before, as its `form_key` says, makes no second post: the answer is the same, and
    what was typed since goes into the post it made.
    """
    typed = await typed_fields(request, most=largest_of(me))
    before = Before(kind_of(typed))
    require(may_write(me, before.kind, _signed(me)))
    try:
        post, begun, left_out = await _added(request, me, before, typed)
    except Invalid as refused:
        if wants_json(request):
            raise
        again = {**typed, "form_key": new_form_key()}
        async with doors_of(request).reading() as db:
            return await editor_page(request, db, me, before, shown_again(again, refused))
    if post is None and begun is not None:
        return await _sent_again(request, me, begun, typed)
    assert post is not None
    if wants_json(request):
        number = 1 if typed.get("device") else 0
        opened = Opened(begun.version if begun else post.version, number)
        if left_out:
            await frame_now(request)
            place = place_of(post.id) | {"base": str(opened)}
            return never_kept(problem(too_long(left_out), **place))
        return told(post, opened, 201)
    return onward(f"{DESK}{post.id}/", word_for(post, typed))


async def _added(
    request: Request, me: Actor, before: Before, typed: Mapping[str, str]
) -> tuple[Post | None, BegunPost | None, Sequence[str]]:
    """The post that a form made, now or before, with fields too long for it; None where it says something else now."""
    is_being_typed = wants_json(request) and bool(typed.get("device"))
    fits = _that_fits(typed) if is_being_typed else typed
    body = await body_of(request, before, fits)
    async with doors_of(request).unit_of_work() as db:
        begun, key = None, typed.get("form_key")
        if key is not None:
            begun = await claim_form(db, me.user_id or 0, key, clock.now())
        if begun is not None and begun.post_id is not None:
            if begun.typed != typed_digest(typed):
                return None, begun, ()
            post, _authors = await actions.get_to_write(db, me, begun.post_id, locked=False)
            return post, begun, ()
        site = await ensure_site(db, settings_of(request).base_host)
        said = _words_alone(before, me, site, fits) if is_being_typed else typed
        draft = await draft_typed(request, db, me, before, said, body)
        post = await actions.add_post(db, me, site, draft)
        left_out = await _keep_the_rest(request, db, me, post, typed) if is_being_typed else ()
        if begun is not None:
            begun.post_id, begun.version = post.id, post.version
            # Sent again as it is, it is refused again.
            begun.typed = "" if left_out else typed_digest(typed)
    return post, begun, left_out


async def _sent_again(
    request: Request, me: Actor, begun: BegunPost, typed: Mapping[str, str]
) -> Response:
    """A form that was sent before and says something else now: that is typed into the post it made."""
    assert begun.post_id is not None
    over = {**typed, "base": str(Opened(begun.version, 1 if typed.get("device") else 0))}
    if wants_json(request):
        device = typed.get("device") or WITHOUT_SCRIPT
        return await kept_words(request, me, begun.post_id, {**over, "device": device})
    return await answer_to_save(request, me, begun.post_id, over)


def _that_fits(typed: Mapping[str, str]) -> dict[str, str]:
    """A form without the texts that no post takes."""
    long = too_long_of({name: text_in(typed, name) for name in TEXTS})
    return {name: value for name, value in typed.items() if name not in long}


def _words_alone(
    before: Before, me: Actor, site: SiteRow, typed: Mapping[str, str]
) -> dict[str, str]:
    """The form as it was shown, with nothing but words typed into it: what else is chosen waits to be saved."""
    words = {name: typed[name] for name in TEXTS if name in typed}
    return typed_of(before, me, site) | {"panel": "1"} | words


async def _keep_the_rest(
    request: Request, db: AsyncSession, me: Actor, post: Post, typed: Mapping[str, str]
) -> Sequence[str]:
    """What was chosen beside the first words of a post, as its first autosave; the fields that were too long."""
    over = {**typed, "base": str(Opened(post.version))}
    kept = await keep_typed(request, db, me, await before_of(db, me, post.id), over)
    return kept.left_out


def _signed(me: Actor) -> tuple[int, ...]:
    return () if me.user_id is None else (me.user_id,)
