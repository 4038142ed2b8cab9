"""Thank-you notes: sent for an introduction or an ask that was met, shown to others, taken back."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import change, take_away
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.fields import Sent, Text
from app.api.groups import GroupSlug
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.rows import flush_changes
from app.networking.asks.thanking import thank_who_met_it
from app.networking.introductions.thanking import thank_connector
from app.networking.thanks.actions import agree, take_back
from app.networking.thanks.models import LONGEST_THANKS
from app.networking.thanks.queries import Note, get_note, thanks_received, thanks_sent
from app.web.deps import Db

router = APIRouter(route_class=ApiRoute, tags=["Networking"])

_ONE = "/thanks/{thanks_id:int}"


class Side(StrEnum):
    """Whose notes."""

    RECEIVED = "received"
    SENT = "sent"


class ThanksWhole(BaseModel):
    """One member thanks another for one thing."""

    id: int
    sender: str
    sender_handle: str
    receiver: str
    note: str
    at: datetime
    is_public: bool = Field(description="Whether its sender lets others read it.")
    is_shown: bool = Field(description="Whether its receiver does, too: then they do.")


class ThanksList(Listing[ThanksWhole]):
    """Notes, the newest first."""


class ThanksSent(Sent):
    """What is to be said; no words are needed."""

    note: Annotated[Text, Field(max_length=LONGEST_THANKS)] = ""
    is_public: bool = Field(False, description="Others may read it, if its receiver agrees.")


class ThanksShowing(Sent):
    """Whether others may read a note one was sent."""

    is_shown: bool


@router.get(
    "/thanks", response_model=ThanksList, **reads(Scope.NETWORKING_READ, 422, is_public=False)
)
async def list_thanks(
    call: Asking,
    db: Db,
    side: Annotated[Side, Query(description="The notes one was sent, or those one has sent.")] = (
        Side.RECEIVED
    ),
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List the caller's thank-you notes."""
    after = read_cursor(cursor, int)
    before = after[0] if after else None
    read = thanks_received if side == Side.RECEIVED else thanks_sent
    rows = await read(db, call.me, before=before, most=limit)
    return listed(
        call, rows, limit, lambda row: (row.id,),
        lambda shown, more: ThanksList(items=[_told(one) for one in shown], next_cursor=more),
    )  # fmt: skip


@router.get(_ONE, response_model=ThanksWhole, **reads(Scope.NETWORKING_READ, 404, is_public=False))
async def get_thanks(call: Asking, db: Db, thanks_id: int) -> Response:
    """Read one note, that the caller sent or was sent."""
    return answered(call, await _one(call, db, thanks_id))


@router.patch(_ONE, response_model=ThanksWhole, **writes(Scope.NETWORKING_WRITE, 404))
async def show_thanks(call: Asking, thanks_id: int, sent: ThanksShowing) -> Response:
    """Let others read a note one was sent, or not any more."""

    return await change(
        call,
        lambda db: _one(call, db, thanks_id),
        lambda db: agree(db, call.me, thanks_id, shown=sent.is_shown),
    )


@router.delete(
    _ONE, response_model=ThanksWhole, **writes(Scope.NETWORKING_WRITE, 404, takes_body=False)
)
async def withdraw_thanks(call: Asking, thanks_id: int) -> Response:
    """Take a note back that one has sent. The answer is how it was."""

    return await take_away(
        call, lambda db: _one(call, db, thanks_id), lambda db: take_back(db, call.me, thanks_id)
    )


@router.post(
    "/introductions/{introduction_id:int}/thanks",
    status_code=201,
    response_model=ThanksWhole,
    **writes(Scope.NETWORKING_WRITE, 404, 409),
)
async def thank_for_introduction(call: Asking, introduction_id: int, sent: ThanksSent) -> Response:
    """Thank whoever introduced the caller, once they say that they talked."""

    async def thank(db: AsyncSession) -> Done:
        made = await thank_connector(
            db, call.me, introduction_id, note=sent.note, is_public=sent.is_public
        )
        return await _made(call, db, made.id)

    return await done_once(call, thank)


@router.post(
    "/groups/{slug}/topics/{topic_id:int}/thanks",
    status_code=201,
    response_model=ThanksWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def thank_for_ask(call: Asking, slug: GroupSlug, topic_id: int, sent: ThanksSent) -> Response:
    """Thank whoever met the caller's ask, once that was said."""

    async def thank(db: AsyncSession) -> Done:
        made = await thank_who_met_it(
            db, call.me, (slug, topic_id), note=sent.note, is_public=sent.is_public
        )
        return await _made(call, db, made.id)

    return await done_once(call, thank)


async def _made(call: Call, db: AsyncSession, thanks_id: int) -> Done:
    headers = {"Location": call.api(f"/thanks/{thanks_id}")}
    return Done(await _one(call, db, thanks_id), 201, headers)


async def _one(call: Call, db: AsyncSession, thanks_id: int) -> ThanksWhole:
    await flush_changes(db)
    return _told(await get_note(db, call.me, thanks_id))


def _told(note: Note) -> ThanksWhole:
    return ThanksWhole(
        id=note.id, sender=note.sender, sender_handle=note.sender_handle, receiver=note.receiver,
        note=note.note, at=note.at, is_public=note.is_public, is_shown=note.is_shown,
    )  # fmt: skip
