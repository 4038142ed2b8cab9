"""Whom the caller knows here: said by both, seen by nobody else."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.accounts.models import User
from app.api.answering import Done
from app.api.calling import Call
from app.api.fields import Line, Sent, naming
from app.api.members_kept import Handle
from app.api.once import done, done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.answers import require
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.networking.connections.actions import remove_connection, say_we_know_each_other
from app.networking.connections.policy import may_know_people
from app.networking.connections.queries import Known, find_connection, known_by, wanting_an_answer
from app.networking.promises.sources import member
from app.web.deps import Db
from app.web.people.pages import profile_path

router = APIRouter(route_class=ApiRoute, tags=["Networking"])


class ConnectionLine(BaseModel):
    """Somebody whom the caller knows, or who says so."""

    handle: str
    name: str
    since: datetime | None = Field(description="When both had said so; null as long as one waits.")
    url: str


class ConnectionList(Listing[ConnectionLine]):
    """People, by their names."""


class ConnectionSent(Sent):
    """Whom the caller knows."""

    handle: Annotated[Line, Field(min_length=1, max_length=200)]


class ConnectionSaid(BaseModel):
    """That it was said; whether the other says so, too, the list tells."""

    handle: str


@router.get(
    "/connections",
    response_model=ConnectionList,
    **reads(Scope.NETWORKING_READ, 422, is_public=False),
)
async def list_connections(
    call: Asking,
    db: Db,
    waiting: Annotated[
        bool, Query(description="Those who wait for the caller's yes, at most fifty.")
    ] = False,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List whom the caller knows, both having said so; or who waits to hear it."""
    after = read_cursor(cursor, str, int)
    if waiting:
        rows = [] if after else list(await wanting_an_answer(db, call.me))
        items = [_told(call, one) for one in rows]
        return listed(
            call, rows, len(rows), lambda row: (row.name, row.user_id),
            lambda _shown, _more: ConnectionList(items=items, next_cursor=None),
        )  # fmt: skip
    rows = list(
        await known_by(
            db, call.me, after=(after[0], after[1]) if after else ("", 0), most=limit + 1
        )
    )
    return listed(
        call, rows, limit, lambda row: (row.name, row.user_id),
        lambda shown, more: ConnectionList(
            items=[_told(call, one) for one in shown], next_cursor=more
        ),
    )  # fmt: skip


@router.post(
    "/connections",
    status_code=201,
    response_model=ConnectionSaid,
    **writes(Scope.NETWORKING_WRITE, 409),
)
async def create_connection(call: Asking, sent: ConnectionSent) -> Response:
    """Say that one knows somebody; with the other's yes it counts."""
    require(may_know_people(call.me))

    async def change(db: AsyncSession) -> Done:
        try:
            other = await member(db, User.slug == sent.handle)
        except NotFound as nobody:
            says = _("There is nobody like that here.")
            raise Invalid(says, fields={"handle": says}) from nobody
        with naming("handle"):
            await say_we_know_each_other(db, call.me, other.id)
        return Done(ConnectionSaid(handle=sent.handle), 201)

    return await done_once(call, change)


@router.delete(
    "/connections/{handle}",
    response_model=ConnectionSaid,
    **writes(Scope.NETWORKING_WRITE, 404, 422, takes_body=False),
)
async def delete_connection(call: Asking, handle: Handle) -> Response:
    """Say no to somebody, or not any more. They are not told."""

    async def change(db: AsyncSession) -> Done:
        require(may_know_people(call.me))
        other = await member(db, User.slug == handle)
        found = await find_connection(db, call.me.user_id or 0, other.id)
        await remove_connection(db, call.me, found.id if found else 0)
        return Done(ConnectionSaid(handle=handle))

    return await done(call, change)


def _told(call: Call, known: Known) -> ConnectionLine:
    return ConnectionLine(
        handle=known.handle, name=known.name, since=known.since,
        url=call.url(profile_path(known.handle)),
    )  # fmt: skip
