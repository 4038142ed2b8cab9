"""A member's page, and their picture."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.stores import store_of
from app.discussions.by_member import PublicWord, public_words_of
from app.groups.profiles.queries import ShownProfile, find_photo, get_profile
from app.media.portraits import read_portrait
from app.moderation.kinds import ThingKind
from app.networking.figures.queries import shown_figures
from app.web.accounts.pages import never_kept, spoken_frame
from app.web.deps import Db, Frame, Me, settings_of
from app.web.door.page_cache import mark_cacheable
from app.web.head import Card, Head
from app.web.pages.discovery import discovery
from app.web.pages.posts import show as show_post
from app.web.pages.structured_data import document
from app.web.people.pages import PEOPLE, Person, ProfilePage, person_of, profile_path
from app.web.people.words import figures_in_words
from app.web.rendering import render
from app.web.reporting.addresses import report_url

router = APIRouter()

_READ = ["GET", "HEAD"]


@router.api_route(f"{PEOPLE}{{handle}}", methods=_READ)
async def with_slash(handle: str) -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(profile_path(handle), 301)


@router.api_route(f"{PEOPLE}{{handle}}/", methods=_READ)
async def show(request: Request, handle: str, db: Db, me: Me) -> Response:
    """What this reader may see of somebody; a page that was imported to this address, where it is nobody's."""
    try:
        shown = await get_profile(db, me, handle)
    except NotFound:
        return await show_post(request, request.scope["path"], db, me)
    page = await profile_page(request, db, me, shown)
    answer = render("people/profile.html", page)
    if me.is_signed_in:
        return never_kept(answer)
    # What they said stands on it, and posts that are taken back take it along.
    mark_cacheable(request.scope, {"site", "people", f"user:{shown.user_id}", "comments", "posts"})
    return answer


@router.api_route(f"{PEOPLE}{{handle}}/photo-{{size:int}}.jpg", methods=_READ)
async def photo(request: Request, handle: str, size: int, db: Db, me: Me) -> Response:
    """Somebody's picture, for whom it is."""
    name = await find_photo(db, me, handle)
    content = await read_portrait(store_of(settings_of(request)), name, size)
    if not content:
        raise NotFound
    headers = {
        "Cache-Control": "private, max-age=3600",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, media_type="image/jpeg", headers=headers)


async def profile_page(
    request: Request, db: AsyncSession, me: Actor, shown: ShownProfile, preview: str = ""
) -> ProfilePage:
    """The page of somebody as they are shown; one query more where their words are listed."""
    frame = await spoken_frame(request, db)
    recent = await public_words_of(db, shown.user_id) if shown.shows_activity else []
    figures = await shown_figures(db, shown.user_id)
    person = person_of(shown)
    is_me = me.user_id == shown.user_id
    return ProfilePage(
        frame=frame,
        head=_head(
            frame,
            person,
            recent,
            is_public=not (me.is_signed_in or preview),
            has_feed=shown.shows_activity,
        ),
        person=person,
        recent=recent,
        figures=figures_in_words(figures),
        follows_through=figures.follows_through,
        is_me=is_me,
        may_block=me.is_signed_in and not is_me,
        report_url="" if is_me or preview else report_url(ThingKind.PROFILE, shown.user_id),
        preview=preview,
    )


def _head(
    frame: Frame,
    person: Person,
    recent: Sequence[PublicWord],
    *,
    is_public: bool,
    has_feed: bool,
) -> Head:
    title = f"{person.name} – {frame.site.title}"
    if not is_public or (person.is_bare and not recent):
        return Head(title=title, path=person.url, robots="noindex")
    return Head(
        title=title,
        path=person.url,
        description=person.headline,
        canonical=frame.base_url + person.url,
        links=discovery(
            frame.base_url,
            frame.site.title,
            own_feed=(person.name, f"{person.url}feed/") if has_feed else None,
        ),
        card=Card(title=person.name, kind="profile", image=_whole(frame, person.photo_url)),
        facts=document(_facts(frame, person)),
    )


def _facts(frame: Frame, person: Person) -> Mapping[str, Any]:
    """What is public of somebody, in schema.org's words."""
    url = frame.base_url + person.url
    who = {
        "@type": "Person",
        "@id": f"{url}#person",
        "name": person.name,
        "alternateName": f"@{person.handle}",
        "url": url,
        "description": person.headline,
        "image": _whole(frame, person.photo_url),
        "homeLocation": [place.title for place in person.places],
        "knowsAbout": [word.title for word in _helps_with(person)],
        "sameAs": [link.url for link in person.links],
    }
    since = person.since.isoformat(timespec="seconds") if person.since else ""
    page = {"@type": "ProfilePage", "url": url, "name": person.name, "dateCreated": since}
    said = {name: value for name, value in who.items() if value not in ("", [])}
    return {**{name: value for name, value in page.items() if value}, "mainEntity": said}


def _helps_with(person: Person) -> Sequence[Any]:
    label = _("Can help with")
    return next((words.words for words in person.words if words.label == label), ())


def _whole(frame: Frame, path: str) -> str:
    return frame.base_url + path if path else ""
