"""What the caller and others write to each other, about something they do together. For its parties alone."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import act_on, take_away
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.fields import Sent, Text
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.rows import flush_changes
from app.networking.conversations import actions
from app.networking.conversations.models import LONGEST_MESSAGE, Conversation, OwnerKind
from app.networking.conversations.queries import (
    Partner,
    Said,
    conversations_of,
    get_conversation,
    partners_in,
    partners_of,
    said_in,
)
from app.web.deps import Db

router = APIRouter(route_class=ApiRoute, tags=["Networking"])

_ONE = "/conversations/{conversation_id:int}"


class PartnerWhole(BaseModel):
    """Somebody who takes part, or did so."""

    handle: str
    name: str
    has_left: bool


class ConversationWhole(BaseModel):
    """A conversation of the caller's."""

    id: int
    about: OwnerKind = Field(description="What it belongs to, and the number of that.")
    about_id: int
    partners: list[PartnerWhole] = Field(description="All parties, the caller included.")
    is_open: bool
    opened_at: datetime
    moved_at: datetime = Field(description="When something was written last.")
    closed_at: datetime | None
    url: str


class ConversationList(Listing[ConversationWhole]):
    """Conversations: in which something was written last, first."""


class MessageWhole(BaseModel):
    """Something that was written."""

    id: int
    author: str = Field(description="A name; empty for who has no account any more.")
    is_mine: bool
    html: str
    at: datetime


class MessageList(Listing[MessageWhole]):
    """Messages, the newest first."""


class MessageSent(Sent):
    """Something to write."""

    text: Annotated[Text, Field(min_length=1, max_length=LONGEST_MESSAGE)] = Field(
        description="In Markdown, of which messages know a part."
    )


@router.get(
    "/conversations",
    response_model=ConversationList,
    **reads(Scope.NETWORKING_READ, 422, is_public=False),
)
async def list_conversations(
    call: Asking, db: Db, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """List the conversations in which the caller takes part."""
    after = read_cursor(cursor, datetime, int)
    before = (after[0], after[1]) if after else None
    rows = await conversations_of(db, call.me, before=before, most=limit + 1)
    partners = await partners_of(db, call.me, [one.id for one in rows])
    return listed(
        call, rows, limit, lambda row: (row.moved_at, row.id),
        lambda shown, more: ConversationList(
            items=[_told(call, one, partners.get(one.id, [])) for one in shown], next_cursor=more
        ),
    )  # fmt: skip


@router.get(
    _ONE, response_model=ConversationWhole, **reads(Scope.NETWORKING_READ, 404, is_public=False)
)
async def get_conversation_by_id(call: Asking, db: Db, conversation_id: int) -> Response:
    """Read about one conversation: with whom it is, and what it is about."""
    return answered(call, await _one(call, db, conversation_id))


@router.get(
    _ONE + "/messages",
    response_model=MessageList,
    **reads(Scope.NETWORKING_READ, 404, 422, is_public=False),
)
async def list_messages(
    call: Asking, db: Db, conversation_id: int, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """Read what was written. Of whom a block parts from the caller, nothing is told."""
    after = read_cursor(cursor, int)
    await get_conversation(db, call.me, conversation_id)
    before = after[0] if after else None
    said = await said_in(db, call.me, conversation_id, before=before, most=limit)
    return listed(
        call, said[::-1], limit, lambda row: (row.id,),
        lambda shown, more: MessageList(items=[_message(one) for one in shown], next_cursor=more),
    )  # fmt: skip


@router.post(
    _ONE + "/messages",
    status_code=201,
    response_model=MessageWhole,
    **writes(Scope.NETWORKING_WRITE, 404),
)
async def create_message(call: Asking, conversation_id: int, sent: MessageSent) -> Response:
    """Write something to the others, as long as the conversation is open."""

    async def change(db: AsyncSession) -> Done:
        made = await actions.write(db, call.me, conversation_id, sent.text)
        model = MessageWhole(
            id=made.id, author=call.me.name, is_mine=True, html=made.body_html, at=made.at
        )
        return Done(model, 201)

    return await done_once(call, change)


@router.post(
    _ONE + "/closing",
    status_code=201,
    response_model=ConversationWhole,
    **writes(Scope.NETWORKING_WRITE, 404, 422, takes_body=False),
)
async def close_conversation(call: Asking, conversation_id: int) -> Response:
    """Let it be over: nobody writes there any more, all can read it."""

    return await act_on(
        call,
        lambda db: _one(call, db, conversation_id),
        lambda db: actions.close(db, call.me, conversation_id),
    )


@router.delete(
    _ONE,
    response_model=ConversationWhole,
    **writes(Scope.NETWORKING_WRITE, 404, takes_body=False),
)
async def leave_conversation(call: Asking, conversation_id: int) -> Response:
    """Take no part any more: it is out of reach from then on. The answer is how it was."""

    return await take_away(
        call,
        lambda db: _one(call, db, conversation_id),
        lambda db: actions.leave(db, call.me, conversation_id),
    )


async def _one(call: Call, db: AsyncSession, conversation_id: int) -> ConversationWhole:
    await flush_changes(db)
    found = await get_conversation(db, call.me, conversation_id)
    return _told(call, found, [*await partners_in(db, call.me, conversation_id)])


def _told(call: Call, one: Conversation, partners: list[Partner]) -> ConversationWhole:
    return ConversationWhole(
        id=one.id, about=one.owner_kind, about_id=one.owner_id, is_open=one.is_open,
        partners=[PartnerWhole(handle=p.handle, name=p.name, has_left=p.has_left) for p in partners],
        opened_at=one.opened_at, moved_at=one.moved_at, closed_at=one.closed_at,
        url=call.url(f"/conversations/{one.id}/"),
    )  # fmt: skip


def _message(one: Said) -> MessageWhole:
    return MessageWhole(
        id=one.id, author=one.author, is_mine=one.is_mine, html=one.body_html, at=one.at
    )
