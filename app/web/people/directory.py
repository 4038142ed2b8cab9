"""The directory at `/people/`: who wants to be found, for whom they want it."""

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.core.text import one_line
from app.groups.profiles.models import Profile
from app.groups.profiles.queries import PER_PAGE, Sought, list_people
from app.groups.profiles.words import word_key
from app.posts.models import Post
from app.posts.queries import posts_visible_to
from app.web.accounts.pages import spoken_frame
from app.web.deps import Db, Frame, Me
from app.web.head import Head
from app.web.pages.discovery import discovery
from app.web.people.pages import PEOPLE, DirectoryPage, filtered_by, person_of
from app.web.rendering import render

router = APIRouter()

_READ = ["GET", "HEAD"]
_FILTERS = ("can_help", "looking_for", "place", "tag")
_NO_WORDS = SafeHtml("")


@router.api_route("/people", methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(PEOPLE, 301)


@router.api_route(PEOPLE, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """Some of them, from beyond `after` on; those who have the words that are asked for."""
    frame = await spoken_frame(request, db)
    typed = {name: one_line(request.query_params.get(name, ""))[:80] for name in _FILTERS}
    sought = Sought(**{name: word_key(word) for name, word in typed.items()})
    after = one_line(request.query_params.get("after", ""))[:200]
    found = await list_people(db, me, sought, after=after)
    shown, is_more = found[:PER_PAGE], len(found) > PER_PAGE
    title, intro = await _own_page(db, me)
    is_filtered = any(typed.values())
    page = DirectoryPage(
        frame=frame,
        head=_head(frame, is_plain=not (is_filtered or after), is_empty=not shown),
        title=title or _("People"),
        intro_html=intro,
        people=[person_of(one) for one in shown],
        typed=typed,
        is_filtered=is_filtered,
        more_url=filtered_by(**typed, after=shown[-1].handle) if is_more else "",
        start_url=filtered_by(**typed) if after else "",
        is_me_listed=await _is_listed(db, me),
    )
    answer = render("people/directory.html", page)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


async def _own_page(db: AsyncSession, me: Actor) -> tuple[str, SafeHtml]:
    """An imported page at this address opens the list with its text."""
    at_it = Post.path.in_((PEOPLE, PEOPLE.rstrip("/")))
    query = select(Post.title, Post.body_html).where(at_it, posts_visible_to(me)).limit(1)
    row = (await db.execute(query)).first()
    return (row[0], row[1]) if row else ("", _NO_WORDS)


async def _is_listed(db: AsyncSession, me: Actor) -> bool:
    if me.user_id is None:
        return False
    return bool(await db.scalar(select(Profile.is_listed).where(Profile.user_id == me.user_id)))


def _head(frame: Frame, *, is_plain: bool, is_empty: bool) -> Head:
    return Head(
        title=f"{_('People')} – {frame.site.title}",
        path=PEOPLE,
        canonical=frame.base_url + PEOPLE if is_plain else "",
        # One way through the list is enough for search engines; nobody in it is nothing for them.
        robots="noindex" if is_empty or not is_plain else "max-image-preview:large",
        links=discovery(frame.base_url, frame.site.title),
    )
