"""How thank-you notes are read: by sender and receiver, and by others where both want it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.models import User
from app.core.errors import NotFound
from app.core.i18n import marked
from app.networking.thanks.models import ThankedFor, Thanks

A_PAGE = 20


@dataclass(frozen=True)
class Note:
    """A thank-you note with the names of both."""

    id: int
    sender: str
    sender_handle: str
    receiver: str
    note: str
    at: datetime
    is_public: bool
    is_shown: bool


async def thanks_shown_of(
    session: AsyncSession, reader: Actor, user_id: int, *, before: int | None = None
) -> Sequence[Note]:
    """What others may read on somebody's profile: the sender wanted it, and the receiver agreed."""
    shown = and_(Thanks.to_id == user_id, Thanks.is_public, Thanks.agreed_at.is_not(None))
    if before is not None:
        shown = and_(shown, Thanks.id < before)
    return await _read(session, and_(shown, seen_by(reader, Thanks.from_id)))


async def thanks_received(
    session: AsyncSession, actor: Actor, *, before: int | None = None, most: int = A_PAGE
) -> Sequence[Note]:
    """All that was sent to the actor, the newest first, and one more than `most` where there are more."""
    mine = and_(Thanks.to_id == actor.user_id, seen_by(actor, Thanks.from_id))
    return await _read(session, mine if before is None else and_(mine, Thanks.id < before), most)


async def thanks_sent(
    session: AsyncSession, actor: Actor, *, before: int | None = None, most: int = A_PAGE
) -> Sequence[Note]:
    """All that the actor sent, in the same order; to a blocker, too: to its sender it looks sent."""
    mine = Thanks.from_id == actor.user_id
    return await _read(session, mine if before is None else and_(mine, Thanks.id < before), most)


async def get_note(session: AsyncSession, actor: Actor, thanks_id: int) -> Note:
    """One that the actor sent, or was sent. Raises NotFound."""
    received = and_(Thanks.to_id == actor.user_id, seen_by(actor, Thanks.from_id))
    theirs = and_(Thanks.id == thanks_id, or_(Thanks.from_id == actor.user_id, received))
    found = await _read(session, theirs, 1)
    if not found:
        raise NotFound(marked("There is no such note."))
    return found[0]


async def find_own_thanks(
    session: AsyncSession, actor: Actor, source_kind: ThankedFor, source_id: int
) -> Thanks | None:
    """What the actor sent about one thing, unless they took it back."""
    query = select(Thanks).where(
        Thanks.from_id == actor.user_id,
        Thanks.source_kind == source_kind,
        Thanks.source_id == source_id,
        Thanks.withdrawn_at.is_(None),
    )
    found: Thanks | None = await session.scalar(query.limit(1))
    return found


async def _read(
    session: AsyncSession, which: ColumnElement[bool], most: int = A_PAGE
) -> Sequence[Note]:
    sender, receiver = aliased(User), aliased(User)
    query = (
        select(Thanks, sender.name, sender.slug, receiver.name)
        .join(sender, sender.id == Thanks.from_id)
        .join(receiver, receiver.id == Thanks.to_id)
        .where(which, Thanks.withdrawn_at.is_(None))
        .order_by(Thanks.id.desc())
        .limit(most + 1)
        .execution_options(populate_existing=True)
    )
    return [
        Note(
            id=thanks.id,
            sender=sender_name,
            sender_handle=handle,
            receiver=receiver_name,
            note=thanks.note,
            at=thanks.sent_at,
            is_public=thanks.is_public,
            is_shown=thanks.agreed_at is not None,
        )
        for thanks, sender_name, handle, receiver_name in await session.execute(query)
    ]
