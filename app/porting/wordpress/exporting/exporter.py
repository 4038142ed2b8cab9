"""Streams the whole site into a WordPress export: one post and a few hundred comments at a time."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import func, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core import clock
from app.core.db import Work
from app.discussions.models import Comment, Thread
from app.discussions.queries import IS_APPROVED
from app.media.models import Upload
from app.porting.wordpress.exporting import elements as wxr
from app.porting.wordpress.exporting import own_words
from app.porting.wordpress.exporting.items import (
    Surroundings,
    comment_element,
    end_of_item,
    post_item,
    upload_item,
)
from app.posts.models import Post, Redirect, RedirectSource, Taxonomy, Term
from app.posts.queries import authors_of, terms_of
from app.site.models import SiteRow
from app.site.queries import get_site

_AT_ONCE = 500
Row = TypeVar("Row", User, Redirect, Upload, Post)
# Told with how many posts and uploads are written, and how many there are.
Progress = Callable[[int, int], None]


async def export_wordpress(work: Work, target: Path, base_url: str, progress: Progress) -> int:
    """Write the site as WXR 1.2 to `target`; gives how many posts, pages and uploads it holds.

    One snapshot of the database throughout. The file appears under its name when it is whole.
    Raises OSError where it can't be written.
    """
    unfinished = target.with_name(f"{target.name}.unfinished")
    written = 0
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        async with work.reading() as session:
            total = await _count(session)
            async for part, items in _parts(session, base_url):
                file.write(part)
                written += items
                if items:
                    progress(written, total)
    unfinished.replace(target)
    return written


async def _count(session: AsyncSession) -> int:
    posts = await session.scalar(select(func.count()).select_from(Post))
    uploads = await session.scalar(select(func.count()).select_from(Upload))
    return (posts or 0) + (uploads or 0)


async def _parts(session: AsyncSession, base_url: str) -> AsyncIterator[tuple[str, int]]:
    """The file in order: each part, and how many items it completes."""
    site = await get_site(session)
    yield wxr.HEAD.format(created=f"{clock.now():%Y-%m-%d %H:%M}"), 0
    yield _about_site(site, base_url), 0
    logins: dict[int, str] = {}
    async for user in _each(session, User):
        logins[user.id] = user.login
        yield _author(user), 0
    for term, parent in await _terms(session):
        yield _term(term, parent), 0
    async for redirect in _each(session, Redirect):
        yield wxr.text(own_words.REDIRECT, own_words.redirect_facts(redirect), 1), 0
    yield "\t<generator>Rapport</generator>\n", 0
    numbers = await _upload_numbers(session)
    around = Surroundings(base_url, ZoneInfo(site.timezone), numbers)
    async for upload in _each(session, Upload):
        if upload.id in numbers:
            yield upload_item(upload, logins.get(upload.user_id or 0, ""), around), 1
    async for part in _posts(session, around):
        yield part
    yield wxr.TAIL, 0


async def _posts(session: AsyncSession, around: Surroundings) -> AsyncIterator[tuple[str, int]]:
    unapproved = await _unapproved(session)
    async for post in _each(session, Post):
        authors = [user.login for user in (await authors_of(session, [post.id])).get(post.id, ())]
        terms = (await terms_of(session, [post.id])).get(post.id, [])
        yield post_item(post, authors, terms, await _old_slugs(session, post), around), 0
        thread_id = await session.scalar(select(Thread.id).where(Thread.post_id == post.id))
        async for comment in _comments(session, thread_id, unapproved.get(thread_id, [])):
            yield comment_element(comment, post.guid, around), 0
        yield end_of_item(), 1


async def _unapproved(session: AsyncSession) -> dict[int | None, list[int]]:
    """The ids of what is held, spam or removed, by thread: they have no index of their own."""
    not_approved = select(Comment.thread_id, Comment.id).where(not_(IS_APPROVED))
    found: dict[int | None, list[int]] = {}
    for thread_id, comment_id in await session.execute(not_approved):
        found.setdefault(thread_id, []).append(comment_id)
    return found


async def _comments(
    session: AsyncSession, thread_id: int | None, unapproved: list[int]
) -> AsyncIterator[Comment]:
    """All comments of a thread in the order of ids, a few hundred in memory at once."""
    approved = select(Comment.id).where(Comment.thread_id == thread_id, IS_APPROVED)
    ids = sorted([*await session.scalars(approved), *unapproved])
    for start in range(0, len(ids), _AT_ONCE):
        some = select(Comment).where(Comment.id.in_(ids[start : start + _AT_ONCE]))
        comments = (await session.scalars(some.order_by(Comment.id))).all()
        for comment in comments:
            yield comment
        for comment in comments:
            session.expunge(comment)


async def _old_slugs(session: AsyncSession, post: Post) -> list[str]:
    """For WordPress, which keeps no old paths: the last segments of those that lead to the post."""
    paths = await session.scalars(
        select(Redirect.path)
        .where(Redirect.post_id == post.id, Redirect.source != RedirectSource.MANUAL)
        .order_by(Redirect.id)
    )
    slugs = dict.fromkeys(path.strip("/").rpartition("/")[2] for path in paths)
    return [slug for slug in slugs if slug and slug != post.slug]


async def _upload_numbers(session: AsyncSession) -> dict[int, int]:
    """Each upload's number among the posts: WordPress's own where it has one, else a free one."""
    posts = set(await session.scalars(select(Post.id)))
    uploads = (
        await session.execute(
            select(Upload.id, Upload.legacy_id)
            .where(Upload.variant_of_id.is_(None), Upload.deleted_at.is_(None))
            .order_by(Upload.id)
        )
    ).all()
    numbers: dict[int, int] = {}
    taken = set(posts)
    for upload_id, legacy_id in uploads:
        if legacy_id is not None and legacy_id not in taken:
            numbers[upload_id] = legacy_id
            taken.add(legacy_id)
    free = max(taken, default=0)
    for upload_id, _legacy_id in uploads:
        if upload_id not in numbers:
            free += 1
            numbers[upload_id] = free
    return numbers


async def _each(session: AsyncSession, table: type[Row]) -> AsyncIterator[Row]:
    """Every row of a table in the order of ids, a few hundred in memory at once."""
    last = 0
    while True:
        page = select(table).where(table.id > last).order_by(table.id).limit(_AT_ONCE)
        rows = (await session.scalars(page)).all()
        for row in rows:
            last = row.id
            yield row
        for row in rows:
            if row in session:
                session.expunge(row)
        if len(rows) < _AT_ONCE:
            return


def _about_site(site: SiteRow, base_url: str) -> str:
    return "".join(
        (
            wxr.said("title", site.title, 1),
            wxr.plain("link", base_url, 1),
            wxr.said("description", site.tagline, 1),
            wxr.plain("pubDate", wxr.rfc822(clock.now()), 1),
            wxr.plain("language", site.language, 1),
            wxr.plain("wp:wxr_version", "1.2", 1),
            wxr.plain("wp:base_site_url", base_url, 1),
            wxr.plain("wp:base_blog_url", base_url, 1),
            wxr.text(own_words.SITE, own_words.site_facts(site, base_url), 1),
        )
    )


def _author(user: User) -> str:
    return wxr.group(
        "wp:author",
        (
            wxr.number("wp:author_id", user.id),
            wxr.text("wp:author_login", user.login),
            wxr.text("wp:author_email", user.email),
            wxr.said("wp:author_display_name", user.name),
            wxr.text("wp:author_first_name", user.first_name),
            wxr.text("wp:author_last_name", user.last_name),
            wxr.text(own_words.BOX, own_words.box_facts(user)),
        ),
    )


async def _terms(session: AsyncSession) -> list[tuple[Term, str]]:
    """Terms with their parents' slugs, parents first."""
    terms = list(await session.scalars(select(Term)))
    slugs = {term.id: term.slug for term in terms}
    terms.sort(key=lambda term: (term.path.count("/"), term.id))
    return [(term, slugs.get(term.parent_id or 0, "")) for term in terms]


def _term(term: Term, parent: str) -> str:
    if term.taxonomy == Taxonomy.CATEGORY:
        name, words = "category", ("category_nicename", "cat_name", "category_description")
        above = wxr.text("wp:category_parent", parent)
    else:
        name, words = "tag", ("tag_slug", "tag_name", "tag_description")
        above = ""
    slug, called, description = words
    return wxr.group(
        f"wp:{name}",
        (
            wxr.number("wp:term_id", term.id),
            wxr.text(f"wp:{slug}", term.slug),
            above,
            wxr.said(f"wp:{called}", term.name),
            wxr.text(f"wp:{description}", term.description),
        ),
    )
