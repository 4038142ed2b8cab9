"""The public feeds of posts and comments: where each stands, and which entries it holds."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import _, speak
from app.feeds.entries import comment_entry, post_entry
from app.feeds.queries import (
    EVERY_POST,
    FeedComment,
    Selection,
    dated_between,
    find_thread,
    newest_comments,
    newest_posts,
    parts_of,
    under_term,
    written_by,
)
from app.posts.addresses import address
from app.posts.models import Post, Taxonomy
from app.web.deps import Db, frame_of
from app.web.feed_answers import AskedFeed, Contents, answer_feed, asked_feed, moved_feed

router = APIRouter()

Endpoint = Callable[..., Awaitable[Response]]


def feed_at(base: str) -> Callable[[Endpoint], Endpoint]:
    """Register an endpoint for the feed of what stands at `base`, in every format."""

    def register(endpoint: Endpoint) -> Endpoint:
        for rest in ("feed/", "feed", "feed/{written}/", "feed/{written}"):
            router.add_api_route(base + rest, endpoint, methods=["GET", "HEAD"])
        return endpoint

    return register


@feed_at("/")
async def posts_feed(request: Request, db: Db) -> Response:
    """The newest posts."""
    return await _of_posts(request, db, EVERY_POST, "posts")


@feed_at("/category/{path:path}/")
async def category_feed(request: Request, db: Db) -> Response:
    """Posts under a category, or one below it."""
    selection = under_term(Taxonomy.CATEGORY, _below("/category/", request))
    return await _of_posts(request, db, selection, "term")


@feed_at("/tag/{slug}/")
async def tag_feed(request: Request, db: Db) -> Response:
    """Posts under a tag."""
    selection = under_term(Taxonomy.TAG, _below("/tag/", request))
    return await _of_posts(request, db, selection, "term")


@feed_at("/author/{slug}/")
async def author_feed(request: Request, db: Db) -> Response:
    """Posts of an author."""
    selection = written_by(_below("/author/", request))
    return await _of_posts(request, db, selection, "author", may_be_empty=False)


@feed_at("/{year:int}/")
async def year_feed(request: Request, db: Db, year: int) -> Response:
    """Posts of a year."""
    return await _of_dates(request, db, f"{year:04}", _midnight(year), _midnight(year + 1))


@feed_at("/{year:int}/{month:int}/")
async def month_feed(request: Request, db: Db, year: int, month: int) -> Response:
    """Posts of a month."""
    first, end = _midnight(year, month), _midnight(year + month // 12, month % 12 + 1)
    return await _of_dates(request, db, f"{year:04}-{month:02}", first, end)


@feed_at("/{year:int}/{month:int}/{day:int}/")
async def day_feed(request: Request, db: Db, year: int, month: int, day: int) -> Response:
    """Posts of a day."""
    first = _midnight(year, month, day)
    end = first + timedelta(days=1)
    return await _of_dates(request, db, f"{year:04}-{month:02}-{day:02}", first, end)


@feed_at("/comments/")
async def comments_feed(request: Request, db: Db) -> Response:
    """Comments and linkbacks under all posts and pages, the last approved first."""
    asked = asked_feed(request)
    if moved := moved_feed(request, asked):
        return moved
    frame = await frame_of(request, db)
    speak(frame.site.language)
    comments, has_more = await _comments(db, asked, frame.site.feed_items, under=None)
    title = _("Comments for %(site)s") % {"site": frame.site.title}
    contents = Contents(
        key="comments",
        title=title,
        home="/",
        entries=tuple(comment_entry(said, frame.base_url, names_post=True) for said in comments),
        has_more=has_more,
        # A post that comes or goes takes its comments along.
        tags=frozenset({"comments", "posts"}),
    )
    return answer_feed(request, frame, asked, contents)


async def comments_on_post(request: Request, db: AsyncSession, post: Post) -> Response:
    """Comments and linkbacks under one post, where these are or were open. Raises NotFound."""
    path = post.path or "/"
    asked = asked_feed(request, base=path.rstrip("/") + "/")
    if moved := moved_feed(request, asked):
        return moved
    frame = await frame_of(request, db)
    speak(frame.site.language)
    comments, has_more = await _comments(db, asked, frame.site.feed_items, under=post.id)
    thread_id = comments[0].thread_id if comments else await _open_thread_id(db, post)
    contents = Contents(
        key=post.guid,
        title=_("Comments on: %(title)s") % {"title": post.title},
        home=address(path),
        entries=tuple(comment_entry(said, frame.base_url, names_post=False) for said in comments),
        has_more=has_more,
        tags=frozenset({f"post:{post.id}", f"thread:{thread_id}"}),
    )
    return answer_feed(request, frame, asked, contents)


async def _open_thread_id(db: AsyncSession, post: Post) -> int:
    """The thread of a post where nothing was said so far, but may be. Raises NotFound."""
    thread = await find_thread(db, post.id)
    now = clock.now()
    if thread is None or not post.accepts_comments(now):
        raise NotFound
    if thread.closed_at is not None and thread.closed_at <= now:
        raise NotFound
    return thread.id


async def _comments(
    db: AsyncSession, asked: AskedFeed, size: int, *, under: int | None
) -> tuple[list[FeedComment], bool]:
    skip = (asked.page - 1) * size
    found = await newest_comments(db, under=under, skip=skip, limit=size + 1)
    return found[:size], len(found) > size


async def _of_dates(
    request: Request, db: AsyncSession, date: str, first: datetime, end: datetime
) -> Response:
    selection, base = dated_between(first, end), f"/{date.replace('-', '/')}/"
    return await _of_posts(
        request, db, selection, f"dated:{date}", base=base, name=date, may_be_empty=False
    )


def _midnight(year: int, month: int = 1, day: int = 1) -> datetime:
    """How a day begins by the site's wall clock. Raises NotFound for days there never were."""
    try:
        return datetime(year, month, day)  # noqa: DTZ001
    except (ValueError, OverflowError):
        raise NotFound from None


def _below(first: str, request: Request) -> str:
    """What stands in the address between `first` and the feed, in NFC."""
    return asked_feed(request).base.removeprefix(first).rstrip("/")


async def _of_posts(
    request: Request,
    db: AsyncSession,
    selection: Selection,
    tag: str,
    *,
    base: str | None = None,
    name: str = "",
    may_be_empty: bool = True,
) -> Response:
    """A feed of posts, called after what they have in common, if not `name`.

    It goes stale with `tag`, or with `tag:ID` of each thing that they have in common.
    """
    asked = asked_feed(request, base)
    if moved := moved_feed(request, asked):
        return moved
    frame = await frame_of(request, db)
    speak(frame.site.language)
    size = frame.site.feed_items
    posts = await newest_posts(db, selection, skip=(asked.page - 1) * size, limit=size + 1)
    shown = posts[:size]
    parts, subject = await parts_of(db, [post.id for post in shown], selection)
    if (selection.subject is not None and not subject) or not (shown or may_be_empty):
        raise NotFound
    name = name or (subject[0].name if subject else "")
    full_text = frame.site.feed_full_text
    contents = Contents(
        key=asked.base,
        title=f"{name} – {frame.site.title}" if name else frame.site.title,
        home=address(asked.base),
        entries=tuple(
            post_entry(post, parts[post.id], frame.base_url, full_text=full_text) for post in shown
        ),
        has_more=len(posts) > size,
        tags=frozenset({f"{tag}:{part.id}" for part in subject} or {tag})
        | {f"thread:{post.thread_id}" for post in shown},
        changed_at=max((post.replied_at for post in shown if post.replied_at), default=None),
    )
    return answer_feed(request, frame, asked, contents)
