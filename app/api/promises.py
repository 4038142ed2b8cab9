"""Promises between two members: the caller's own, made, and moved by what each side may do."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import act_on, change
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.fields import Day, Id, Line, Sent, Text, naming, require_one
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.core.rows import flush_changes
from app.networking.promises.actions import Deed, act, show_in_public
from app.networking.promises.making import Wanted, make
from app.networking.promises.models import LONGEST_NOTE, LONGEST_TEXT, PromiseStep
from app.networking.promises.moves import Act, Part, State, acts_of
from app.networking.promises.policy import may_promise
from app.networking.promises.queries import (
    Found,
    get_promise,
    promises_open_to,
    promises_where,
    steps_of,
)
from app.networking.promises.sources import (
    Source,
    source_of_comment,
    source_of_introduction,
    source_of_nothing,
)
from app.web.deps import Db
from app.web.promises.lists import LISTS, PROMISES, ListName

router = APIRouter(route_class=ApiRoute, tags=["Networking"])


class PromiseLine(BaseModel):
    """One person's word to another."""

    id: int
    state: State
    part: Part = Field(description="Which side the caller is.")
    promiser: str = Field(description="A name; empty for who has no account any more.")
    promisee: str
    text: str
    due_on: date = Field(description="A day where the promiser lives.")
    zone: str
    made_at: datetime
    ended_at: datetime | None
    url: str
    version: int = Field(description="Send it with a step.")


class StepLine(BaseModel):
    """Something that was done about a promise."""

    at: datetime
    act: Act
    part: Part
    note: str
    due_on: date | None


class PromiseWhole(PromiseLine):
    """A promise with all that was done about it."""

    steps: list[StepLine]
    may: list[Act] = Field(description="What the caller may do about it now.")
    is_shown: bool = Field(description="Whether the caller lets others see it, if both do.")


class PromiseList(Listing[PromiseLine]):
    """Promises, the newest first."""


class PromiseSent(Sent):
    """What is to be promised, and between whom."""

    to: Annotated[Line, Field(max_length=200)] = Field("", description="The other side's handle.")
    comment_id: Id | None = Field(
        None, description="What it comes of, instead of a handle: who wrote it is the other side."
    )
    introduction_id: Id | None = Field(
        None, description="What it comes of: the other of the two is the other side."
    )
    is_asked: bool = Field(False, description="Asked for, not offered.")
    text: Annotated[Text, Field(min_length=1, max_length=LONGEST_TEXT)]
    due: Day = Field(description="From tomorrow to 180 days ahead.", examples=["2027-01-31"])


class StepSent(Sent):
    """What somebody does about a promise."""

    act: Act
    note: Annotated[Text, Field(max_length=LONGEST_NOTE)] = Field(
        "", description="Needed for a withdrawal."
    )
    due: Day | None = Field(None, description="The new day, where it is moved.")
    version: Annotated[int, Field(ge=0, lt=10**9)] | None = Field(
        None, description="The one that was read: 409 where it is another by now."
    )


class PromiseShowing(Sent):
    """Whether others may see it, as far as this side goes."""

    is_shown: bool


@router.get(
    "/promises",
    response_model=PromiseList,
    **reads(Scope.NETWORKING_READ, 422, is_public=False),
)
async def list_promises(
    call: Asking,
    db: Db,
    which: Annotated[
        ListName | None, Query(description="What the caller owes, is owed, or what is over.")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List the caller's promises, of both sides."""
    after = read_cursor(cursor, int)
    condition = LISTS[which](call.me, clock.now()) if which else promises_open_to(call.me)
    before = after[0] if after else None
    rows = await promises_where(db, condition, before=before, most=limit)
    return listed(
        call, rows, limit, lambda row: (row.promise.id,),
        lambda shown, more: PromiseList(
            items=[_line(call, one) for one in shown], next_cursor=more
        ),
    )  # fmt: skip


@router.post(
    "/promises",
    status_code=201,
    response_model=PromiseWhole,
    **writes(Scope.NETWORKING_WRITE, 409),
)
async def create_promise(call: Asking, sent: PromiseSent) -> Response:
    """Offer a promise, or ask for one. It begins when the other side accepts."""
    require(may_promise(call.me))
    require_one(sent, "to", "comment_id", "introduction_id")

    async def promised(db: AsyncSession) -> Done:
        source = await _source(call, db, sent)
        wanted = Wanted(
            other_id=source.other_id, by_promiser=not sent.is_asked or source.is_mine,
            text=sent.text, due=sent.due.isoformat(), source_kind=source.kind, source_id=source.id,
        )  # fmt: skip
        with naming("to"):
            promise = await make(db, call.me, wanted)
        await flush_changes(db)
        place = {"Location": call.api(f"/promises/{promise.id}")}
        return Done(await _one(call, db, promise.id), 201, place)

    return await done_once(call, promised)


@router.get(
    "/promises/{promise_id:int}",
    response_model=PromiseWhole,
    **reads(Scope.NETWORKING_READ, 404, is_public=False),
)
async def get_promise_by_id(call: Asking, db: Db, promise_id: int) -> Response:
    """Read one promise, for the two it is between."""
    return answered(call, await _one(call, db, promise_id))


@router.patch(
    "/promises/{promise_id:int}",
    response_model=PromiseWhole,
    **writes(Scope.NETWORKING_WRITE, 404),
)
async def show_promise(call: Asking, promise_id: int, sent: PromiseShowing) -> Response:
    """Let others see it where it was made, once both sides say so; or no more."""

    return await change(
        call,
        lambda db: _one(call, db, promise_id),
        lambda db: show_in_public(db, call.me, promise_id, is_shown=sent.is_shown),
    )


@router.post(
    "/promises/{promise_id:int}/steps",
    status_code=201,
    response_model=PromiseWhole,
    **writes(Scope.NETWORKING_WRITE, 404, 409),
)
async def step_promise(call: Asking, promise_id: int, sent: StepSent) -> Response:
    """Do something about a promise, one of those in its `may`: else 409, with how it stands."""
    due = sent.due.isoformat() if sent.due else ""
    deed = Deed(act=sent.act, note=sent.note, due=due, version=sent.version)
    return await act_on(
        call,
        lambda db: _one(call, db, promise_id),
        lambda db: act(db, call.me, promise_id, deed),
    )


async def _source(call: Call, db: AsyncSession, sent: PromiseSent) -> Source:
    """Who is on the other side. Raises Invalid: of what may not be read, nobody is."""
    try:
        if sent.comment_id:
            return await source_of_comment(db, call.me, sent.comment_id)
        if sent.introduction_id:
            return await source_of_introduction(db, call.me, sent.introduction_id)
        return await source_of_nothing(db, sent.to)
    except NotFound as nobody:
        says = _("There is nobody like that here.")
        named = (name for name in ("comment_id", "introduction_id") if getattr(sent, name))
        raise Invalid(says, fields={next(named, "to"): says}) from nobody


async def _one(call: Call, db: AsyncSession, promise_id: int) -> PromiseWhole:
    found = await get_promise(db, call.me, promise_id)
    promise, line = found.promise, _line(call, found)
    may = acts_of(line.state, line.part, promise.tally)
    is_first = line.part == Part.PROMISER
    return PromiseWhole(
        **line.model_dump(), steps=_steps(await steps_of(db, promise_id)),
        may=[one for one in Act if one in may],
        is_shown=promise.promiser_shows if is_first else promise.promisee_shows,
    )  # fmt: skip


def _steps(steps: Sequence[PromiseStep]) -> list[StepLine]:
    return [
        StepLine(at=one.at, act=one.act, part=one.part, note=one.note, due_on=one.due_on)
        for one in steps
    ]


def _line(call: Call, found: Found) -> PromiseLine:
    promise = found.promise
    return PromiseLine(
        id=promise.id, state=promise.state_at(clock.now()),
        part=promise.part_of(call.me.user_id) or Part.PROMISEE,
        promiser=found.promiser, promisee=found.promisee, text=promise.text,
        due_on=promise.due_on, zone=promise.zone, made_at=promise.made_at,
        ended_at=promise.ended_at, url=call.url(f"{PROMISES}{promise.id}/"),
        version=promise.version,
    )  # fmt: skip
