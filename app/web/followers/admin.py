"""`/admin/followers/`: who is mailed new posts, for owners alone."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.i18n import _, marked
from app.core.text import number_in
from app.notifications.blog.following import count_followers
from app.notifications.blog.keeping import (
    PAGE_SIZE,
    all_followers,
    choose_mailed_text,
    followers,
    note_export,
    remove_follower,
)
from app.site.queries import ensure_site
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.admin.pages import FOLLOWERS, Surroundings, surroundings
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.forms import typed_fields
from app.web.head import Head
from app.work import Doors

router = APIRouter()

_READ = ["GET", "HEAD"]
_DONE = {
    "removed": marked("They are mailed no more posts, and their address is forgotten."),
    "text": marked("Noted. It counts from the next post on."),
}
# A spreadsheet takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class FollowerRow:
    """One who follows; `key` names them in forms."""

    key: str
    email: str
    since: datetime
    is_member: bool


@dataclass(frozen=True)
class FollowersPage:
    """`followers/admin.html`. `next_url` is empty on the last page."""

    frame: Frame
    head: Head
    around: Surroundings
    number: int
    followers: Sequence[FollowerRow]
    next_url: str
    done: str


@router.api_route(FOLLOWERS.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(FOLLOWERS, 301)


@router.api_route(FOLLOWERS, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """How many follow, and who."""
    before = number_in(request.query_params.get("before", ""))
    found = await followers(db, me, before)
    frame = await spoken_frame(request, db)
    shown, has_more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    said = _DONE.get(request.query_params.get("done", ""))
    page = FollowersPage(
        frame=frame,
        head=head_of(frame, _("Followers by mail"), FOLLOWERS),
        around=surroundings(FOLLOWERS),
        number=await count_followers(db),
        followers=[
            FollowerRow(one.key, one.email, one.confirmed_at or one.asked_at, bool(one.user_id))
            for one in shown
        ],
        next_url=f"{FOLLOWERS}?before={shown[-1].id}" if has_more else "",
        done=_(said) if said else "",
    )
    return unkept("followers/admin.html", page)


@router.post(f"{FOLLOWERS}text")
async def choose_text(request: Request, me: Me) -> Response:
    """Mail posts whole, or what they are about."""
    require(may_run_the_site(me))
    is_whole = (await typed_fields(request)).get("whole", "") == "1"
    async with doors_of(request).unit_of_work() as db:
        site = await ensure_site(db, settings_of(request).base_host)
        await choose_mailed_text(db, me, site, is_whole=is_whole)
    return never_kept(RedirectResponse(f"{FOLLOWERS}?done=text", 303))


@router.post(f"{FOLLOWERS}export")
async def export(request: Request, me: Me) -> Response:
    """All addresses as CSV (RFC 4180), written as it is sent."""
    async with doors_of(request).unit_of_work() as db:
        await note_export(db, me)
    headers = {"Content-Disposition": 'attachment; filename="followers.csv"'}
    answer = StreamingResponse(
        _lines(doors_of(request)), headers=headers, media_type="text/csv; charset=utf-8"
    )
    return never_kept(answer)


@router.post(f"{FOLLOWERS}{{key}}/removal")
async def remove(request: Request, me: Me, key: str) -> Response:
    """Mail somebody no more posts. Raises NotFound."""
    async with doors_of(request).unit_of_work() as db:
        await remove_follower(db, me, key)
    return never_kept(RedirectResponse(f"{FOLLOWERS}?done=removed", 303))


async def _lines(doors: Doors) -> AsyncIterator[bytes]:
    yield _written([("email", "since")])
    async for some in all_followers(doors):
        yield _written(
            [(_plain(one.email), f"{one.confirmed_at:%Y-%m-%dT%H:%M:%SZ}") for one in some]
        )


def _written(rows: Sequence[tuple[str, str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _plain(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
