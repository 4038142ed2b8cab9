"""`/write/new/` and `/write/ID/`: the form, and what becomes of what was typed into it."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.policy import may_write_posts
from app.core.answers import require
from app.core.errors import AppError, Invalid
from app.posts import actions
from app.posts.actions import SavedMeanwhile
from app.posts.autosaves import (
    Opened,
    Typed,
    autosave,
    give_up,
    newest_number,
    own_words,
    saved_last,
)
from app.posts.drafts import Draft, TypedForWordPress
from app.posts.models import Post, PostKind, PostStatus
from app.posts.policy import may_write
from app.posts.signing import refuse_strangers
from app.site.queries import ensure_site
from app.web.accounts.pages import never_kept
from app.web.deps import Db, Me, doors_of, frame_of, settings_of
from app.web.forms import typed_fields
from app.web.refusals import errors_of
from app.web.writing.assembly import Shown, before_of, editor_page
from app.web.writing.desk import onward
from app.web.writing.forms import Before, draft_of, largest_of, opened_on, text_in, typed_of
from app.web.writing.pages import DESK
from app.web.writing.texts import body_of
from app.web.writing.words import said_done

router = APIRouter()

_READ = ["GET", "HEAD"]
_ONE = DESK + "{post_id:int}/"
# The device of a form that no script looks after.
WITHOUT_SCRIPT = "form"


@router.api_route(DESK + "new/", methods=_READ)
async def show_new(request: Request, db: Db, me: Me) -> Response:
    """An empty sheet for a post, or with `?kind=page` for a page."""
    before = Before(kind_of(request.query_params))
    require(may_write(me, before.kind, _signed(me)))
    return await editor_page(request, db, me, before, Shown())


@router.post(DESK)
async def create(request: Request, me: Me) -> Response:
    """Write a new post. A program that accepts JSON is told its number and address."""
    typed = await typed_fields(request, most=largest_of(me))
    before = Before(kind_of(typed))
    require(may_write(me, before.kind, _signed(me)))
    try:
        post = await _added(request, me, before, typed)
    except Invalid as refused:
        if _wants_json(request):
            raise
        async with doors_of(request).reading() as db:
            return await editor_page(request, db, me, before, _again(typed, refused))
    if _wants_json(request):
        return _told(post, Opened(post.version), 201)
    return onward(f"{DESK}{post.id}/", _done(post, typed))


@router.api_route(_ONE.rstrip("/"), methods=_READ)
async def with_slash(post_id: int) -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(f"{DESK}{post_id}/", 301)


@router.api_route(_ONE, methods=_READ)
async def show(request: Request, db: Db, me: Me, post_id: int) -> Response:
    """A post's form; with `?words=unsaved`, as it was typed last and not saved."""
    require(may_write_posts(me))
    before = await before_of(db, me, post_id)
    done = said_done(request)
    if request.query_params.get("words") != "unsaved":
        return await editor_page(request, db, me, before, Shown(done=done))
    return await _with_own_words(request, db, me, before)


@router.post(_ONE)
async def save(request: Request, me: Me, post_id: int) -> Response:
    """Save what was typed. If somebody has saved since the form was opened: 409, with both texts."""
    typed = await typed_fields(request, most=largest_of(me))
    require(may_write_posts(me))
    async with doors_of(request).reading() as db:
        before = await before_of(db, me, post_id)
    try:
        post, opened = await _saved(request, me, before, typed)
    except SavedMeanwhile as refused:
        if _wants_json(request):
            raise
        return await _both_texts(request, me, post_id, typed, refused)
    except Invalid as refused:
        if _wants_json(request):
            raise
        async with doors_of(request).reading() as db:
            before = await before_of(db, me, post_id)
            shown = _again(typed, refused, opened_on(typed))
            return await editor_page(request, db, me, before, shown)
    if _wants_json(request):
        return _told(post, opened, 200)
    return onward(f"{DESK}{post_id}/", _done(post, typed))


@router.post(_ONE + "autosave/dismissal")
async def leave(request: Request, me: Me, post_id: int) -> Response:
    """Leave the words that were not saved: they are put among the revisions."""
    typed = await typed_fields(request)
    require(may_write_posts(me))
    async with doors_of(request).unit_of_work() as db:
        await give_up(db, me, post_id, up_to=opened_on(typed).number)
    return onward(f"{DESK}{post_id}/", "left")


def kind_of(typed: Mapping[str, str]) -> PostKind:
    """Which kind is asked for."""
    return PostKind.PAGE if typed.get("kind") == PostKind.PAGE else PostKind.POST


async def _added(request: Request, me: Actor, before: Before, typed: Mapping[str, str]) -> Post:
    body = await body_of(request, before, typed)
    async with doors_of(request).unit_of_work() as db:
        draft = await _draft(request, db, me, before, typed, body)
        site = await ensure_site(db, settings_of(request).base_host)
        return await actions.add_post(db, me, site, draft)


async def _saved(
    request: Request, me: Actor, before: Before, typed: Mapping[str, str]
) -> tuple[Post, Opened]:
    assert before.post is not None
    post_id, device = before.post.id, typed.get("device", "") or WITHOUT_SCRIPT
    body = await body_of(request, before, typed)
    async with doors_of(request).unit_of_work() as db:
        draft = await _draft(request, db, me, before, typed, body)
        site = await ensure_site(db, settings_of(request).base_host)
        post = await actions.edit_post(db, me, site, post_id, draft)
        await give_up(db, me, post_id, up_to=opened_on(typed).number, device=device)
        return post, Opened(post.version, await newest_number(db, post_id))


async def _draft(
    request: Request,
    db: AsyncSession,
    me: Actor,
    before: Before,
    typed: Mapping[str, str],
    body: str | TypedForWordPress | None,
) -> Draft:
    site = await ensure_site(db, settings_of(request).base_host)
    draft = await draft_of(db, me, site, before, typed, body)
    if draft.author_ids is not None:
        known = [me.user_id or 0, *(author.id for author in before.authors)]
        await refuse_strangers(db, draft.author_ids, known)
    return draft


async def _with_own_words(
    request: Request, db: AsyncSession, me: Actor, before: Before
) -> Response:
    post = before.post
    words = await own_words(db, me, post) if post else None
    if post is None or words is None:
        return await editor_page(request, db, me, before, Shown())
    frame = await frame_of(request, db)
    typed = typed_of(before, me, frame.site) | {
        "title": words.title, "body": words.body_source, "excerpt": words.excerpt_source
    }  # fmt: skip
    opened = Opened(words.version, words.number)
    if words.version < post.version:
        newer = await saved_last(db, post)
        shown = Shown(typed=typed, newer=newer, opened=newer.opened)
    else:
        shown = Shown(typed=typed, opened=opened)
    return await editor_page(request, db, me, before, shown)


async def _both_texts(
    request: Request, me: Actor, post_id: int, typed: Mapping[str, str], refused: AppError
) -> Response:
    """The form with what was typed, beside what the post says now. What was typed is kept as unsaved, too."""
    mine = Typed(
        title=typed.get("title", ""),
        body=text_in(typed, "body"),
        excerpt=text_in(typed, "excerpt"),
        device=(typed.get("device", "") or WITHOUT_SCRIPT)[:64],
    )
    async with doors_of(request).unit_of_work() as db:
        await autosave(db, me, post_id, mine, opened_on(typed))
    async with doors_of(request).reading() as db:
        before = await before_of(db, me, post_id)
        assert before.post is not None
        newer = await saved_last(db, before.post)
        shown = Shown(
            typed=typed, opened=newer.opened, newer=newer, errors=errors_of(refused), status=409
        )
        return await editor_page(request, db, me, before, shown)


def _again(typed: Mapping[str, str], refused: AppError, opened: Opened | None = None) -> Shown:
    return Shown(typed=typed, opened=opened, errors=errors_of(refused), status=refused.status)


def _done(post: Post, typed: Mapping[str, str]) -> str:
    if post.status == PostStatus.PUBLISHED and typed.get("do") != "publish":
        return "saved"
    return str(post.status)


def _told(post: Post, opened: Opened, status: int) -> Response:
    body = {
        "id": post.id, "address": f"{DESK}{post.id}/", "base": str(opened), "status": post.status,
    }  # fmt: skip
    return never_kept(JSONResponse(body, status))


def _wants_json(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def _signed(me: Actor) -> tuple[int, ...]:
    return () if me.user_id is None else (me.user_id,)
