"""Posts and pages at their addresses, and what becomes of addresses where nothing stands any more."""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import speak
from app.discussions.queries import comments_on_page
from app.discussions.topics.taken_up import NOT_DISCUSSED, Discussed, taken_up
from app.posts.addresses import View, address, readings
from app.resources.queries import Listed, attached_to_post
from app.web.comments.forms import Answered, CommentForm
from app.web.comments.own_addresses import own_addresses
from app.web.comments.own_waiting import with_own_waiting
from app.web.comments.remembering import remembered
from app.web.deps import Db, Frame, Me, frame_of, settings_of
from app.web.door.page_cache import mark_cacheable
from app.web.feeds.of_comments import comments_on_post
from app.web.leftovers.moved import where_it_went
from app.web.notices.seeing import shown
from app.web.pages.discovery import PINGBACK, link_header
from app.web.pages.link_doors import doors_for_links
from app.web.pages.post_assembly import post_page
from app.web.pages.post_reading import (
    FoundPost,
    around_post,
    authors_of_post,
    find_shown_post,
    with_its_pictures,
)
from app.web.post_form import find_answered, form_under, made_anew_after
from app.web.rendering import render

router = APIRouter()

# PostgreSQL takes none in any text.
NUL = "\0"


@router.api_route("/{path:path}", methods=["GET", "HEAD"])
async def show(request: Request, path: str, db: Db, me: Me) -> Response:
    """Whatever stands at an address: a post, one of its pages, its comments' feed; or where it went."""
    if NUL in path:
        raise NotFound
    meant = list(readings(path))
    found = await find_shown_post(db, me, meant)
    if found is None:
        return await where_it_went(request, db, me, meant)
    view, whole = found.asked.view, address(found.post.path or "/", found.asked.suffix)
    if view == View.FEED and found.thread:
        return await comments_on_post(request, db, found.post, found.thread)
    if view == View.TRACKBACK:
        return RedirectResponse(address(found.post.path or "/"), 302)
    if view == View.EMBED:
        return RedirectResponse(address(found.post.path or "/"), 301)
    frame = await frame_of(request, db)
    if found.post.id == frame.site.front_page_id and not found.asked.suffix:
        return RedirectResponse("/", 301)
    if address(request.scope["path"]) != whole:
        return RedirectResponse(whole, 301)
    answers = request.query_params.get("replytocom")
    answered = await find_answered(db, found.thread, answers) if answers is not None else None
    if answers is not None and answered is None:
        return RedirectResponse(whole, 301)
    return await page_of(request, db, me, frame, found, answered)


async def page_of(
    request: Request,
    db: Db,
    me: Actor,
    frame: Frame,
    found: FoundPost,
    answered: Answered | None = None,
) -> Response:
    """The page of a post that was found. Raises NotFound beyond its last part or page of comments."""
    speak(frame.site.language)
    is_comment_page = found.asked.view == View.COMMENT_PAGE
    last = found.comment_pages if is_comment_page else len(found.post.pages)
    if found.asked.number > last:
        return _beyond_the_end(found, last)
    thread, number = found.thread, found.asked.number if is_comment_page else 1
    found = await with_its_pictures(db, found)
    authors = await authors_of_post(db, found.post.id)
    around = await around_post(db, me, found.post)
    comments = await comments_on_page(db, thread.id, number) if thread else []
    attached = await attached_to_post(db, me, found.post.id)
    # Where there are no groups, nothing is discussed in them.
    has_groups = frame.has_groups or me.is_signed_in
    discussed = await taken_up(db, me, found.post.id) if has_groups else NOT_DISCUSSED
    known = remembered(request)
    if thread:
        settings = settings_of(request)
        comments = await with_own_waiting(db, settings, me, known, thread.id, comments)
    form = await form_under(request, db, me, frame, found, known, answered)
    _mark(request, frame, found, authors, attached, discussed, form)
    own_urls = own_addresses(settings_of(request), me, comments)
    page = post_page(frame, found, authors, around, comments, form, attached, discussed, own_urls)
    response = render("posts/page.html", page)
    shown(request, me, (f"comment:{one.id}" for one in comments))
    doors = doors_for_links(frame.site, found.post)
    response.headers["Link"] = link_header(
        frame.base_url, post_id=found.post.id, webmention=doors.webmention
    )
    if doors.pingback:
        # Pingback 1.0 §2.1: found here without reading the page.
        response.headers["X-Pingback"] = frame.base_url + PINGBACK
    return response


def _beyond_the_end(found: FoundPost, last: int) -> Response:
    """What was brought along had its comments on other pages: links to those lead to the last there is.

    Raises NotFound for pages that never can have been.
    """
    thread, post = found.thread, found.post
    said = thread.comment_count + thread.linkback_count if thread else 0
    was_there = post.legacy_id is not None and found.asked.number <= said
    if found.asked.view != View.COMMENT_PAGE or not was_there:
        raise NotFound
    suffix = replace(found.asked, number=last).suffix
    # Not for good: there may be a page of that number one day.
    return RedirectResponse(address(post.path or "/", suffix), 302)


def _mark(
    request: Request,
    frame: Frame,
    found: FoundPost,
    authors: Sequence[User],
    attached: Sequence[Listed],
    discussed: Discussed,
    form: CommentForm,
) -> None:
    post = found.post
    tags = {"site", f"post:{post.id}"} | {f"user:{author.id}" for author in authors}
    tags |= {f"resource:{one.resource.id}" for one in attached}
    tags |= {f"thread:{one.thread_id}" for one in discussed.topics}
    if found.thread:
        tags.add(f"thread:{found.thread.id}")
    max_age = made_anew_after(frame.site, post, form, clock.now())
    mark_cacheable(request.scope, tags, max_age=max_age)
