"""How a post read before, and back to it; and out of the trash. For those who may change the post."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import act_on
from app.api.answering import answered, require_unchanged
from app.api.calling import Call
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.posts import PostWhole, get_parts, post_at, whole
from app.api.routing import ApiRoute
from app.core.markup import BodyFormat
from app.posts.actions import edit_post, get_to_write
from app.posts.drafts import Draft, TypedForWordPress
from app.posts.restoring import restore_post
from app.posts.revisions import get_revision, revisions_of
from app.site.queries import ensure_site
from app.web.deps import Db
from app.web.writing.texts import for_wordpress

router = APIRouter(route_class=ApiRoute, tags=["Posts and pages"])


class RevisionLine(BaseModel):
    """What a post said once, without its text."""

    id: int
    author_name: str = Field(description="Of who wrote it; empty where nobody knows any more.")
    created_at: datetime
    title: str
    characters: int
    was_saved: bool = Field(description="False for what was typed and never saved.")


class RevisionWhole(RevisionLine):
    """What a post said once."""

    format: BodyFormat
    source: str


class RevisionList(Listing[RevisionLine]):
    """Revisions, the newest first."""


@router.get(
    "/posts/{post_id:int}/revisions",
    response_model=RevisionList,
    **reads(Scope.POSTS_READ, 404, 422, is_public=False),
)
async def list_revisions(
    call: Asking, db: Db, post_id: int, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """List how a post or page read before."""
    after = read_cursor(cursor, int)
    await get_to_write(db, call.me, post_id, locked=False)
    rows = await revisions_of(db, post_id, after[0] if after else None, most=limit)
    return listed(
        call, rows, limit, lambda row: (row.id,),
        lambda shown, more: RevisionList(
            items=[
                RevisionLine(
                    id=one.id, author_name=one.who, created_at=one.at, title=one.title,
                    characters=one.characters, was_saved=one.was_saved,
                )
                for one in shown
            ],
            next_cursor=more,
        ),
    )  # fmt: skip


@router.get(
    "/posts/{post_id:int}/revisions/{revision_id:int}",
    response_model=RevisionWhole,
    **reads(Scope.POSTS_READ, 404, is_public=False),
)
async def get_revision_of_post(call: Asking, db: Db, post_id: int, revision_id: int) -> Response:
    """Read how a post or page read once, as it was typed."""
    await get_to_write(db, call.me, post_id, locked=False)
    one, who = await get_revision(db, post_id, revision_id)
    return answered(
        call,
        RevisionWhole(
            id=one.id, author_name=who, created_at=one.created_at, title=one.title,
            characters=len(one.body_source), was_saved=one.was_saved,
            format=BodyFormat(one.body_format), source=one.body_source,
        ),
    )  # fmt: skip


@router.post(
    "/posts/{post_id:int}/revisions/{revision_id:int}/restoration",
    status_code=201,
    response_model=PostWhole,
    **writes(Scope.POSTS_WRITE, 404, 409, 412, 422, takes_body=False),
)
async def restore_revision(call: Asking, post_id: int, revision_id: int) -> Response:
    """Let a post say what it said then: a change like any other, and a revision of its own."""
    async with call.doors.reading() as db:
        await get_to_write(db, call.me, post_id, locked=False)
        revision, _who = await get_revision(db, post_id, revision_id)
    body: str | TypedForWordPress = revision.body_source
    if revision.body_format == BodyFormat.WORDPRESS:
        body = await for_wordpress(call.request, revision.body_source, post_id)
    draft = Draft(title=revision.title, body=body)

    async def act(db: AsyncSession) -> None:
        await _require_unchanged(call, db, post_id)
        site = await ensure_site(db, call.settings.base_host)
        await edit_post(db, call.me, site, post_id, draft)

    return await act_on(call, post_at(call, post_id), act)


@router.post(
    "/posts/{post_id:int}/restoration",
    status_code=201,
    response_model=PostWhole,
    **writes(Scope.POSTS_WRITE, 404, 409, 412, 422, takes_body=False),
)
async def restore(call: Asking, post_id: int) -> Response:
    """Take a post or page out of the trash, as a draft. 409 for what does not lie there."""

    async def act(db: AsyncSession) -> None:
        await _require_unchanged(call, db, post_id)
        await restore_post(db, call.me, post_id)

    return await act_on(call, post_at(call, post_id), act)


async def _require_unchanged(call: Call, db: AsyncSession, post_id: int) -> None:
    await get_to_write(db, call.me, post_id)
    require_unchanged(call, whole(call, await get_parts(db, call.me, post_id)))
