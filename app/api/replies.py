"""What is said in a discussion of a group: read, answered, put otherwise and taken back by who said it."""

from datetime import datetime
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.accounts.blocks import hidden_from
from app.accounts.models import User
from app.api.acting import change
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.commenting import submission_of
from app.api.fields import Id, Sent, Text
from app.api.groups import GroupSlug
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, place_in, read_cursor
from app.api.routing import ApiRoute
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.rows import flush_changes
from app.discussions.changing import LONGEST
from app.discussions.models import Comment, CommentStatus, Section
from app.discussions.topics.editing import edit_said, withdraw_said
from app.discussions.topics.marking import mark_read
from app.discussions.topics.reading import TopicHere, get_topic
from app.discussions.topics.speaking import reply_in_topic
from app.web.deps import Db
from app.web.groups.addresses import reply_url
from app.web.groups.entering import entered

router = APIRouter(route_class=ApiRoute, tags=["Groups"])


class ReplyAuthor(BaseModel):
    """Who said it; empty for the line that keeps the place of what is gone."""

    name: str
    handle: str | None


class ReplyWhole(BaseModel):
    """Something said in a discussion."""

    id: int
    status: CommentStatus
    parent_id: int | None
    author: ReplyAuthor
    html: str
    created_at: datetime
    edited_at: datetime | None
    is_opening: bool
    url: str
    version: int


class ReplyList(Listing[ReplyWhole]):
    """What is said in a discussion, its opening text included, in the order of reading."""


class ReplySent(Sent):
    """Something to say."""

    text: Annotated[Text, Field(min_length=1, max_length=LONGEST)]
    parent_id: Id | None = Field(None, description="The reply that is answered.")


class ReplyChange(Sent):
    """The same in other words."""

    text: Annotated[Text, Field(min_length=1, max_length=LONGEST)]
    version: Annotated[int, Field(ge=1, lt=10**9)] = Field(
        description="The one that was read: 409 where it is another by now."
    )


class SaidRow(NamedTuple):
    """Something said, and its author's handle."""

    comment: Comment
    handle: str | None


@router.get(
    "/groups/{slug}/topics/{topic_id:int}/replies",
    response_model=ReplyList,
    **reads(Scope.GROUPS_READ, 404, 422),
)
async def list_replies(
    call: Asking,
    db: Db,
    slug: GroupSlug,
    topic_id: int,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List what is said in a discussion. Of whom a block parts from the caller, nothing is told."""
    after = read_cursor(cursor, str)
    found = await get_topic(db, call.me, slug, topic_id)
    entered(call.request, call.me, found.here)
    hidden = [*await hidden_from(db, call.me)]
    query = _said_in(found).where(
        Comment.is_shown, or_(Comment.user_id.is_(None), Comment.user_id.not_in(hidden))
    )
    if after is not None:
        query = query.where(Comment.place > place_in(after[0]))
    rows = [SaidRow(*r) for r in await db.execute(query.order_by(Comment.place).limit(limit + 1))]
    return listed(
        call, rows, limit, lambda row: (row.comment.place.hex(),),
        lambda shown, more: ReplyList(
            items=[_reply(call, found, one) for one in shown], next_cursor=more
        ),
    )  # fmt: skip


@router.post(
    "/groups/{slug}/topics/{topic_id:int}/replies",
    status_code=201,
    response_model=ReplyWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def create_reply(call: Asking, slug: GroupSlug, topic_id: int, sent: ReplySent) -> Response:
    """Answer in a discussion. The filters judge it as any other: `status` says what became of it."""
    return await done_once(call, lambda db: _answer(call, db, (slug, topic_id), sent))


@router.get(
    "/groups/{slug}/topics/{topic_id:int}/replies/{reply_id:int}",
    response_model=ReplyWhole,
    **reads(Scope.GROUPS_READ, 404, 422),
)
async def get_reply(
    call: Asking, db: Db, slug: GroupSlug, topic_id: int, reply_id: int
) -> Response:
    """Read one thing that was said: what all who read there may read, or one's own."""
    return answered(call, await _one(call, db, (slug, topic_id), reply_id))


@router.patch(
    "/groups/{slug}/topics/{topic_id:int}/replies/{reply_id:int}",
    response_model=ReplyWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def change_reply(
    call: Asking, slug: GroupSlug, topic_id: int, reply_id: int, sent: ReplyChange
) -> Response:
    """Say otherwise what one said oneself, as long as one may speak there.

    It is judged anew; of what is shown, the old text stays until the new one may be.
    """
    place = slug, topic_id
    return await change(
        call,
        lambda db: _one(call, db, place, reply_id),
        lambda db: _change(call, db, place, reply_id, sent),
    )


@router.delete(
    "/groups/{slug}/topics/{topic_id:int}/replies/{reply_id:int}",
    response_model=ReplyWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409, 422, takes_body=False),
)
async def withdraw_reply(call: Asking, slug: GroupSlug, topic_id: int, reply_id: int) -> Response:
    """Take back what one said oneself. Where it was answered, a line without a name keeps its place.

    An opening text can be taken back as long as nobody has answered, and its discussion goes with it.
    """
    place = slug, topic_id
    return await change(
        call,
        lambda db: _one(call, db, place, reply_id),
        lambda db: _withdraw(call, db, place, reply_id),
    )


async def _answer(call: Call, db: AsyncSession, place: tuple[str, int], sent: ReplySent) -> Done:
    _open, said = await reply_in_topic(
        db, call.me, call.settings, call.site, place, submission_of(call, sent.text),
        parent_id=sent.parent_id,
    )  # fmt: skip
    await mark_read(db, call.me, place[1], said.id, clock.now())
    await flush_changes(db)
    model = await _one(call, db, place, said.id)
    return Done(model, 201, {"Location": call.api(_path(place, said.id))})


async def _change(
    call: Call, db: AsyncSession, place: tuple[str, int], reply_id: int, sent: ReplyChange
) -> None:
    # That it is there, and in that discussion; whose it is, the action asks.
    await _one(call, db, place, reply_id)
    await edit_said(
        db, call.me, call.settings, call.site, reply_id, sent.text, version=sent.version
    )


async def _withdraw(call: Call, db: AsyncSession, place: tuple[str, int], reply_id: int) -> None:
    await _one(call, db, place, reply_id)
    await withdraw_said(db, call.me, reply_id)


async def _one(call: Call, db: AsyncSession, place: tuple[str, int], reply_id: int) -> ReplyWhole:
    """Something in a discussion that the caller may read, as it is now. Raises NotFound."""
    found = await get_topic(db, call.me, *place)
    hidden = [*await hidden_from(db, call.me)]
    query = _said_in(found).where(
        Comment.id == reply_id, or_(Comment.user_id.is_(None), Comment.user_id.not_in(hidden))
    )
    row = (await db.execute(query.execution_options(populate_existing=True))).one_or_none()
    is_own = row is not None and call.me.is_signed_in and row[0].user_id == call.me.user_id
    if row is None or not (row[0].is_approved or is_own):
        raise NotFound(_("There is no such reply."))
    return _reply(call, found, SaidRow(*row), is_own=is_own)


def _path(place: tuple[str, int], reply_id: int) -> str:
    return f"/groups/{place[0]}/topics/{place[1]}/replies/{reply_id}"


def _said_in(found: TopicHere) -> Any:
    return (
        select(Comment, User.slug)
        .outerjoin(User, User.id == Comment.user_id)
        .where(Comment.thread_id == found.thread.id, Comment.section == Section.COMMENTS)
    )


def _reply(call: Call, found: TopicHere, row: SaidRow, *, is_own: bool = False) -> ReplyWhole:
    """Something said; a line that only keeps its place says nothing."""
    said = row.comment
    is_told = said.is_approved or is_own
    return ReplyWhole(
        id=said.id,
        status=CommentStatus(said.status) if is_told else CommentStatus.REMOVED,
        parent_id=said.parent_id,
        author=ReplyAuthor(
            name=said.author_name if is_told else "", handle=row.handle if is_told else None
        ),
        html=str(said.body_html) if is_told else "",
        created_at=said.created_at,
        edited_at=said.edited_at if is_told else None,
        is_opening=said.id == found.topic.opening_id,
        url=call.url(reply_url(found.here.group.slug, said.id)),
        version=said.version,
    )
