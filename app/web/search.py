"""The page of searches: everything the asker may see, narrowed by kind, name and date."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.core.errors import NotFound
from app.core.i18n import _, ngettext, speak
from app.core.text import clean_text
from app.posts.addresses import address
from app.search.asking import PAGES, QUERY_LENGTH, Kind, Order, Query
from app.search.finding import Found, Hint, Results, search
from app.web.archive_pages import Choice, FoundRow, SearchPage
from app.web.deps import Frame, Me, SlowDb, frame_of
from app.web.discovery import discovery
from app.web.head import Head
from app.web.paging import pages_of
from app.web.rendering import render

router = APIRouter()


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
    if asked.page > results.pages:
        raise NotFound
    return render("search/page.html", _page(frame, asked, results, request.query_params))


def _read(given: Mapping[str, str], zone: ZoneInfo) -> Query:
    """What is asked for; what can't be read narrows nothing."""
    number = given.get("page", "1")
    if not (number.isascii() and number.isdecimal() and 0 < int(number[:6]) <= PAGES):
        raise NotFound
    kind, order = given.get("kind", ""), given.get("order", "")
    before = _day(given.get("until", ""), zone)
    return Query(
        text=clean_text(given.get("q", "")).strip(),
        kind=Kind(kind) if kind in set(Kind) else None,
        author=clean_text(given.get("by", "")).strip()[:QUERY_LENGTH],
        since=_day(given.get("since", ""), zone),
        before=before + timedelta(days=1) if before else None,
        order=Order(order) if order in set(Order) else Order.RELEVANCE,
        page=int(number),
    )


def _day(written: str, zone: ZoneInfo) -> datetime | None:
    """The first moment of a day of the site's calendar, as browsers' date fields write it."""
    try:
        day = date.fromisoformat(written)
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _page(frame: Frame, asked: Query, results: Results, given: Mapping[str, str]) -> SearchPage:
    kept = {
        name: given[name]
        for name in ("q", "kind", "by", "since", "until", "order")
        if given.get(name)
    }
    title = _("Search for “%(words)s”") % {"words": asked.text} if asked.text else _("Search")
    return SearchPage(
        frame=frame,
        head=Head(
            title=f"{title} – {frame.site.title}",
            path="/search/",
            robots="noindex",
            links=discovery(frame.base_url, frame.site.title, own_feed=_feed(asked, title)),
        ),
        title=title,
        words=asked.text[:QUERY_LENGTH],
        found=_in_words(results),
        kinds=_kinds(asked, kept),
        orders=_orders(asked, kept),
        by=asked.author,
        since=given.get("since", "") if asked.since else "",
        until=given.get("until", "") if asked.before else "",
        is_narrowed=bool(asked.author or asked.since or asked.before),
        results=[_row(found) for found in results.found],
        pages=pages_of(asked.page, results.pages, lambda number: _address(kept, page=str(number))),
    )


def _feed(asked: Query, title: str) -> tuple[str, str] | None:
    return (title, f"/search/feed/?{urlencode({'q': asked.text})}") if asked.text else None


def _address(kept: Mapping[str, str], **other: str) -> str:
    query = {name: value for name, value in {**kept, **other}.items() if value}
    if query.get("page") == "1":
        del query["page"]
    return f"/search/?{urlencode(query)}"


def _kinds(asked: Query, kept: Mapping[str, str]) -> list[Choice]:
    words = {
        None: _("Everything"),
        Kind.POST: _("Posts"),
        Kind.PAGE: _("Pages"),
        Kind.COMMENT: _("Comments"),
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
    """How much was found, or why nothing was."""
    if results.hint is None:
        return ngettext("%(num)s found", "%(num)s found", results.total) % {"num": results.total}
    return {
        Hint.NOTHING_ASKED: "",
        Hint.NO_WORDS: _("There is no word in this that could be looked for."),
        Hint.ONLY_UNWANTED: _("This says only what is not wanted. Add a word that is."),
        Hint.NO_MATCH: _("Nothing here has all of these words. Fewer or shorter words find more."),
        Hint.TOO_SLOW: _("This takes too long to look for. One more word makes it quicker."),
    }[results.hint]


def _row(found: Found) -> FoundRow:
    title = found.title or _("Untitled")
    if found.comment_id is None:
        kind = _("Page") if found.kind == Kind.PAGE else _("Post")
        return FoundRow(title, address(found.path), kind, found.at, found.excerpt)
    place = f"comment-page-{found.comment_page}/" if found.comment_page > 1 else ""
    name = found.name or _("Anonymous")
    return FoundRow(
        title=_("%(name)s on %(title)s") % {"name": name, "title": title},
        url=f"{address(found.path, place)}#comment-{found.comment_id}",
        kind=_("Comment"),
        at=found.at,
        excerpt=found.excerpt,
    )
