"""How conversations are read: by their parties alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.models import User
from app.core.errors import NotFound
from app.core.i18n import marked
from app.core.markup import SafeHtml
from app.moderation.kinds import ThingKind
from app.moderation.report_models import Report, ReportState
from app.networking.conversations.models import Conversation, Message, OwnerKind, Party

A_PAGE = 50


@dataclass(frozen=True)
class Said:
    """A message as a reader of the conversation sees it."""

    id: int
    # Empty for somebody whose account is erased.
    author: str
    is_mine: bool
    body_html: SafeHtml
    at: datetime
    # By whoever reads, and not answered yet.
    is_reported: bool


@dataclass(frozen=True)
class Partner:
    """Somebody who takes part, or did so before they left."""

    user_id: int
    name: str
    handle: str
    has_left: bool


def conversations_open_to(actor: Actor) -> ColumnElement[bool]:
    """Those the actor takes part in: of a message that is reported, moderators read that one alone, elsewhere."""
    taking_part = select(Party.user_id).where(
        Party.conversation_id == Conversation.id,
        Party.user_id == actor.user_id,
        Party.left_at.is_(None),
    )
    return taking_part.exists()


async def get_conversation(
    session: AsyncSession, actor: Actor, conversation_id: int, *, locked: bool = False
) -> Conversation:
    """One that is open to the actor. Raises NotFound, whether it is not there or not theirs."""
    query = select(Conversation).where(
        Conversation.id == conversation_id, conversations_open_to(actor)
    )
    query = query.execution_options(populate_existing=True)
    found: Conversation | None = await session.scalar(query.with_for_update() if locked else query)
    if found is None:
        raise NotFound(marked("There is no such conversation."))
    return found


async def find_conversation_of(
    session: AsyncSession, owner_kind: OwnerKind, owner_id: int
) -> Conversation | None:
    """The conversation about one thing, whoever asks."""
    query = select(Conversation).where(
        Conversation.owner_kind == owner_kind, Conversation.owner_id == owner_id
    )
    found: Conversation | None = await session.scalar(query)
    return found


async def takes_part(session: AsyncSession, conversation_id: int, user_id: int | None) -> bool:
    """Whether somebody is a party, and has not left."""
    party = await session.get(Party, (conversation_id, user_id)) if user_id else None
    return party is not None and party.left_at is None


async def conversations_of(
    session: AsyncSession,
    actor: Actor,
    *,
    before: tuple[datetime, int] | None = None,
    most: int = A_PAGE,
) -> Sequence[Conversation]:
    """Those that are open to the actor: in which something was written last, first."""
    key = tuple_(Conversation.moved_at, Conversation.id)
    query = select(Conversation).where(conversations_open_to(actor))
    if before is not None:
        query = query.where(key < before)
    order = (Conversation.moved_at.desc(), Conversation.id.desc())
    return (await session.scalars(query.order_by(*order).limit(most))).all()


async def partners_in(
    session: AsyncSession, actor: Actor, conversation_id: int
) -> Sequence[Partner]:
    """Who takes part, as far as the actor sees them, in the order in which they came."""
    return (await partners_of(session, actor, [conversation_id])).get(conversation_id, [])


async def partners_of(
    session: AsyncSession, actor: Actor, conversation_ids: Sequence[int]
) -> dict[int, list[Partner]]:
    """The same of several conversations; one query."""
    query = (
        select(Party.conversation_id, User.id, User.name, User.slug, Party.left_at)
        .join(Party, Party.user_id == User.id)
        .where(Party.conversation_id.in_(conversation_ids), seen_by(actor, User.id))
        .order_by(Party.joined_at, User.id)
    )
    found: dict[int, list[Partner]] = {}
    for one, user_id, name, handle, left_at in await session.execute(query):
        found.setdefault(one, []).append(Partner(user_id, name, handle, left_at is not None))
    return found


async def said_in(
    session: AsyncSession,
    actor: Actor,
    conversation_id: int,
    *,
    before: int | None = None,
    most: int = A_PAGE,
) -> Sequence[Said]:
    """The newest page of messages, or the one before a message, oldest first, and one more where there are more.

    What somebody writes whom the reader blocked, or who blocked the reader, is not there for them.
    """
    there = and_(Message.conversation_id == conversation_id, seen_by(actor, Message.author_id))
    if before is not None:
        there = and_(there, Message.id < before)
    query = (
        select(Message, User.name, _reported_by(actor))
        .outerjoin(User, User.id == Message.author_id)
        .where(there)
        .order_by(Message.id.desc())
        .limit(most + 1)
    )
    found = [
        Said(
            id=message.id,
            author=name or "",
            is_mine=message.author_id is not None and message.author_id == actor.user_id,
            body_html=message.body_html,
            at=message.at,
            is_reported=bool(is_reported),
        )
        for message, name, is_reported in await session.execute(query)
    ]
    return found[::-1]


def _reported_by(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        Report.kind == ThingKind.MESSAGE,
        Report.item_id == Message.id,
        Report.user_id == actor.user_id,
        Report.state == ReportState.OPEN,
    )


async def writers_in(session: AsyncSession, conversation_id: int) -> frozenset[int]:
    """Who has written anything so far."""
    query = select(Message.author_id).where(
        Message.conversation_id == conversation_id, Message.author_id.is_not(None)
    )
    return frozenset(await session.scalars(query.distinct()))


async def number_of_parties(session: AsyncSession, conversation_id: int) -> int:
    """How many take part and have not left."""
    query = select(func.count()).where(
        Party.conversation_id == conversation_id, Party.left_at.is_(None)
    )
    return await session.scalar(query) or 0


async def to_be_told(session: AsyncSession, message_id: int) -> Sequence[int]:
    """Whom a message is for: the other parties, but whoever blocked its author or was blocked by them."""
    message = await session.get(Message, message_id)
    if message is None or message.author_id is None:
        return ()
    query = select(Party.user_id).where(
        Party.conversation_id == message.conversation_id,
        Party.left_at.is_(None),
        Party.user_id != message.author_id,
        seen_by(Actor(user_id=message.author_id), Party.user_id),
    )
    return (await session.scalars(query.order_by(Party.user_id))).all()
