"""WebSub: the hub is told which feeds have changed, so that it can tell their readers (W3C WebSub §5).

What a change touches says already which feeds show it. Each of these tags is a job of its own, and
all changes of a short while are one: the hub fetches the feed afterwards, and sees all of them.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.accounts.models import User
from app.core.errors import Unreachable
from app.core.events import Event
from app.core.i18n import _
from app.core.jobs import Tools, enqueue, job
from app.core.outbound.asking import a_form
from app.core.outbound.named import post_to_named
from app.discussions.events import (
    AuthorForgotten,
    CommentEdited,
    CommentPublished,
    CommentWithdrawn,
)
from app.discussions.models import Thread
from app.posts.addresses import address
from app.posts.events import PostTrashed, PostWritten
from app.posts.models import Post, Taxonomy, Term
from app.posts.queries import posts_visible_to

# Who approves twenty comments in a row is one piece of news.
GATHERS = timedelta(seconds=20)

_OF_COMMENTS = (CommentPublished, CommentWithdrawn, CommentEdited, AuthorForgotten)
# Tags under which feeds of posts are kept: all of them, and those with something in common.
_POSTS = ("posts", "term:", "author:", "dated:")
_COMMENTS = ("comments", "thread:")
# Each feed in its three formats is a topic of its own.
_FORMATS = ("feed/", "feed/atom/", "feed/json/")


async def note_changes(session: AsyncSession, events: Iterable[Event]) -> None:
    """Have the hub told of the feeds that show what has happened."""
    changed: set[str] = set()
    for event in events:
        if isinstance(event, _OF_COMMENTS):
            changed |= _among(event, _COMMENTS)
        elif isinstance(event, PostWritten | PostTrashed) and await _was_public(session, event):
            changed |= _among(event, _POSTS)
    for tag in sorted(changed):
        await enqueue(session, ping_hub, delay=GATHERS, once=tag, tag=tag)


@job("ping_hub")
async def ping_hub(tools: Tools, *, tag: str) -> None:
    """Tell the hub that the feeds under a tag have changed."""
    if not tools.settings.websub_hub:
        return
    async with tools.work.reading() as db:
        bases = await _bases(db, tag)
    for base in bases:
        for format_ in _FORMATS:
            await _ping(tools, tools.settings.base_url + address(base + format_))


async def _was_public(session: AsyncSession, event: PostWritten | PostTrashed) -> bool:
    """What was never public is nobody's news."""
    return bool(await session.scalar(select(Post.was_public).where(Post.id == event.post_id)))


def _among(event: Event, tags: tuple[str, ...]) -> set[str]:
    return {tag for tag in event.touches if tag.startswith(tags)}


async def _bases(session: AsyncSession, tag: str) -> Sequence[str]:
    """The paths below which the feeds stand that show what has this tag; none for what is gone."""
    what, _colon, which = tag.partition(":")
    if what == "posts":
        return ["/"]
    if what == "comments":
        return ["/comments/"]
    if what == "dated":
        return [f"/{which.replace('-', '/')}/"]
    if what == "author":
        slugs = await session.scalars(select(User.slug).where(User.id == int(which)))
        return [f"/author/{slug}/" for slug in slugs]
    if what == "thread":
        query = select(Post.path).join(Thread, Thread.post_id == Post.id)
        query = query.where(Thread.id == int(which), posts_visible_to(VISITOR))
        return [f"{path.rstrip('/')}/" for path in await session.scalars(query) if path]
    return await _bases_of_term(session, int(which))


async def _bases_of_term(session: AsyncSession, term_id: int) -> Sequence[str]:
    """A category's own, and those of the categories above it, which show its posts too."""
    term = await session.get(Term, term_id)
    if term is None:
        return []
    if term.taxonomy == Taxonomy.TAG:
        return [f"/tag/{term.path}/"]
    parts = term.path.split("/")
    return [f"/category/{'/'.join(parts[:depth])}/" for depth in range(len(parts), 0, -1)]


async def _ping(tools: Tools, topic: str) -> None:
    # §5 leaves the way to hub and publisher. All hubs know `hub.url`, from PubSubHubbub 0.4;
    # some ask for the Recommendation's own word.
    told = a_form({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
    agent = f"Rapport (+{tools.settings.base_url}; WebSub)"
    status = await post_to_named(tools.settings.websub_hub, told, agent)
    if not 200 <= status < 300:
        raise Unreachable(_("The hub answered with %(status)d.") % {"status": status})
