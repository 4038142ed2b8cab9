"""The newest posts, and archives: by category, tag, author, year, month and day."""

import re
from functools import partial

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.errors import NotFound
from app.core.i18n import speak
from app.posts.addresses import address, readings
from app.posts.models import Taxonomy
from app.posts.queries import find_post
from app.web.deps import Db, Frame, Me, frame_of
from app.web.door.page_cache import mark_cacheable
from app.web.pages.archive_heads import archive_head, at_page, home_head
from app.web.pages.archive_pages import ArchivePage, HomePage
from app.web.pages.archive_subjects import (
    Subject,
    dated_subject,
    find_author_subject,
    find_term_subject,
)
from app.web.pages.discovery import link_header
from app.web.pages.lately import said_lately
from app.web.pages.moments import moments_in
from app.web.pages.paging import Pages, pages_of
from app.web.pages.post_lists import EVERY, STICKY_FIRST, PostList, list_posts
from app.web.pages.post_reading import find_front_page
from app.web.pages.posts import NUL, page_of, show
from app.web.rendering import render


class _Year(Convertor[str]):
    """Four digits, with which an address of posts by date begins."""

    regex = "[0-9]{4}"

    def convert(self, value: str) -> str:
        """As it stands."""
        return value

    def to_string(self, value: str) -> str:
        """As it stands."""
        return value


register_url_convertor("year", _Year())
router = APIRouter()

_READ = ["GET", "HEAD"]
_PAGE = re.compile(r"(?P<base>.*?)(?:/page/(?P<number>[1-9]\d{0,8}))?/?", re.DOTALL)
_DATE = re.compile(r"/(\d{4})(?:/(\d{1,2})(?:/(\d{1,2}))?)?")


@router.api_route("/", methods=_READ)
async def home(request: Request, db: Db, me: Me) -> Response:
    """The newest posts, or the page that the owner has put here."""
    frame = await frame_of(request, db)
    if frame.site.front_page_id is not None:
        found = await find_front_page(db, me, frame.site.front_page_id)
        if found is not None:
            return await page_of(request, db, me, frame, found)
    return await _newest(request, db, frame, "/", 1)


@router.api_route("/page/{number:path}", methods=_READ)
@router.api_route("/blog", methods=_READ)
@router.api_route("/blog/{number:path}", methods=_READ)
async def newest(request: Request, db: Db, me: Me) -> Response:
    """`/page/2/`; `/blog/` and its pages where something else stands at the root."""
    frame = await frame_of(request, db)
    base, number = _asked(request)
    if base == "/blog" and frame.site.front_page_id is None:
        # No list stands there; a page of that name may.
        if await find_post(db, me, list(readings(base))) is not None:
            return await show(request, request.scope["path"], db, me)
    elif base not in ("", "/blog"):
        return await show(request, request.scope["path"], db, me)
    home_path = "/blog/" if frame.site.front_page_id is not None else "/"
    return await _newest(request, db, frame, home_path, number)


@router.api_route("/category/{path:path}", methods=_READ)
async def category(request: Request, db: Db, me: Me) -> Response:
    """Posts under a category, or one below it."""
    return await _of_term(request, db, me, Taxonomy.CATEGORY)


@router.api_route("/tag/{path:path}", methods=_READ)
async def tag(request: Request, db: Db, me: Me) -> Response:
    """Posts under a tag."""
    return await _of_term(request, db, me, Taxonomy.TAG)


@router.api_route("/author/{path:path}", methods=_READ)
async def author(request: Request, db: Db, me: Me) -> Response:
    """Posts of an author."""
    base, _number = _asked(request)
    frame = await _spoken(request, db)
    subject = await find_author_subject(db, base.removeprefix("/author/"))
    return await _archive(request, db, me, frame, subject)


@router.api_route("/{year:year}", methods=_READ)
@router.api_route("/{year:year}/{rest:path}", methods=_READ)
async def dated(request: Request, db: Db, me: Me) -> Response:
    """Posts of a year, a month or a day; whatever else stands below a year."""
    base, _number = _asked(request)
    date = _DATE.fullmatch(base)
    if date is None:
        return await show(request, request.scope["path"], db, me)
    frame = await _spoken(request, db)
    moments = moments_in(frame.site.language, frame.site.timezone)
    numbers = [int(part) for part in date.groups() if part]
    return await _archive(request, db, me, frame, dated_subject(moments, numbers))


async def _of_term(request: Request, db: AsyncSession, me: Actor, taxonomy: Taxonomy) -> Response:
    base, _number = _asked(request)
    frame = await _spoken(request, db)
    subject = await find_term_subject(db, taxonomy, base.removeprefix(f"/{taxonomy}/"))
    return await _archive(request, db, me, frame, subject)


async def _archive(
    request: Request, db: AsyncSession, me: Actor, frame: Frame, subject: Subject | None
) -> Response:
    number = _asked(request)[1]
    if subject is None:
        return await show(request, request.scope["path"], db, me)
    if moved := _elsewhere(request, at_page(subject.path, number)):
        return moved
    size = frame.site.posts_per_page
    listed = await list_posts(db, subject.query, subject.values, number=number, size=size)
    if not listed.rows and (number > 1 or not subject.may_be_empty):
        return await show(request, request.scope["path"], db, me)
    pages = _pages(listed, number, size, subject.path)
    page = ArchivePage(
        frame=frame,
        head=archive_head(frame, subject, pages, listed.rows),
        kind=subject.kind,
        title=subject.title,
        description=subject.description,
        ancestors=subject.ancestors,
        within=subject.within,
        author=subject.author,
        count=listed.count,
        posts=listed.rows,
        pages=pages,
    )
    mark_cacheable(request.scope, {"site"} | subject.tags | listed.tags)
    return _rendered("archives/archive.html", page)


async def _newest(
    request: Request, db: AsyncSession, frame: Frame, path: str, number: int
) -> Response:
    speak(frame.site.language)
    if moved := _elsewhere(request, at_page(path, number)):
        return moved
    size = frame.site.posts_per_page
    query = STICKY_FIRST if number == 1 else EVERY
    listed = await list_posts(db, query, {}, number=number, size=size)
    if not listed.rows and number > 1:
        raise NotFound
    lately = await said_lately(db) if number == 1 else []
    pages = _pages(listed, number, size, path)
    head = home_head(frame, path, pages, listed.rows)
    page = HomePage(frame, head, listed.rows, pages, lately)
    mark_cacheable(
        request.scope,
        {"site", "posts", "comments"} if number == 1 else {"site", "posts"} | listed.tags,
    )
    return _rendered("archives/home.html", page)


def _rendered(template: str, page: ArchivePage | HomePage) -> Response:
    response = render(template, page)
    response.headers["Link"] = link_header(page.frame.base_url)
    return response


async def _spoken(request: Request, db: AsyncSession) -> Frame:
    frame = await frame_of(request, db)
    speak(frame.site.language)
    return frame


def _asked(request: Request) -> tuple[str, int]:
    """An address without its page number, and the number; without its last slash. Raises NotFound."""
    found = _PAGE.fullmatch(request.scope["path"])
    if found is None or NUL in found["base"]:
        raise NotFound
    return found["base"], int(found["number"] or 1)


def _elsewhere(request: Request, path: str) -> Response | None:
    """The one address of what was asked for, where it was asked for by another."""
    return None if address(request.scope["path"]) == path else RedirectResponse(path, 301)


def _pages(listed: PostList, number: int, size: int, path: str) -> Pages:
    return pages_of(number, -(-listed.count // size), partial(at_page, path))
