"""Which post a thread of Disqus belongs to: by the path of its link, by `?p=`, by a redirect, at last by its title."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import marked
from app.core.text import one_line
from app.porting.disqus.reading import DisqusThread
from app.posts.local_addresses import local_path
from app.posts.models import Post, PostStatus, Redirect
from app.site.models import SiteRow

_AT_ONCE = 200
_INDEX = re.compile(r"/index\.(?:html?|php)$")
_NUMBER = re.compile(r"[0-9]{1,15}")

BY_PATH, BY_NUMBER = marked("by its path"), marked("by its number in WordPress")
BY_REDIRECT, BY_TITLE = marked("by a redirect"), marked("by its title alone: please look at it")


@dataclass(slots=True)
class Matches:
    """The post of each thread by the threads' numbers, and how that was found."""

    posts: dict[int, int] = field(default_factory=dict)
    how: dict[int, str] = field(default_factory=dict)

    def found(self, thread: DisqusThread, post_id: int, how: str) -> None:
        """A thread has a post; the first way that finds one is the best."""
        if thread.id not in self.posts:
            self.posts[thread.id], self.how[thread.id] = post_id, how


async def match_threads(
    session: AsyncSession, site: SiteRow, base_url: str, threads: Sequence[DisqusThread]
) -> Matches:
    """Find the posts of the threads, some hundred at a time."""
    matches = Matches()
    bases = [base_url, *site.former_urls]
    for start in range(0, len(threads), _AT_ONCE):
        some = threads[start : start + _AT_ONCE]
        paths = {thread.id: _paths(thread.link, bases) for thread in some}
        await _by_path(session, some, paths, matches)
        await _by_number(session, some, matches)
        await _by_redirect(session, some, paths, matches)
    left = [thread for thread in threads if thread.id not in matches.posts and thread.title]
    if left:
        await _by_title(session, left, matches)
    return matches


def _paths(link: str, bases: Iterable[str]) -> list[str]:
    """Where a post of this link may stand here, the likeliest first; whatever host it names."""
    try:
        path = unquote(urlsplit(link.strip()).path) or "/"
    except ValueError:
        return []
    below = local_path(link, bases)
    found: dict[str, None] = {}
    for one in (path, below or path):
        bare = _INDEX.sub("/", one).rstrip("/")
        if bare and bare.startswith("/") and "\0" not in bare:
            found |= dict.fromkeys((f"{bare}/", bare, one))
    return list(found)


async def _by_path(
    session: AsyncSession,
    threads: Sequence[DisqusThread],
    paths: dict[int, list[str]],
    matches: Matches,
) -> None:
    wanted = {path for some in paths.values() for path in some}
    rows = await session.execute(select(Post.path, Post.id).where(Post.path.in_(wanted)))
    posts = {row[0]: row[1] for row in rows}
    for thread in threads:
        for path in paths[thread.id]:
            if path in posts:
                matches.found(thread, posts[path], BY_PATH)


async def _by_number(
    session: AsyncSession, threads: Sequence[DisqusThread], matches: Matches
) -> None:
    numbers = {thread.id: _number_in(thread) for thread in threads}
    wanted = {number for number in numbers.values() if number}
    query = select(Post.id, Post.legacy_id)
    query = query.where(or_(Post.id.in_(wanted), Post.legacy_id.in_(wanted)))
    rows = (await session.execute(query)).all() if wanted else []
    # A post that had to take another number here is the one that had it there.
    posts = {row[0]: row[0] for row in rows} | {row[1]: row[0] for row in rows if row[1]}
    for thread in threads:
        if numbers[thread.id] in posts:
            matches.found(thread, posts[numbers[thread.id]], BY_NUMBER)


def _number_in(thread: DisqusThread) -> int:
    """The number of `?p=` in the link, or in what WordPress's plug-in gave the page as a name."""
    for url in (thread.link, thread.identifier.rpartition(" ")[2]):
        try:
            (given,) = parse_qs(urlsplit(url).query).get("p", [""])[:1]
        except ValueError:
            continue
        if _NUMBER.fullmatch(given):
            return int(given)
    return 0


async def _by_redirect(
    session: AsyncSession,
    threads: Sequence[DisqusThread],
    paths: dict[int, list[str]],
    matches: Matches,
) -> None:
    wanted = {path for some in paths.values() for path in some}
    rows = await session.execute(
        select(Redirect.path, Redirect.post_id, Post.id)
        .outerjoin(Post, Post.path == Redirect.target)
        .where(Redirect.path.in_(wanted))
    )
    posts = {row[0]: row[1] or row[2] for row in rows}
    for thread in threads:
        for path in paths[thread.id]:
            if post_id := posts.get(path):
                matches.found(thread, post_id, BY_REDIRECT)


async def _by_title(
    session: AsyncSession, threads: Sequence[DisqusThread], matches: Matches
) -> None:
    """Only a title that one post alone has tells anything."""
    wanted = {_folded(thread.title) for thread in threads}
    found: dict[str, list[int]] = {}
    query = select(Post.title, Post.id).where(Post.status == PostStatus.PUBLISHED)
    for rows in (await session.execute(query)).partitions(1000):
        for title, post_id in rows:
            if (folded := _folded(title)) in wanted:
                found.setdefault(folded, []).append(post_id)
    for thread in threads:
        posts = found.get(_folded(thread.title), [])
        if len(posts) == 1:
            matches.found(thread, posts[0], BY_TITLE)


def _folded(title: str) -> str:
    return one_line(title).casefold()
