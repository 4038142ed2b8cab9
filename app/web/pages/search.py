"""The page of searches: everything the asker may see, narrowed by kind, name and date."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.core.errors import NotFound
from app.core.i18n import _, ngettext, speak
from app.core.text import clean_text
from app.posts.addresses import address, comment_address
from app.search.asking import PAGE_SIZE, PAGES, QUERY_LENGTH, Kind, Order, Query
from app.search.finding import Found, Hint, InGroup, Results, search
from app.web.days import first_moment, moment_after
from app.web.deps import Frame, Me, SlowDb, frame_of
from app.web.groups.addresses import reply_url, topic_url
from app.web.head import Head
from app.web.pages.archive_pages import Choice, FoundRow, SearchPage
from app.web.pages.discovery import discovery
from app.web.pages.paging import pages_of
from app.web.people.pages import profile_path
from app.web.rendering import render
from app.web.resources.words import url_of

router = APIRouter()

# Beyond the last page of all there is nothing, however it is written.
_PAGE_NUMBER = re.compile(r"[1-9][0-9]?")


@router.api_route("/search/", methods=["GET", "HEAD"])
@router.api_route("/search", methods=["GET", "HEAD"])
async def search_page(request: Request, db: SlowDb, me: Me) -> Response:
    """What was found for `?q=`. Raises NotFound for a page beyond the last."""
    if not request.scope["path"].endswith("/"):
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/search/{query}", 301)
    frame = await frame_of(request, db)
    speak(frame.site.language)
    asked = _read(request.query_params, ZoneInfo(frame.site.timezone))
    results = await search(db, me, asked)
    if asked.page > results.pages and results.hint != Hint.TOO_SLOW:
        raise NotFound
    return render("search/page.html", _page(frame, asked, results, request.query_params))


def _read(given: Mapping[str, str], zone: ZoneInfo) -> Query:
    """What is asked for; what can't be read narrows nothing."""
    number = given.get("page", "1")
    if not _PAGE_NUMBER.fullmatch(number):
        raise NotFound
    kind, order = given.get("kind", ""), given.get("order", "")
    return Query(
        # One more than is read, so that the page can say that it was cut.
        text=clean_text(given.get("q", "")).strip()[: QUERY_LENGTH + 1],
        kind=Kind(kind) if kind in set(Kind) else None,
        author=clean_text(given.get("by", "")).strip()[:QUERY_LENGTH],
        since=first_moment(given.get("since", ""), zone),
        before=moment_after(given.get("until", ""), zone),
        order=Order(order) if order in set(Order) else Order.RELEVANCE,
        page=int(number),
    )


def _page(frame: Frame, asked: Query, results: Results, given: Mapping[str, str]) -> SearchPage:
    words = asked.text[:QUERY_LENGTH]
    since = given["since"] if asked.since else ""
    until = given["until"] if asked.before else ""
    kept = {
        "q": words,
        "kind": asked.kind or "",
        "by": asked.author,
        "since": since,
        "until": until,
        "order": "" if asked.order == Order.RELEVANCE else asked.order,
    }
    title = _("Search for “%(words)s”") % {"words": words} if words else _("Search")
    return SearchPage(
        frame=frame,
        head=_head(frame, words, title),
        title=title,
        words=words,
        found=_in_words(results),
        kinds=_kinds(asked, kept, has_groups=frame.has_groups or frame.me.is_signed_in),
        orders=_orders(asked, kept),
        by=asked.author,
        since=since,
        until=until,
        is_narrowed=bool(asked.author or asked.since or asked.before),
        results=[_row(found) for found in results.found],
        pages=pages_of(asked.page, results.pages, lambda number: _address(kept, page=str(number))),
    )


def _head(frame: Frame, words: str, title: str) -> Head:
    own_feed = (title, f"/search/feed/?{urlencode({'q': words})}") if words else None
    return Head(
        title=f"{title} – {frame.site.title}",
        path="/search/",
        robots="noindex",
        links=discovery(frame.base_url, frame.site.title, own_feed=own_feed),
    )


def _address(kept: Mapping[str, str], **other: str) -> str:
    query = {name: value for name, value in {**kept, **other}.items() if value}
    if query.get("page") == "1":
        del query["page"]
    return f"/search/?{urlencode(query)}"


def _kinds(asked: Query, kept: Mapping[str, str], *, has_groups: bool) -> list[Choice]:
    words: dict[Kind | None, str] = {
        None: _("Everything"),
        Kind.POST: _("Posts"),
        Kind.PAGE: _("Pages"),
        Kind.COMMENT: _("Comments"),
        **({Kind.DISCUSSION: _("Groups")} if has_groups else {}),
        Kind.RESOURCE: _("Resources"),
        Kind.PERSON: _("People"),
    }
    return [
        Choice(label, _address(kept, kind=kind or ""), asked.kind == kind)
        for kind, label in words.items()
    ]


def _orders(asked: Query, kept: Mapping[str, str]) -> list[Choice]:
    words = {Order.RELEVANCE: _("Best first"), Order.NEWEST: _("Newest first")}
    return [
        Choice(
            label,
            _address(kept, order="" if order == Order.RELEVANCE else order),
            asked.order == order,
        )
        for order, label in words.items()
    ]


def _in_words(results: Results) -> str:
    """How much was found, or why nothing was; and what of the question was not read."""
    cut = _("Only the first %(num)s characters were read.") % {"num": QUERY_LENGTH}
    said = _WHY[results.hint]() if results.hint else _how_many(results.total)
    return f"{said} {cut}" if results.was_cut else said


def _how_many(total: int) -> str:
    if total > PAGES * PAGE_SIZE:
        return _("More than %(num)s found. More words find less.") % {"num": PAGES * PAGE_SIZE}
    return ngettext("%(num)s found.", "%(num)s found.", total) % {"num": total}


# Said when asked: each reader's language is known only then.
_WHY: Mapping[Hint, Callable[[], str]] = {
    Hint.NOTHING_ASKED: lambda: "",
    Hint.NO_WORDS: lambda: _("There is no word in this that could be looked for."),
    Hint.ONLY_UNWANTED: lambda: _("This says only what is not wanted. Add a word that is."),
    Hint.NO_MATCH: lambda: _(
        "Nothing here has all of these words. Fewer or shorter words find more."
    ),
    Hint.TOO_SLOW: lambda: _("This takes too long to look for. One more word makes it quicker."),
}


def _row(found: Found) -> FoundRow:
    title = found.title or _("Untitled")
    if found.resource is not None:
        resource = found.resource
        url = url_of(resource, resource.group_slug)
        kind = resource.group_name or _("Resource")
        return FoundRow(title, url, kind, found.at, found.excerpt)
    if found.kind == Kind.PERSON:
        url = profile_path(found.handle)
        return FoundRow(found.title, url, _("Member"), None, found.excerpt)
    if found.comment_id is None:
        kind = _("Page") if found.kind == Kind.PAGE else _("Post")
        return FoundRow(title, address(found.path), kind, found.at, found.excerpt)
    name = found.name or _("Anonymous")
    if found.place is not None:
        return _row_in_group(found, found.place, title, name)
    return FoundRow(
        title=_("%(name)s on %(title)s") % {"name": name, "title": title},
        url=comment_address(found.path, found.comment_page, found.comment_id),
        kind=_("Comment"),
        at=found.at,
        excerpt=found.excerpt,
    )


def _row_in_group(found: Found, place: InGroup, title: str, name: str) -> FoundRow:
    assert found.comment_id is not None
    url = topic_url(place.group_slug, place.topic_id, place.topic_slug)
    return FoundRow(
        title=title if place.opens else _("%(name)s on %(title)s") % {"name": name, "title": title},
        url=url if place.opens else reply_url(place.group_slug, found.comment_id),
        kind=place.group_name,
        at=found.at,
        excerpt=found.excerpt,
    )
