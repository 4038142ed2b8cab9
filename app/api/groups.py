"""Groups and who belongs to them: what the caller may know of, and nothing that tells of the rest."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.answering import answered
from app.api.calling import Call
from app.api.fields import Line
from app.api.operations import Asking, reads
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.answers import YES, no, require
from app.core.i18n import _
from app.groups.models import Group, GroupState, Joining, MemberRole, Visibility
from app.groups.policy import may_moderate_here
from app.groups.queries import (
    ListedMember,
    belongs_to,
    get_group,
    groups_known_to,
    may_read_in,
    members_of,
)
from app.posts.addresses import address
from app.web.deps import Db
from app.web.groups.addresses import group_url
from app.web.groups.entering import entered

router = APIRouter(route_class=ApiRoute, tags=["Groups"])

GroupSlug = Annotated[Line, Path(max_length=80, examples=["letter-writers"])]


class GroupLine(BaseModel):
    """A group."""

    slug: str
    name: str
    purpose: str
    visibility: Visibility
    joining: Joining
    state: GroupState
    member_count: int
    topic_count: int
    last_said_at: datetime | None
    is_member: bool
    url: str


class GroupWhole(GroupLine):
    """A group with what it says of itself."""

    about_html: str
    rules_html: str
    role: MemberRole | None = Field(
        description="What the caller is there; null for who is outside."
    )
    may_read: bool = Field(description="Whether the caller reads what is said there.")
    created_at: datetime


class GroupList(Listing[GroupLine]):
    """Groups, in the order in which they were begun."""


class MemberLine(BaseModel):
    """Somebody who belongs to a group."""

    handle: str
    name: str
    role: MemberRole
    joined_at: datetime | None
    url: str


class MemberList(Listing[MemberLine]):
    """Members, who came last first."""


@router.get("/groups", response_model=GroupList, **reads(Scope.GROUPS_READ, 422))
async def list_groups(call: Asking, db: Db, limit: Limit = 20, cursor: Cursor = "") -> Response:
    """List the groups that the caller may know of."""
    after = read_cursor(cursor, int)
    query = select(Group, belongs_to(call.me, Group.id)).where(groups_known_to(call.me))
    if after is not None:
        query = query.where(Group.id > after[0])
    rows = (await db.execute(query.order_by(Group.id).limit(limit + 1))).all()
    return listed(
        call, rows, limit, lambda row: (row[0].id,),
        lambda shown, more: GroupList(
            items=[GroupLine(**_facts(call, group, is_mine)) for group, is_mine in shown],
            next_cursor=more,
        ),
    )  # fmt: skip


@router.get("/groups/{slug}", response_model=GroupWhole, **reads(Scope.GROUPS_READ, 404, 422))
async def get_group_by_slug(call: Asking, db: Db, slug: GroupSlug) -> Response:
    """Read about one group."""
    here = await get_group(db, call.me, slug)
    entered(call.request, call.me, here)
    group = here.group
    return answered(
        call,
        GroupWhole(
            **_facts(call, group, here.is_inside), about_html=group.about_html,
            rules_html=group.rules_html, role=here.role, may_read=may_read_in(call.me, here),
            created_at=group.created_at,
        ),
    )  # fmt: skip


@router.get(
    "/groups/{slug}/members",
    response_model=MemberList,
    **reads(Scope.GROUPS_READ, 404, 422, is_public=False),
)
async def list_members(
    call: Asking, db: Db, slug: GroupSlug, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """List who belongs to a group; for those who do so themselves, and who moderates it."""
    after = read_cursor(cursor, datetime, int)
    here = await get_group(db, call.me, slug)
    entered(call.request, call.me, here)
    is_theirs = here.is_inside or bool(may_moderate_here(call.me, here))
    words = _("Only members see who belongs to this group.")
    require(YES if is_theirs else no(words))
    before = (after[0], after[1]) if after else None
    rows = await members_of(db, call.me, here.group.id, before=before, most=limit)
    return listed(
        call, rows, limit, lambda row: (row.joined_at, row.user_id),
        lambda shown, more: MemberList(items=[_member(call, r) for r in shown], next_cursor=more),
    )  # fmt: skip


def _facts(call: Call, group: Group, is_mine: bool) -> dict[str, Any]:
    columns = (
        "slug", "name", "purpose", "visibility", "joining", "state", "member_count", "topic_count",
        "last_said_at",
    )  # fmt: skip
    return {
        **{name: getattr(group, name) for name in columns},
        "is_member": bool(is_mine),
        "url": call.url(group_url(group.slug)),
    }


def _member(call: Call, member: ListedMember) -> MemberLine:
    return MemberLine(
        handle=member.slug, name=member.name, role=member.role, joined_at=member.joined_at,
        url=call.url(address(f"/people/{member.slug}/")),
    )  # fmt: skip
