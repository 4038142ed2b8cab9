"""What moderators of a group do about its members, and about who asks to join."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.fields import Line, Moment, Sent, naming
from app.api.groups import GroupSlug
from app.api.once import done, done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.rows import flush_changes
from app.groups.belonging import member_named
from app.groups.joining import accept, decline
from app.groups.keeping import appoint, ban, lift_ban, mute, unmute
from app.groups.models import MemberRole, MemberState
from app.groups.policy import may_moderate_here
from app.groups.queries import Standing, get_group, get_member
from app.groups.requests import asking_to_join
from app.posts.addresses import address
from app.web.deps import Db

router = APIRouter(route_class=ApiRoute, tags=["Groups"])

Handle = Annotated[Line, Path(max_length=200, examples=["gwen-thomas"])]


class MemberWhole(BaseModel):
    """Somebody who has to do with a group, for those who moderate it."""

    handle: str
    name: str
    role: MemberRole
    state: MemberState
    asked_at: datetime | None
    joined_at: datetime | None
    until: datetime | None = Field(description="Of a mute or a ban; null for good.")
    url: str


class MemberChange(Sent):
    """What somebody is to be. What is left out stays as it is."""

    role: MemberRole | None = Field(None, description="For owners of the group.")
    state: Literal["active", "muted", "banned", "left"] | None = Field(
        None,
        description="`active` ends a mute, `left` ends a ban: they may join again.",
    )
    until: Moment | None = Field(None, description="Of a mute or a ban; null for good.")


class QuestionAnswered(BaseModel):
    """What somebody who asks to join says to one of the group's questions."""

    question: str
    answer: str


class RequestLine(BaseModel):
    """Somebody asks to join."""

    handle: str
    name: str
    asked_at: datetime
    answers: list[QuestionAnswered]


class RequestList(Listing[RequestLine]):
    """Who asks to join, the longest waiting first."""


class RequestAnswer(Sent):
    """Whether somebody is let in."""

    accept: bool


class RequestAnswered(BaseModel):
    """What came of it."""

    handle: str
    is_member: bool


@router.get(
    "/groups/{slug}/members/{handle}",
    response_model=MemberWhole,
    **reads(Scope.GROUPS_READ, 404, 422, is_public=False),
)
async def get_member_by_handle(call: Asking, db: Db, slug: GroupSlug, handle: Handle) -> Response:
    """Read what somebody is in a group, muted and banned ones too; for those who moderate it."""
    return answered(call, await _one(call, db, await _kept(call, db, slug), handle))


@router.patch(
    "/groups/{slug}/members/{handle}",
    response_model=MemberWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def change_member(
    call: Asking, slug: GroupSlug, handle: Handle, sent: MemberChange
) -> Response:
    """Mute somebody, put them out, take either back; or give them another role."""
    return await done(call, lambda db: _change(call, db, slug, handle, sent))


@router.get(
    "/groups/{slug}/requests",
    response_model=RequestList,
    **reads(Scope.GROUPS_READ, 404, 422, is_public=False),
)
async def list_requests(
    call: Asking, db: Db, slug: GroupSlug, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """List who asks to join; for those who moderate the group."""
    after = read_cursor(cursor, datetime, int)
    here = await _kept(call, db, slug)
    last = (after[0], after[1]) if after else None
    rows = await asking_to_join(db, here.group.id, limit + 1, after=last)
    return listed(
        call, rows, limit, lambda row: (row.asked_at, row.user_id),
        lambda shown, more: RequestList(
            items=[
                RequestLine(
                    handle=one.slug, name=one.name, asked_at=one.asked_at,
                    answers=[QuestionAnswered.model_validate(said) for said in one.answers],
                )
                for one in shown
            ],
            next_cursor=more,
        ),
    )  # fmt: skip


@router.post(
    "/groups/{slug}/requests/{handle}/answer",
    status_code=201,
    response_model=RequestAnswered,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def answer_join_request(
    call: Asking, slug: GroupSlug, handle: Handle, sent: RequestAnswer
) -> Response:
    """Let in somebody who asks to join, or do not. 409 where that was decided already."""

    async def change(db: AsyncSession) -> Done:
        here = await _kept(call, db, slug)
        user_id = await member_named(db, here.group.id, handle)
        answer = accept if sent.accept else decline
        await answer(db, call.me, slug, user_id)
        return Done(RequestAnswered(handle=handle, is_member=sent.accept), 201)

    return await done_once(call, change)


async def _kept(call: Call, db: AsyncSession, slug: str) -> Standing:
    here = await get_group(db, call.me, slug)
    require(may_moderate_here(call.me, here))
    return here


async def _change(call: Call, db: AsyncSession, slug: str, handle: str, sent: MemberChange) -> Done:
    here = await _kept(call, db, slug)
    user_id = await member_named(db, here.group.id, handle)
    person = db, call.me, slug, user_id
    if sent.until is not None and sent.until <= clock.now():
        says = _("That is over already.")
        raise Invalid(says, fields={"until": says})
    with naming("state"):
        if sent.state == "muted":
            await mute(*person, until=sent.until)
        elif sent.state == "banned":
            await ban(*person, until=sent.until)
        elif sent.state == "left":
            await lift_ban(*person)
        elif sent.state == "active":
            await unmute(*person)
    if sent.role is not None:
        await appoint(*person, sent.role)
    await flush_changes(db)
    return Done(await _one(call, db, here, handle))


async def _one(call: Call, db: AsyncSession, here: Standing, handle: str) -> MemberWhole:
    user_id = await member_named(db, here.group.id, handle)
    member, name = await get_member(db, here.group.id, user_id)
    return MemberWhole(
        handle=handle, name=name, role=member.role, state=member.state, asked_at=member.asked_at,
        joined_at=member.joined_at, until=member.until, url=call.url(address(f"/people/{handle}/")),
    )  # fmt: skip
