"""What moderators of a group do with its discussions: pin, close, move, merge, split; and what solved one."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import change, shown_if_late
from app.api.answering import Done
from app.api.calling import Call
from app.api.fields import Id, Line, Sent, naming
from app.api.groups import GroupSlug
from app.api.once import done_once
from app.api.operations import Asking, writes
from app.api.routing import ApiRoute
from app.api.topics import TopicWhole, topic_at
from app.core.errors import Conflict
from app.core.i18n import _
from app.core.rows import flush_changes
from app.discussions.topics.keeping import close, merge, move, pin, solve, split
from app.discussions.topics.reading import get_topic

router = APIRouter(route_class=ApiRoute, tags=["Groups"])

_MOST_REPLIES = 500


class TopicChange(Sent):
    """What is to be so of a discussion. What is left out stays as it is."""

    is_pinned: bool | None = Field(None, description="For moderators: above all others.")
    is_locked: bool | None = Field(None, description="For moderators: nothing more is said in it.")
    solved_by: Annotated[int, Field(ge=0, lt=10**18)] | None = Field(
        None,
        description="For who began it, and moderators: the reply that solved it; 0 for none.",
    )
    version: Annotated[int, Field(ge=0, lt=10**9)] | None = Field(
        None, description="The one that was read: 409 where it is another by now."
    )


class TopicMove(Sent):
    """Where it goes."""

    group: Annotated[Line, Field(min_length=1, max_length=80)] = Field(
        description="The slug of another group that the caller moderates."
    )


class TopicMerger(Sent):
    """What it becomes part of."""

    into_id: Id = Field(description="Another discussion of the group.")


class TopicSplit(Sent):
    """What is made of some replies: the first of them opens it."""

    title: Annotated[Line, Field(min_length=1, max_length=120)]
    reply_ids: Annotated[list[Id], Field(min_length=1, max_length=_MOST_REPLIES)]


@router.patch(
    "/groups/{slug}/topics/{topic_id:int}",
    response_model=TopicWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def change_topic(call: Asking, slug: GroupSlug, topic_id: int, sent: TopicChange) -> Response:
    """Pin a discussion, close it, or say what solved it; or take that back."""
    place = slug, topic_id
    return await change(call, topic_at(call, place), lambda db: _change(call, db, place, sent))


@router.post(
    "/groups/{slug}/topics/{topic_id:int}/move",
    status_code=201,
    response_model=TopicWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def move_topic(call: Asking, slug: GroupSlug, topic_id: int, sent: TopicMove) -> Response:
    """Take a discussion to another group, for those who moderate both."""

    async def moved(db: AsyncSession) -> Done:
        _found, there = await move(db, call.me, slug, topic_id, sent.group)
        return await _made(call, db, (there.group.slug, topic_id))

    return await shown_if_late(call, topic_at(call, (slug, topic_id)), done_once(call, moved))


@router.post(
    "/groups/{slug}/topics/{topic_id:int}/merger",
    status_code=201,
    response_model=TopicWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def merge_topic(call: Asking, slug: GroupSlug, topic_id: int, sent: TopicMerger) -> Response:
    """Put a discussion into another of its group; the answer is the other. Its address leads there."""

    async def merged(db: AsyncSession) -> Done:
        with naming("into_id"):
            await merge(db, call.me, slug, topic_id, sent.into_id)
        return await _made(call, db, (slug, sent.into_id))

    return await shown_if_late(call, topic_at(call, (slug, topic_id)), done_once(call, merged))


@router.post(
    "/groups/{slug}/topics/{topic_id:int}/split",
    status_code=201,
    response_model=TopicWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def split_topic(call: Asking, slug: GroupSlug, topic_id: int, sent: TopicSplit) -> Response:
    """Make a discussion of its own of some replies; the answer is the new one."""
    host = call.site.guid_host or call.settings.base_host

    async def made(db: AsyncSession) -> Done:
        with naming(replies="reply_ids"):
            made = await split(
                db, call.me, slug, topic_id, sent.reply_ids, sent.title, host=host
            )  # fmt: skip
        return await _made(call, db, (slug, made.id))

    return await shown_if_late(call, topic_at(call, (slug, topic_id)), done_once(call, made))


async def _change(call: Call, db: AsyncSession, place: tuple[str, int], sent: TopicChange) -> None:
    found = await get_topic(db, call.me, *place, lock=True)
    if sent.version not in (None, found.topic.version):
        raise Conflict(_("Somebody changed it meanwhile. Look at what it says now."))
    if sent.is_pinned is not None:
        await pin(db, call.me, *place, is_pinned=sent.is_pinned)
    if sent.is_locked is not None:
        await close(db, call.me, *place, is_locked=sent.is_locked)
    if sent.solved_by is not None:
        await solve(db, call.me, *place, sent.solved_by or None)


async def _made(call: Call, db: AsyncSession, place: tuple[str, int]) -> Done:
    await flush_changes(db)
    model = await topic_at(call, place)(db)
    return Done(model, 201, {"Location": call.api(f"/groups/{place[0]}/topics/{place[1]}")})
