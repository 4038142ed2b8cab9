"""Old addresses and where they lead, for owners: as `/admin/redirects/` has them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.accounts.policy import may_run_the_site
from app.api.acting import take_away
from app.api.answering import Done
from app.api.calling import Call
from app.api.fields import Line, Sent
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.answers import require
from app.core.errors import NotFound
from app.core.i18n import _
from app.posts.models import RedirectSource
from app.posts.redirecting import (
    PATH_LENGTH,
    TARGET_LENGTH,
    Listed,
    add_redirect,
    find_redirect,
    redirects_listed,
    remove_redirect,
)
from app.web.deps import Db

router = APIRouter(route_class=ApiRoute, tags=["Redirects"])


class RedirectWhole(BaseModel):
    """An old address."""

    id: int
    path: str = Field(examples=["/2009/old-letters/"])
    target: str = Field(
        description="Where it leads now; empty where what stood there is gone: 410."
    )
    source: RedirectSource
    made_at: datetime | None
    hits: int = Field(description="How many it has led on.")
    hit_at: datetime | None


class RedirectList(Listing[RedirectWhole]):
    """Redirects, the newest first."""


class RedirectSent(Sent):
    """An old address, and a new one."""

    path: Annotated[Line, Field(min_length=1, max_length=PATH_LENGTH)] = Field(
        examples=["/2009/old-letters/"]
    )
    target: Annotated[Line, Field(max_length=TARGET_LENGTH)] = Field(
        "", description="A path here or an address elsewhere; empty: what stood there is gone."
    )


@router.get(
    "/redirects", response_model=RedirectList, **reads(Scope.POSTS_READ, 422, is_public=False)
)
async def list_redirects(
    call: Asking,
    db: Db,
    words: Annotated[Line, Query(max_length=PATH_LENGTH, description="Of either address.")] = "",
    source: Annotated[RedirectSource | None, Query()] = None,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List old addresses and where they lead; for owners."""
    require(may_run_the_site(call.me))
    after = read_cursor(cursor, int)
    before = after[0] if after else None
    rows = await redirects_listed(db, words=words, source=source, before=before, most=limit + 1)
    return listed(
        call, rows, limit, lambda row: (row.redirect.id,),
        lambda shown, more: RedirectList(items=[_told(one) for one in shown], next_cursor=more),
    )  # fmt: skip


@router.post(
    "/redirects",
    status_code=201,
    response_model=RedirectWhole,
    **writes(Scope.POSTS_WRITE, 409),
)
async def create_redirect(call: Asking, sent: RedirectSent) -> Response:
    """Lead an old address on. 422 for a circle, and where something stands; 409 where it leads on already."""
    own = (call.settings.base_url, *call.site.former_urls)

    async def change(db: AsyncSession) -> Done:
        made = await add_redirect(db, call.me, sent.path, sent.target, own)
        return Done(await _one(call, db, made.id), 201)

    return await done_once(call, change)


@router.delete(
    "/redirects/{redirect_id:int}",
    response_model=RedirectWhole,
    **writes(Scope.POSTS_WRITE, 404, takes_body=False),
)
async def delete_redirect(call: Asking, redirect_id: int) -> Response:
    """Let an old address lead nowhere any more; the answer is what it was."""

    return await take_away(
        call,
        lambda db: _one(call, db, redirect_id),
        lambda db: remove_redirect(db, call.me, redirect_id),
    )


async def _one(call: Call, db: AsyncSession, redirect_id: int) -> RedirectWhole:
    require(may_run_the_site(call.me))
    found = await find_redirect(db, redirect_id)
    if found is None:
        raise NotFound(_("This redirect is not there any more."))
    return _told(found)


def _told(found: Listed) -> RedirectWhole:
    row = found.redirect
    return RedirectWhole(
        id=row.id, path=row.path, target=found.target, source=row.source, made_at=row.made_at,
        hits=row.hits, hit_at=row.hit_at,
    )  # fmt: skip
