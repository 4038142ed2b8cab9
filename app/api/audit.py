"""The log of what was changed about people and the site: for owners all of it, for moderators their own. Only read."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.accounts.audit_log import AuditLine, AuditSought, audit_page
from app.accounts.policy import may_read_log_of
from app.api.fields import Line, Moment
from app.api.operations import Asking, reads
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.answers import require
from app.web.deps import SlowDb

router = APIRouter(route_class=ApiRoute, tags=["Moderation"])

_Word = Annotated[Line, Query(max_length=100)]


class AuditEntryWhole(BaseModel):
    """Something that was changed. Secrets are in none of it."""

    id: int
    at: datetime
    by: str | None = Field(description="Null for whoever held the command line.")
    what: str = Field(examples=["roles changed"])
    thing: str = Field(examples=["user:12"])
    before: dict[str, Any]
    after: dict[str, Any]


class AuditList(Listing[AuditEntryWhole]):
    """Changes, the newest first."""


@router.get(
    "/audit", response_model=AuditList, **reads(Scope.MODERATION_READ, 422, is_public=False)
)
async def list_audit(
    call: Asking,
    db: SlowDb,
    what: _Word = "",
    thing: Annotated[
        Line, Query(max_length=100, description="One, `user:12`, or a kind of things, `user`.")
    ] = "",
    since: Annotated[Moment | None, Query()] = None,
    until: Annotated[Moment | None, Query()] = None,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List what was changed about people and the site: one's own deeds, for owners everybody's."""
    require(may_read_log_of(call.me, call.me.user_id))
    after = read_cursor(cursor, datetime, int)
    sought = AuditSought(what=what, thing=thing, since=since, before=until)
    rows = await audit_page(
        db, call.me, sought, before=(after[0], after[1]) if after else None, most=limit + 1
    )
    return listed(
        call, rows, limit, lambda row: (row.entry.at, row.entry.id),
        lambda shown, more: AuditList(items=[_told(one) for one in shown], next_cursor=more),
    )  # fmt: skip


def _told(line: AuditLine) -> AuditEntryWhole:
    entry = line.entry
    return AuditEntryWhole(
        id=entry.id, at=entry.at, by=line.name, what=entry.what, thing=entry.thing,
        before=entry.before, after=entry.after,
    )  # fmt: skip
