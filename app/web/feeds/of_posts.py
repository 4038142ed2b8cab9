"""The public feeds of posts: where each stands, and which entries it holds."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from sqlalchemy import false, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.core.errors import NotReady
from app.core.i18n import _
from app.feeds.entries import post_entry
from app.feeds.posts import (
    EVERY_POST,
    Selection,
    dated_between,
    newest_posts,
    parts_of,
    under_term,
    written_by,
)
from app.posts.models import Post, Taxonomy
from app.search.asking import TooSlow, read_terms
from app.search.entries import OF_POSTS, POSTS_FROM
from app.search.finding import SECONDS
from app.search.index import index_of
from app.web.deps import Db, Me, SlowDb
from app.web.feeds import of_comments
from app.web.feeds.answers import (
    SEARCH,
    Contents,
    answer_feed,
    asked_feed,
    feed_at,
    moved_feed,
    spoken_frame,
)
from app.web.pages.posts import show

# A year has four digits in every address.
_FIRST_YEAR = 1000

router = APIRouter()
router.include_router(of_comments.router)


@feed_at(router, "/")
async def posts_feed(request: Request, db: Db, me: Me) -> Response:
    """The newest posts."""
    return await _of_posts(request, db, me, EVERY_POST, "posts")


@feed_at(router, "/category/{path:path}/")
async def category_feed(request: Request, db: Db, me: Me) -> Response:
    """Posts under a category, or one below it."""
    selection = under_term(Taxonomy.CATEGORY, _below("/category/", request))
    return await _of_posts(request, db, me, selection, "term")


@feed_at(router, "/tag/{slug}/")
async def tag_feed(request: Request, db: Db, me: Me) -> Response:
    """Posts under a tag."""
    selection = under_term(Taxonomy.TAG, _below("/tag/", request))
    return await _of_posts(request, db, me, selection, "term")


@feed_at(router, "/author/{slug}/")
async def author_feed(request: Request, db: Db, me: Me) -> Response:
    """Posts of an author."""
    selection = written_by(_below("/author/", request))
    return await _of_posts(request, db, me, selection, "author", may_be_empty=False)


@feed_at(router, "/{year:int}/")
@feed_at(router, "/{year:int}/{month:int}/")
@feed_at(router, "/{year:int}/{month:int}/{day:int}/")
async def dated_feed(request: Request, db: Db, me: Me) -> Response:
    """Posts of a year, a month or a day; or the feed of a post whose slug looks like one."""
    date = [request.path_params.get(part, 0) for part in ("year", "month", "day")]
    span = _span(*date)
    if span is None:
        return await show(request, request.scope["path"], db, me)
    written = [f"{part:0{width}}" for part, width in zip(date, (4, 2, 2), strict=True) if part]
    tag, base = f"dated:{'-'.join(written)}", f"/{'/'.join(written)}/"
    name, selection = "-".join(written), dated_between(*span)
    return await _of_posts(
        request, db, me, selection, tag, base=base, name=name, may_be_empty=False
    )


@feed_at(router, SEARCH)
async def search_feed(request: Request, db: SlowDb, me: Me) -> Response:
    """Posts in which words are found, the newest first."""
    words = asked_feed(request).words
    terms = read_terms(words)
    selection = Selection(false())
    if terms:
        found = index_of(db).matching(terms, OF_POSTS, most=None).subquery()
        selection = Selection(Post.id.in_(select(found.c.key - POSTS_FROM)))
    await spoken_frame(request, db)
    name = _("Search: %(words)s") % {"words": words}
    try:
        async with index_of(db).at_most(db, SECONDS):
            return await _of_posts(request, db, me, selection, "posts", name=name)
    except TooSlow:
        raise NotReady(_("The search took too long. Try rarer words.")) from None


async def _of_posts(
    request: Request,
    db: AsyncSession,
    me: Actor,
    selection: Selection,
    tag: str,
    *,
    base: str | None = None,
    name: str = "",
    may_be_empty: bool = True,
) -> Response:
    """A feed of posts, called after what they have in common, if not `name`.

    It goes stale with `tag`, or with `tag:ID` of each thing that they have in common. Where there
    is no such thing, whatever else has that address answers.
    """
    asked = asked_feed(request, base)
    if moved := moved_feed(request, asked):
        return moved
    frame = await spoken_frame(request, db)
    size = frame.site.feed_items
    posts = await newest_posts(db, selection, skip=(asked.page - 1) * size, limit=size + 1)
    shown = posts[:size]
    parts, subject = await parts_of(db, [post.id for post in shown], selection)
    if (selection.subject is not None and not subject) or not (shown or may_be_empty):
        return await show(request, request.scope["path"], db, me)
    name = name or (subject[0].name if subject else "")
    full_text = frame.site.feed_full_text
    contents = Contents(
        key=asked.home,
        title=f"{name} – {frame.site.title}" if name else frame.site.title,
        home=asked.home,
        entries=tuple(
            post_entry(post, parts[post.id], frame.base_url, full_text=full_text) for post in shown
        ),
        has_more=len(posts) > size,
        tags=frozenset({f"{tag}:{part.id}" for part in subject} or {tag})
        | {f"thread:{post.thread_id}" for post in shown}
        | {f"user:{author.id}" for post in shown for author in parts[post.id].authors},
        changed_at=max((post.replied_at for post in shown if post.replied_at), default=None),
    )
    return answer_feed(request, frame, asked, contents)


def _below(first: str, request: Request) -> str:
    """What stands in the address between `first` and the feed, in NFC."""
    return asked_feed(request).base.removeprefix(first).rstrip("/")


def _span(year: int, month: int, day: int) -> tuple[datetime, datetime] | None:
    """From when until when a year, month (0: all) or day (0: all) lasts; None for what never was."""
    # Archives begin with four digits: what is shorter may be the slug of a post.
    if year < _FIRST_YEAR:
        return None
    try:
        first = datetime(year, month or 1, day or 1)  # noqa: DTZ001 - by the site's wall clock
        if day:
            return first, first + timedelta(days=1)
        years, months = divmod(month, 12) if month else (1, 0)
        return first, datetime(year + years, months + 1, 1)  # noqa: DTZ001
    except (ValueError, OverflowError):
        return None
