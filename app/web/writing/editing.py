"""`/write/ID/`: the form, and what becomes of what was typed into it."""

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
    choices_in,
    give_up,
    newest_number,
    own_words,
    saved_last,
)
from app.posts.beginning import note_sent
from app.posts.drafts import Draft, TypedForWordPress
from app.posts.models import Post, PostStatus
from app.posts.signing import refuse_strangers
from app.site.queries import ensure_site
from app.web.accounts.pages import never_kept
from app.web.deps import Db, Me, doors_of, frame_of, settings_of
from app.web.forms import typed_fields
from app.web.refusals import errors_of
from app.web.writing.assembly import Shown, before_of, editor_page
from app.web.writing.autosaving import keep_typed
from app.web.writing.choices import choices_of, typed_with
from app.web.writing.desk import onward
from app.web.writing.forms import Before, draft_of, largest_of, opened_on
from app.web.writing.pages import DESK
from app.web.writing.texts import body_of
from app.web.writing.words import said_done

router = APIRouter()

_READ = ["GET", "HEAD"]
_ONE = DESK + "{post_id:int}/"
# The device of a form that no script looks after.
WITHOUT_SCRIPT = "form"


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
    return await answer_to_save(request, me, post_id, typed)


@router.post(_ONE + "autosave/dismissal")
async def leave(request: Request, me: Me, post_id: int) -> Response:
    """Leave the words that were not saved: they are put among the revisions."""
    typed = await typed_fields(request)
    require(may_write_posts(me))
    async with doors_of(request).unit_of_work() as db:
        there = await _there(request, db, me, post_id)
        await give_up(db, me, post_id, there=there, up_to=opened_on(typed).number)
    return onward(f"{DESK}{post_id}/", "left")


async def answer_to_save(
    request: Request, me: Actor, post_id: int, typed: Mapping[str, str]
) -> Response:
    """Save what was typed, and say what came of it: the post's form, or both texts."""
    async with doors_of(request).reading() as db:
        before = await before_of(db, me, post_id)
    try:
        post, opened = await _saved(request, me, before, typed)
    except SavedMeanwhile as refused:
        if wants_json(request):
            raise
        return await _both_texts(request, me, post_id, typed, refused)
    except Invalid as refused:
        if wants_json(request):
            raise
        async with doors_of(request).reading() as db:
            before = await before_of(db, me, post_id)
            shown = shown_again(typed, refused, opened_on(typed))
            return await editor_page(request, db, me, before, shown)
    if wants_json(request):
        return told(post, opened, 200)
    return onward(f"{DESK}{post_id}/", word_for(post, typed))


async def _saved(
    request: Request, me: Actor, before: Before, typed: Mapping[str, str]
) -> tuple[Post, Opened]:
    assert before.post is not None
    post_id, device = before.post.id, typed.get("device", "") or WITHOUT_SCRIPT
    body = await body_of(request, before, typed)
    async with doors_of(request).unit_of_work() as db:
        draft = await draft_typed(request, db, me, before, typed, body)
        site = await ensure_site(db, settings_of(request).base_host)
        post = await actions.edit_post(db, me, site, post_id, draft)
        there, up_to = await _there(request, db, me, post_id), opened_on(typed).number
        await give_up(db, me, post_id, there=there, up_to=up_to, device=device)
        await note_sent(db, me.user_id or 0, typed, post.version)
        return post, Opened(post.version, await newest_number(db, post_id))


async def _there(request: Request, db: AsyncSession, me: Actor, post_id: int) -> dict[str, str]:
    """What would be chosen to say what a post says by now."""
    site = await ensure_site(db, settings_of(request).base_host)
    return choices_of(await before_of(db, me, post_id), me, site)


async def draft_typed(
    request: Request,
    db: AsyncSession,
    me: Actor,
    before: Before,
    typed: Mapping[str, str],
    body: str | TypedForWordPress | None,
) -> Draft:
    """A form as a draft, signed by people whom its sender may name. Raises Invalid, Forbidden."""
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
    site = (await frame_of(request, db)).site
    there = choices_of(before, me, site)
    words = await own_words(db, me, post, there) if post else None
    if post is None or words is None:
        return await editor_page(request, db, me, before, Shown())
    typed = typed_with(before, me, site, choices_in(words)) | {
        "title": words.title, "body": words.body_source, "excerpt": words.excerpt_source
    }  # fmt: skip
    opened = Opened(words.version, words.number)
    if words.version < post.version:
        newer = await saved_last(db, post, there)
        shown = Shown(typed=typed, newer=newer, opened=newer.opened)
    else:
        shown = Shown(typed=typed, opened=opened)
    return await editor_page(request, db, me, before, shown)


async def _both_texts(
    request: Request, me: Actor, post_id: int, typed: Mapping[str, str], refused: AppError
) -> Response:
    """The form with what was typed, beside what the post says now. What was typed is kept as unsaved, too."""
    mine = {**typed, "device": (typed.get("device", "") or WITHOUT_SCRIPT)[:64]}
    async with doors_of(request).unit_of_work() as db:
        before = await before_of(db, me, post_id, locked=True)
        await keep_typed(request, db, me, before, mine)
    async with doors_of(request).reading() as db:
        before = await before_of(db, me, post_id)
        assert before.post is not None
        site = (await frame_of(request, db)).site
        newer = await saved_last(db, before.post, choices_of(before, me, site))
        shown = Shown(
            typed=typed, opened=newer.opened, newer=newer, errors=errors_of(refused), status=409
        )
        return await editor_page(request, db, me, before, shown)


def shown_again(typed: Mapping[str, str], refused: AppError, opened: Opened | None = None) -> Shown:
    """A form that was refused, as it was typed, and why."""
    return Shown(typed=typed, opened=opened, errors=errors_of(refused), status=refused.status)


def word_for(post: Post, typed: Mapping[str, str]) -> str:
    """What is said above the form once it is saved."""
    if post.status == PostStatus.PUBLISHED and typed.get("do") != "publish":
        return "saved"
    return str(post.status)


def told(post: Post, opened: Opened, status: int) -> Response:
    """What a program is told of a post it has saved, with the base to go on from."""
    body = {
        "id": post.id, "address": f"{DESK}{post.id}/", "base": str(opened), "status": post.status,
    }  # fmt: skip
    return never_kept(JSONResponse(body, status))


def wants_json(request: Request) -> bool:
    """Whether a script or a program asks."""
    return request.headers.get("accept", "").startswith("application/json")
