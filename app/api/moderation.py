"""The moderators' queue and log, and decisions: the console's own lists and actions."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.api_tokens import Scope
from app.api.acting import shown_if_late
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.cases import QueueCase, told
from app.api.fields import Id, Line, Sent, Text
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.rows import flush_changes
from app.discussions.deciding import decide
from app.discussions.models import CommentKind
from app.discussions.queue import QueueItem, queue_item, queue_page
from app.discussions.undoing import undo
from app.discussions.verbs import REASONS
from app.moderation.log import LogEntry, LogSought, log_page
from app.moderation.models import Decision
from app.moderation.queue import Cursor as QueueCursor
from app.moderation.sought import Sought, View
from app.web.deps import Db
from app.web.moderating.surroundings import require_console, require_many_console

router = APIRouter(route_class=ApiRoute, tags=["Moderation"])


class QueueList(Listing[QueueCase]):
    """Cases: those that need somebody, the longest waiting first; elsewhere the newest first."""


class DecisionSent(Sent):
    """A decision about something that was said."""

    verb: Literal["approve", "hold", "spam", "remove"]
    version: Annotated[int, Field(ge=0, lt=10**9)] | None = Field(
        None, description="The version that was seen: 409 where somebody was faster."
    )
    reason: Annotated[Line, Field(max_length=40)] = Field(
        "", description=f"Of a removal: one of {', '.join(REASONS)}.", examples=["advert"]
    )
    note: Annotated[Text, Field(max_length=2000)] = ""


class DecisionMade(BaseModel):
    """What a decision came to."""

    decision_id: Id | None = Field(description="Null where nothing was left to decide.")
    case: QueueCase | None = Field(description="How it stands now; null where it is out of reach.")


class LogLine(BaseModel):
    """Something that was decided."""

    id: int
    at: datetime
    by: str | None = Field(description="Null where the program did it, or somebody at the machine.")
    verb: str
    kind: str
    item_id: int
    was: str
    became: str
    reason: str
    note: str


class LogList(Listing[LogLine]):
    """Decisions, the newest first."""


@router.get(
    "/moderation/queue",
    response_model=QueueList,
    **reads(Scope.MODERATION_READ, 422, is_public=False),
)
async def list_queue(
    call: Asking,
    db: Db,
    tab: Annotated[View, Query(description="The list of the console.")] = View.NEEDS,
    kind: Annotated[Line, Query(max_length=20)] = "",
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List what waits, or another tab, as far as it is the caller's to decide.

    This week's ten likeliest mistakes, which the console puts before a moderator, are not among `mistakes`.
    """
    require_console(call.me)
    after = read_cursor(cursor, int, datetime, float)
    rows = await queue_page(
        db, call.me, Sought(view=tab, kind=kind), after=QueueCursor(*after) if after else None,
        most=limit,
    )  # fmt: skip
    return listed(
        call, rows, limit, lambda row: (row.case.id, row.case.arrived_at, float(row.case.doubt)),
        lambda shown, more: QueueList(items=[told(call, r) for r in shown], next_cursor=more),
    )  # fmt: skip


@router.get(
    "/moderation/comments/{comment_id:int}",
    response_model=QueueCase,
    **reads(Scope.MODERATION_READ, 404, is_public=False),
)
async def get_case(call: Asking, db: Db, comment_id: int) -> Response:
    """Read the case of one comment or link from elsewhere."""
    require_console(call.me)
    return answered(call, await _case(call, db, comment_id))


@router.post(
    "/moderation/comments/{comment_id:int}/decisions",
    status_code=201,
    response_model=DecisionMade,
    **writes(Scope.MODERATION_WRITE, 404, 409),
)
async def decide_about_comment(call: Asking, comment_id: int, sent: DecisionSent) -> Response:
    """Approve, hold, remove, or call spam.

    With `version`, only as long as nobody has decided since: else 409, with the case as it is now. What
    its author withdrew is neither approved nor held: 409.
    """
    require_console(call.me)
    decided = done_once(call, lambda db: _decide(call, db, comment_id, sent))
    return await shown_if_late(call, lambda db: _case(call, db, comment_id), decided)


@router.post(
    "/moderation/decisions/{decision_id:int}/reversal",
    status_code=201,
    response_model=DecisionMade,
    **writes(Scope.MODERATION_WRITE, 404, 409, 422, takes_body=False),
)
async def take_decision_back(call: Asking, decision_id: int) -> Response:
    """Take a decision about a comment back, as long as nobody has decided otherwise since."""
    require_console(call.me)
    taken_back = done_once(call, lambda db: _take_back(call, db, decision_id))
    return await shown_if_late(call, lambda db: _case_of(call, db, decision_id), taken_back)


@router.get(
    "/moderation/log",
    response_model=LogList,
    **reads(Scope.MODERATION_READ, 422, is_public=False),
)
async def list_log(call: Asking, db: Db, limit: Limit = 20, cursor: Cursor = "") -> Response:
    """List what was decided: one's own decisions, for owners everybody's."""
    require_many_console(call.me)
    after = read_cursor(cursor, datetime, int)
    before = (after[0], after[1]) if after else None
    rows = await log_page(db, call.me, LogSought(), before=before, most=limit + 1)
    return listed(
        call, rows, limit, lambda row: (row.decision.at, row.decision.id),
        lambda shown, more: LogList(items=[_line(r) for r in shown], next_cursor=more),
    )  # fmt: skip


async def _found(db: AsyncSession, me: Actor, comment_id: int) -> QueueItem:
    """A case that is theirs to decide. Raises NotFound, as for what is not there."""
    await flush_changes(db)
    item = await queue_item(db, me, comment_id)
    if item is None:
        raise NotFound(_("There is no such comment."))
    return item


async def _decide(call: Call, db: AsyncSession, comment_id: int, sent: DecisionSent) -> Done:
    await _found(db, call.me, comment_id)
    _comment, decision = await decide(
        db, call.me, comment_id, sent.verb, version=sent.version, reason=sent.reason, note=sent.note
    )
    return await _made(call, db, comment_id, decision)


async def _take_back(call: Call, db: AsyncSession, decision_id: int) -> Done:
    case = await _case_of(call, db, decision_id)
    reversal = await undo(db, call.me, decision_id)
    return await _made(call, db, case.item_id, reversal)


async def _made(call: Call, db: AsyncSession, comment_id: int, made: Decision | None) -> Done:
    await flush_changes(db)
    # What was decided in a hidden group may be out of a site moderator's reach by that.
    item = await queue_item(db, call.me, comment_id)
    case = told(call, item) if item else None
    return Done(DecisionMade(decision_id=made.id if made else None, case=case), 201)


async def _case_of(call: Call, db: AsyncSession, decision_id: int) -> QueueCase:
    """What was decided about. Raises NotFound for a decision that is out of their reach."""
    decision = await db.get(Decision, decision_id)
    is_theirs = decision is not None and decision.kind in set(CommentKind)
    item = await queue_item(db, call.me, decision.item_id) if decision and is_theirs else None
    if item is None:
        raise NotFound(_("There is no such decision."))
    return told(call, item)


async def _case(call: Call, db: AsyncSession, comment_id: int) -> QueueCase:
    return told(call, await _found(db, call.me, comment_id))


def _line(entry: LogEntry) -> LogLine:
    made = entry.decision
    return LogLine(
        id=made.id, at=made.at, by=entry.name, verb=made.verb, kind=made.kind, item_id=made.item_id,
        was=made.was, became=made.became, reason=made.reason, note=made.note,
    )  # fmt: skip
