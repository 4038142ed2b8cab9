"""Belonging to groups: the caller's own memberships, joining or asking to, and leaving."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import take_away
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.fields import Sent, Text, naming
from app.api.groups import GroupSlug
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.rows import flush_changes
from app.groups.belonging import own_memberships
from app.groups.founding import MOST_QUESTIONS
from app.groups.joining import join, leave
from app.groups.models import Group, MemberRole, Membership, MemberState
from app.groups.queries import get_group
from app.notifications.notices.kinds import Level
from app.notifications.notices.levels import choose_for_group
from app.web.deps import Db
from app.web.groups.addresses import group_url

# As the form calls them.
_ANSWERS = {f"answer_{number}": "answers" for number in range(1, MOST_QUESTIONS + 1)}

router = APIRouter(route_class=ApiRoute, tags=["Groups"])


class MembershipWhole(BaseModel):
    """What the caller is in a group, or asked to be."""

    group: str = Field(description="Its slug.")
    group_name: str
    state: MemberState
    role: MemberRole
    asked_at: datetime | None
    joined_at: datetime | None
    until: datetime | None = Field(description="Of a mute or a ban; null for good.")
    url: str


class MembershipList(Listing[MembershipWhole]):
    """The caller's memberships, in the order in which the groups were begun."""


class JoinSent(Sent):
    """Wanting to belong there."""

    accepts_rules: bool = Field(False, description="Needed where the group has rules.")
    answers: Annotated[
        list[Annotated[Text, Field(max_length=1000)]], Field(max_length=MOST_QUESTIONS)
    ] = Field([], description="To the group's questions, in their order.")
    hears: Level = Field(Level.INBOX, description="How to be told of what is new there.")


@router.get(
    "/memberships",
    response_model=MembershipList,
    **reads(Scope.GROUPS_READ, 422, is_public=False),
)
async def list_memberships(
    call: Asking, db: Db, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """List the groups that the caller belongs to, or asked to join, and what they are there."""
    after = read_cursor(cursor, int)
    rows = await own_memberships(db, call.me, after=after[0] if after else None, most=limit)
    return listed(
        call, rows, limit, lambda row: (row[1].id,),
        lambda shown, more: MembershipList(
            items=[_told(call, mine, group) for mine, group in shown], next_cursor=more
        ),
    )  # fmt: skip


@router.get(
    "/groups/{slug}/membership",
    response_model=MembershipWhole,
    **reads(Scope.GROUPS_READ, 404, 422, is_public=False),
)
async def get_membership(call: Asking, db: Db, slug: GroupSlug) -> Response:
    """Read what the caller is in one group. 404 for who is nothing there."""
    return answered(call, await _own(call, db, slug))


@router.post(
    "/groups/{slug}/membership",
    status_code=201,
    response_model=MembershipWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def join_group(call: Asking, slug: GroupSlug, sent: JoinSent) -> Response:
    """Join a group, or ask to: `state` says what came of it."""

    async def change(db: AsyncSession) -> Done:
        with naming(rules="accepts_rules", **_ANSWERS):
            mine = await join(
                db, call.me, slug, accepts_rules=sent.accepts_rules, answers=sent.answers
            )
        await choose_for_group(db, mine.user_id, mine.group_id, sent.hears)
        await flush_changes(db)
        place = {"Location": call.api(f"/groups/{slug}/membership")}
        return Done(await _own(call, db, slug), 201, place)

    return await done_once(call, change)


@router.delete(
    "/groups/{slug}/membership",
    response_model=MembershipWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409, 422, takes_body=False),
)
async def leave_group(call: Asking, slug: GroupSlug) -> Response:
    """Leave a group, or take back having asked; the answer is what the caller was there."""

    return await take_away(
        call, lambda db: _own(call, db, slug), lambda db: leave(db, call.me, slug)
    )


async def _own(call: Call, db: AsyncSession, slug: str) -> MembershipWhole:
    here = await get_group(db, call.me, slug)
    if here.membership is None or here.membership.state == MemberState.LEFT:
        raise NotFound(_("You are no member of this group."))
    return _told(call, here.membership, here.group)


def _told(call: Call, mine: Membership, group: Group) -> MembershipWhole:
    return MembershipWhole(
        group=group.slug, group_name=group.name, state=mine.state, role=mine.role,
        asked_at=mine.asked_at, joined_at=mine.joined_at, until=mine.until,
        url=call.url(group_url(group.slug)),
    )  # fmt: skip
