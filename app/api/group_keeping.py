"""Groups begun, and their settings changed: for those who may begin one, and for its owners."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import shown_if_late
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.fields import Line, Moment, Sent, Text
from app.api.groups import GroupSlug
from app.api.once import done, done_once
from app.api.operations import Asking, reads, writes
from app.api.routing import ApiRoute
from app.core.answers import require
from app.core.errors import Conflict
from app.groups.founding import MOST_QUESTIONS, GroupDraft, change_group, found_group, set_state
from app.groups.models import Group, GroupState, Joining, Sharing, TopicKind, Visibility
from app.groups.policy import may_run
from app.groups.queries import get_group, lock_group
from app.web.deps import Db
from app.web.groups.addresses import group_url

router = APIRouter(route_class=ApiRoute, tags=["Groups"])

_Name = Annotated[Line, Field(min_length=2, max_length=80)]
_Purpose = Annotated[Line, Field(min_length=1, max_length=300)]
_Long = Annotated[Text, Field(max_length=20_000)]
_Questions = Annotated[
    list[Annotated[Line, Field(min_length=1, max_length=200)]], Field(max_length=MOST_QUESTIONS)
]
_Kinds = Annotated[list[TopicKind], Field(min_length=1, max_length=len(TopicKind))]
_Daily = Annotated[int, Field(ge=0, le=1000)]
_COLUMNS = (
    "name", "purpose", "visibility", "joining", "questions", "kinds", "members_start",
    "takes_commercial", "sharing", "holds_first", "slow_seconds", "daily_topics", "daily_replies",
    "read_only_until",
)  # fmt: skip


class GroupSettings(BaseModel):
    """What its owners decide about a group."""

    slug: str
    name: str
    purpose: str
    about: str = Field(description="In Markdown, of which groups know a part; `rules`, too.")
    rules: str
    visibility: Visibility
    joining: Joining
    state: GroupState
    questions: list[str] = Field(description="Asked of whoever asks to join.")
    kinds: list[TopicKind] = Field(description="What may be begun there.")
    members_start: bool = Field(description="Whether members begin it, or moderators alone.")
    takes_commercial: bool
    sharing: Sharing = Field(description="Who puts files into it.")
    holds_first: int = Field(description="So many first things of a new member are read before.")
    slow_seconds: int = Field(description="Between two things one member says.")
    daily_topics: int
    daily_replies: int
    read_only_until: datetime | None
    url: str
    version: int = Field(description="Send it back when you change them.")


class GroupSent(Sent):
    """A new group."""

    name: _Name
    purpose: _Purpose
    about: _Long = ""
    rules: _Long = ""
    visibility: Visibility = Visibility.PUBLIC
    joining: Joining = Joining.REQUEST
    questions: _Questions = Field([])
    kinds: _Kinds = Field([*TopicKind])
    members_start: bool = True
    takes_commercial: bool = True
    sharing: Sharing = Sharing.MEMBERS
    holds_first: Annotated[int, Field(ge=0, le=20)] = 2
    slow_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    daily_topics: _Daily = 10
    daily_replies: _Daily = 200
    read_only_until: Moment | None = None


class GroupSettingsChange(Sent):
    """Other settings. What is left out stays as it is."""

    name: _Name | None = None
    purpose: _Purpose | None = None
    about: _Long | None = None
    rules: _Long | None = None
    visibility: Visibility | None = None
    joining: Joining | None = None
    state: GroupState | None = Field(
        None, description="`closed` is for good: nobody sees it any more."
    )
    questions: _Questions | None = None
    kinds: _Kinds | None = None
    members_start: bool | None = None
    takes_commercial: bool | None = None
    sharing: Sharing | None = None
    holds_first: Annotated[int, Field(ge=0, le=20)] | None = None
    slow_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    daily_topics: _Daily | None = None
    daily_replies: _Daily | None = None
    read_only_until: Moment | None = Field(None, description="Null, where sent: for no time.")
    version: Annotated[int, Field(ge=0, lt=10**9)] | None = Field(
        None, description="The one that was read: 409 where it is another by now."
    )


@router.post(
    "/groups", status_code=201, response_model=GroupSettings, **writes(Scope.GROUPS_WRITE, 409)
)
async def create_group(call: Asking, sent: GroupSent) -> Response:
    """Begin a group, whose first owner the caller is."""
    host = call.site.guid_host or call.settings.base_host

    async def change(db: AsyncSession) -> Done:
        group = await found_group(
            db, call.me, GroupDraft(**sent.model_dump()), host=host,
            members_may=call.site.members_found_groups,
        )  # fmt: skip
        return Done(_told(call, group), 201, {"Location": call.api(f"/groups/{group.slug}")})

    return await done_once(call, change)


@router.get(
    "/groups/{slug}/settings",
    response_model=GroupSettings,
    **reads(Scope.GROUPS_READ, 404, 422, is_public=False),
)
async def get_group_settings(call: Asking, db: Db, slug: GroupSlug) -> Response:
    """Read a group's settings; for its owners."""
    return answered(call, await _own(call, db, slug))


@router.patch(
    "/groups/{slug}/settings",
    response_model=GroupSettings,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def change_group_settings(
    call: Asking, slug: GroupSlug, sent: GroupSettingsChange
) -> Response:
    """Give a group other settings, let it only be read, or close it."""
    changed = done(call, lambda db: _change(call, db, slug, sent))
    return await shown_if_late(call, lambda db: _own(call, db, slug), changed)


async def _change(call: Call, db: AsyncSession, slug: str, sent: GroupSettingsChange) -> Done:
    here = await lock_group(db, call.me, slug)
    group, said = here.group, sent.model_dump(exclude_unset=True)
    version = said.pop("version", None)
    state = said.pop("state", None)
    # Null is an answer to one question only; to the others it says nothing.
    said = {n: value for n, value in said.items() if value is not None or n == "read_only_until"}
    if said or state is None:
        draft = GroupDraft(**{**_written(group), **said})
        seen = group.version if version is None else version
        await change_group(db, call.me, slug, draft, version=seen)
    elif version not in (None, group.version):
        require(may_run(call.me, here))
        raise Conflict
    if state is not None:
        await set_state(db, call.me, slug, state)
    return Done(_told(call, group))


async def _own(call: Call, db: AsyncSession, slug: str) -> GroupSettings:
    here = await get_group(db, call.me, slug)
    require(may_run(call.me, here))
    return _told(call, here.group)


def _written(group: Group) -> dict[str, Any]:
    return {
        **{name: getattr(group, name) for name in _COLUMNS},
        "about": group.about_source,
        "rules": group.rules_source,
    }


def _told(call: Call, group: Group) -> GroupSettings:
    return GroupSettings(
        **_written(group), slug=group.slug, state=group.state, version=group.version,
        url=call.url(group_url(group.slug)),
    )  # fmt: skip
