"""Who comments: how they did, trusted, watched or blocked by hand, and what moderators tell each other of them."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import Act, act_on
from app.api.answering import answered
from app.api.calling import Call
from app.api.fields import Sent, Text
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core import clock
from app.core.rows import flush_changes
from app.discussions.commenters import Commenter, commenters, get_commenter
from app.discussions.queue import notes_about
from app.moderation.authors import is_trusted
from app.moderation.models import Standing
from app.moderation.standing import add_note, set_standing
from app.web.deps import Db
from app.web.moderating.surroundings import require_moderators_console

router = APIRouter(route_class=ApiRoute, tags=["Moderation"])


class AuthorLine(BaseModel):
    """Somebody who comments. Without an address: each has one number here, whatever they are called."""

    id: int
    name: str = Field(description="One they have written under.")
    handle: str | None = Field(description="Of a member.")
    standing: Standing = Field(description="What was decided by hand; empty where nothing was.")
    is_trusted: bool = Field(description="By hand, or by what they wrote: it need not wait.")
    pending: int
    approved: int
    spam: int
    removed: int
    first_seen_at: datetime | None
    last_spam_at: datetime | None


class AuthorNoteWhole(BaseModel):
    """What a moderator noted about an author."""

    text: str
    by: str | None
    at: datetime


class AuthorWhole(AuthorLine):
    """The same, with what moderators noted."""

    notes: list[AuthorNoteWhole]


class AuthorList(Listing[AuthorLine]):
    """Who comments, who came last first."""


class StandingSent(Sent):
    """What is decided about an author."""

    verb: Literal["trust", "watch", "block", "pardon"] = Field(
        description="`pardon` lets their comments speak for them again."
    )


class NoteSent(Sent):
    """What the other moderators are told."""

    text: Annotated[Text, Field(min_length=1, max_length=2000)]


@router.get(
    "/moderation/authors",
    response_model=AuthorList,
    **reads(Scope.MODERATION_READ, 422, is_public=False),
)
async def list_authors(
    call: Asking,
    db: Db,
    standing: Annotated[
        Literal["trusted", "watched", "blocked"] | None, Query(description="Decided by hand.")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List who comments, or those about whom something was decided; for moderators of the site."""
    require_moderators_console(call.me)
    after = read_cursor(cursor, int)
    rows = await commenters(
        db, call.me, standing=Standing(standing) if standing else None,
        before=after[0] if after else None, most=limit + 1,
    )  # fmt: skip
    return listed(
        call, rows, limit, lambda row: (row.author.id,),
        lambda shown, more: AuthorList(items=[_line(one) for one in shown], next_cursor=more),
    )  # fmt: skip


@router.get(
    "/moderation/authors/{author_id:int}",
    response_model=AuthorWhole,
    **reads(Scope.MODERATION_READ, 404, is_public=False),
)
async def get_author(call: Asking, db: Db, author_id: int) -> Response:
    """Read how somebody who comments did, and what moderators noted about them."""
    require_moderators_console(call.me)
    return answered(call, await _one(call, db, author_id))


@router.post(
    "/moderation/authors/{author_id:int}/standing",
    status_code=201,
    response_model=AuthorWhole,
    **writes(Scope.MODERATION_WRITE, 404),
)
async def decide_about_author(call: Asking, author_id: int, sent: StandingSent) -> Response:
    """Trust, watch or block an author, or take that back. What they wrote stays as it is."""
    return await _done(call, author_id, lambda db: set_standing(db, call.me, author_id, sent.verb))


@router.post(
    "/moderation/authors/{author_id:int}/notes",
    status_code=201,
    response_model=AuthorWhole,
    **writes(Scope.MODERATION_WRITE, 404),
)
async def create_note(call: Asking, author_id: int, sent: NoteSent) -> Response:
    """Tell the other moderators something about an author."""
    return await _done(call, author_id, lambda db: add_note(db, call.me, author_id, sent.text))


async def _done(call: Call, author_id: int, act: Act) -> Response:
    """Do it for a moderator, once; the answer is the author as they stand then."""
    require_moderators_console(call.me)
    return await act_on(call, lambda db: _one(call, db, author_id), act)


async def _one(call: Call, db: AsyncSession, author_id: int) -> AuthorWhole:
    await flush_changes(db)
    found = await get_commenter(db, call.me, author_id)
    notes = [
        AuthorNoteWhole(text=note.text, by=note.by, at=note.at)
        for note in await notes_about(db, [author_id])
    ]
    return AuthorWhole(**_line(found).model_dump(), notes=notes)


def _line(found: Commenter) -> AuthorLine:
    author = found.author
    return AuthorLine(
        id=author.id, name=found.name or "", handle=found.handle, standing=author.standing,
        is_trusted=is_trusted(author, clock.now()), pending=author.pending,
        approved=author.approved, spam=author.spam, removed=author.removed,
        first_seen_at=author.first_seen_at, last_spam_at=author.last_spam_at,
    )  # fmt: skip
