"""Links that let people into a group: made, listed and ended by those who moderate it."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.answering import Done
from app.api.fields import Sent
from app.api.groups import GroupSlug
from app.api.once import done, done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core import clock
from app.core.answers import require
from app.groups.joining import MOST_USES, invite, revoke
from app.groups.models import Invitation
from app.groups.policy import may_moderate_here
from app.groups.queries import get_group, invitations_of
from app.web.deps import Db
from app.web.groups.addresses import GROUPS

router = APIRouter(route_class=ApiRoute, tags=["Groups"])


class InvitationWhole(BaseModel):
    """A link that lets people into a group."""

    id: int
    most_uses: int = Field(description="So many people it lets in.")
    uses: int
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    url: str | None = Field(
        description="The link itself: told once, in the answer to the call that made it."
    )


class InvitationList(Listing[InvitationWhole]):
    """Links that still let people in, the newest first."""


class InvitationSent(Sent):
    """How many a link lets in, and for how many days."""

    uses: Annotated[int, Field(ge=1, le=MOST_USES)] = 1
    days: Annotated[int, Field(ge=1, le=365)] = 14


@router.get(
    "/groups/{slug}/invitations",
    response_model=InvitationList,
    **reads(Scope.GROUPS_READ, 404, 422, is_public=False),
)
async def list_invitations(
    call: Asking, db: Db, slug: GroupSlug, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """List the links that still let people into a group; for those who moderate it."""
    after = read_cursor(cursor, int)
    here = await get_group(db, call.me, slug)
    require(may_moderate_here(call.me, here))
    before = after[0] if after else None
    rows = await invitations_of(db, here.group.id, clock.now(), before=before, most=limit + 1)
    return listed(
        call, rows, limit, lambda row: (row.id,),
        lambda shown, more: InvitationList(items=[_told(one) for one in shown], next_cursor=more),
    )  # fmt: skip


@router.post(
    "/groups/{slug}/invitations",
    status_code=201,
    response_model=InvitationWhole,
    **writes(Scope.GROUPS_WRITE, 404),
)
async def create_invitation(call: Asking, slug: GroupSlug, sent: InvitationSent) -> Response:
    """Make a link that lets people into a group. Asked again by the same key, its `url` is null."""

    async def change(db: AsyncSession) -> Done:
        lasts = timedelta(days=sent.days)
        made, token = await invite(db, call.me, slug, lasts=lasts, uses=sent.uses)
        url = call.url(f"{GROUPS}invitations/{token}/")
        # Of a secret nothing but its hash is kept.
        return Done(_told(made, url), 201, kept=_told(made))

    return await done_once(call, change)


@router.delete(
    "/groups/{slug}/invitations/{invitation_id:int}",
    response_model=InvitationWhole,
    **writes(Scope.GROUPS_WRITE, 404, 422, takes_body=False),
)
async def revoke_invitation(call: Asking, slug: GroupSlug, invitation_id: int) -> Response:
    """End a link: nobody comes in by it any more."""

    async def change(db: AsyncSession) -> Done:
        await revoke(db, call.me, slug, invitation_id)
        return Done(_told(await db.get_one(Invitation, invitation_id)))

    return await done(call, change)


def _told(one: Invitation, url: str | None = None) -> InvitationWhole:
    return InvitationWhole(
        id=one.id, most_uses=one.most_uses, uses=one.uses, made_at=one.made_at,
        expires_at=one.expires_at, revoked_at=one.revoked_at, url=url,
    )  # fmt: skip
