"""`/write/`: the desk. Lists by state, a search in them, the trash and the way back out of it."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.policy import may_write_every_post, may_write_posts
from app.core.answers import require
from app.core.i18n import _
from app.core.text import number_in, one_line
from app.posts import actions
from app.posts.addresses import address
from app.posts.desk import PAGE_SIZE, Place, on_desk, place_of, waiting
from app.posts.models import Post, PostKind, PostStatus
from app.posts.queries import authors_of
from app.posts.restoring import restore_post
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Me, SlowDb, doors_of
from app.web.writing.pages import DESK, DeskRow, Tab, WritingDeskPage
from app.web.writing.words import (
    kind_in_words,
    list_in_words,
    moment_in_words,
    nothing_in_words,
    said_done,
)

router = APIRouter()

_READ = ["GET", "HEAD"]
_ONE = DESK + "{post_id:int}/"
_STATES = (
    PostStatus.DRAFT, PostStatus.SCHEDULED, PostStatus.PUBLISHED, PostStatus.PRIVATE,
    PostStatus.TRASHED,
)  # fmt: skip
_LONGEST_SOUGHT = 100


@router.api_route(DESK.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(DESK, 301)


@router.api_route(DESK, methods=_READ)
async def show(request: Request, db: SlowDb, me: Me) -> Response:
    """One list: `kind`, `state`, words of the title in `q`, and `before`, where the last page ended."""
    require(may_write_posts(me))
    query = request.query_params
    kind = PostKind.PAGE if query.get("kind") == PostKind.PAGE else PostKind.POST
    state = _state(query.get("state", ""))
    sought = one_line(query.get("q", ""))[:_LONGEST_SOUGHT]
    before = _place(query.get("before", ""))
    found = await on_desk(db, me, kind, state, before=before, also=_matching(sought))
    frame = await spoken_frame(request, db)
    here = {"kind": kind.value, "state": state.value, **({"q": sought} if sought else {})}
    page = WritingDeskPage(
        frame=frame,
        head=head_of(frame, _("Write"), DESK),
        kinds=_kinds(me, kind),
        states=await _tabs(db, me, kind, state),
        rows=await _rows(db, found[:PAGE_SIZE]),
        kind=kind,
        state=state,
        sought=sought,
        next_url=_next(here, found[PAGE_SIZE - 1]) if len(found) > PAGE_SIZE else "",
        nothing=_("Nothing here has these words in its title.") if sought else nothing_in_words(state),
        done=said_done(request),
    )  # fmt: skip
    return unkept("writing/desk.html", page)


@router.post(_ONE + "trash")
async def trash(request: Request, me: Me, post_id: int) -> Response:
    """Put a post into the trash. Raises NotFound, Forbidden."""
    async with doors_of(request).unit_of_work() as db:
        post = await actions.trash_post(db, me, post_id)
    return onward(DESK, "trashed", kind=post.kind, state=PostStatus.DRAFT)


@router.post(_ONE + "restoration")
async def restore(request: Request, me: Me, post_id: int) -> Response:
    """Take a post out of the trash, as a draft. Raises NotFound, Forbidden, Conflict."""
    async with doors_of(request).unit_of_work() as db:
        await restore_post(db, me, post_id)
    return onward(f"{DESK}{post_id}/", "restored")


def onward(url: str, done: str, **query: str) -> Response:
    """On to a page that says what was done."""
    return never_kept(RedirectResponse(f"{url}?{urlencode({**query, 'done': done})}", 303))


def view_url_of(post: Post) -> str:
    """Where a post is read; empty where it stands nowhere."""
    return address(post.path) if post.path and post.status != PostStatus.TRASHED else ""


def _state(asked: str) -> PostStatus:
    return PostStatus(asked) if asked in list(_STATES) else PostStatus.DRAFT


def _place(asked: str) -> Place | None:
    at, _bar, number = asked.partition("|")
    try:
        moment, post_id = datetime.fromisoformat(at), number_in(number)
    except ValueError:
        return None
    return Place(moment, post_id) if post_id is not None and moment.tzinfo else None


def _next(here: dict[str, str], last: Post) -> str:
    place = place_of(last)
    return f"{DESK}?{urlencode({**here, 'before': f'{place.at.isoformat()}|{place.post_id}'})}"


def _matching(sought: str) -> ColumnElement[bool] | None:
    return Post.title.icontains(sought, autoescape=True) if sought else None


def _kinds(me: Actor, chosen: PostKind) -> Sequence[Tab]:
    if not may_write_every_post(me):
        return ()
    return [Tab(kind_in_words(kind), f"{DESK}?kind={kind}", 0, kind == chosen) for kind in PostKind]


async def _tabs(db: AsyncSession, me: Actor, kind: PostKind, chosen: PostStatus) -> Sequence[Tab]:
    numbers = await waiting(db, me, kind)
    return [
        Tab(
            list_in_words(state),
            f"{DESK}?{urlencode({'kind': kind.value, 'state': state.value})}",
            numbers.get(state, 0),
            state == chosen,
        )
        for state in _STATES
    ]


async def _rows(db: AsyncSession, posts: Sequence[Post]) -> Sequence[DeskRow]:
    authors = await authors_of(db, [post.id for post in posts])
    return [
        DeskRow(
            id=post.id,
            title=post.title or _("Untitled"),
            url=f"{DESK}{post.id}/",
            view_url=view_url_of(post),
            summary=post.summary,
            authors=[author.name for author in authors.get(post.id, ())],
            when=moment_in_words(post.status),
            at=_at(post),
            is_sticky=post.is_sticky,
            may_be_restored=post.status == PostStatus.TRASHED,
        )
        for post in posts
    ]


def _at(post: Post) -> datetime | None:
    is_dated = post.status in (PostStatus.PUBLISHED, PostStatus.SCHEDULED)
    return post.published_at if is_dated else post.updated_at or post.created_at
