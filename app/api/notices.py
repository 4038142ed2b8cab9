"""The caller's inbox: what they were told, and that it is read."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.answering import Done
from app.api.calling import Call
from app.api.fields import Id, Sent
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.notifications.notices.queries import InboxNotice, get_notice, inbox
from app.notifications.notices.unread import mark_all_read, mark_read, unread_of
from app.web.deps import Db
from app.web.notices.inbox import where_it_leads

router = APIRouter(route_class=ApiRoute, tags=["Inbox"])


class NoticeLine(BaseModel):
    """Something that the caller was told."""

    id: int
    kind: str = Field(examples=["mention"])
    says: str
    about: str = Field(description="What it is about.", examples=["comment:12"])
    at: datetime
    is_unread: bool
    url: str


class NoticeList(Listing[NoticeLine]):
    """Notices: those that are not read first, the newest first."""


class ReadUpTo(Sent):
    """How far the inbox was read."""

    up_to: Id = Field(description="The newest notice that was seen: later ones stay new.")


class InboxRead(BaseModel):
    """How the inbox stands."""

    unread: int = Field(description="How many notices are not read.")


@router.get(
    "/notices", response_model=NoticeList, **reads(Scope.NOTICES_READ, 422, is_public=False)
)
async def list_notices(call: Asking, db: Db, limit: Limit = 20, cursor: Cursor = "") -> Response:
    """List what the caller was told. Reading it here leaves it new."""
    after = read_cursor(cursor, bool, int)
    place = f"{'new' if after[0] else 'read'}-{abs(after[1])}" if after else ""
    part = await inbox(db, call.me, place, limit + 1)
    return listed(
        call, part.notices, limit, lambda row: (row.is_unread, row.id),
        lambda shown, more: NoticeList(items=[_told(call, one) for one in shown], next_cursor=more),
    )  # fmt: skip


@router.post(
    "/notices/reading",
    status_code=201,
    response_model=InboxRead,
    **writes(Scope.NOTICES_WRITE),
)
async def read_notices(call: Asking, sent: ReadUpTo) -> Response:
    """Say that all up to a notice is read."""

    async def change(db: AsyncSession) -> Done:
        return await _read(call, db, await mark_all_read(db, _me(call), up_to=sent.up_to))

    return await done_once(call, change)


@router.post(
    "/notices/{notice_id:int}/reading",
    status_code=201,
    response_model=InboxRead,
    **writes(Scope.NOTICES_WRITE, 404, 409, 422, takes_body=False),
)
async def read_notice(call: Asking, notice_id: int) -> Response:
    """Say that one is read. Twice is once."""

    async def change(db: AsyncSession) -> Done:
        await get_notice(db, call.me, notice_id)
        return await _read(call, db, await mark_read(db, _me(call), [notice_id]))

    return await done_once(call, change)


async def _read(call: Call, db: AsyncSession, found: int) -> Done:
    # The number in their row is written at the end of the unit of work.
    before = (await unread_of(db, [_me(call)])).get(_me(call), 0)
    return Done(InboxRead(unread=max(before - found, 0)), 201)


def _me(call: Call) -> int:
    return call.me.user_id or 0


def _told(call: Call, notice: InboxNotice) -> NoticeLine:
    return NoticeLine(
        id=notice.id, kind=notice.kind, says=notice.says, about=notice.about, at=notice.at,
        is_unread=notice.is_unread, url=call.url(where_it_leads(call.settings, notice)),
    )  # fmt: skip
