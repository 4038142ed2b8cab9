"""What is done in conversations: opened about something, written in, left, closed, forgotten."""

from collections.abc import Collection
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid, TooMany
from app.core.events import record
from app.core.i18n import _
from app.core.limits import Limit, take
from app.core.markup import markdown_comment
from app.core.text import clean_text
from app.networking.conversations.events import (
    ConversationClosed,
    MessageWritten,
)
from app.networking.conversations.models import (
    LONGEST_MESSAGE,
    Conversation,
    Message,
    OwnerKind,
    Party,
)
from app.networking.conversations.policy import may_have_conversations, may_write
from app.networking.conversations.queries import (
    find_conversation_of,
    get_conversation,
    number_of_parties,
    takes_part,
)

# Of one person, in all conversations together.
LIMITS = (
    Limit(1, timedelta(seconds=3)),
    Limit(20, timedelta(minutes=10)),
    Limit(200, timedelta(days=1)),
)
# Closed conversations are kept so long; one in which nobody writes is closed after as long.
KEPT = timedelta(days=365)


async def open_conversation(
    session: AsyncSession, owner_kind: OwnerKind, owner_id: int, party_ids: Collection[int]
) -> Conversation:
    """Let these people write to each other about one thing; there is one conversation about each."""
    found = await find_conversation_of(session, owner_kind, owner_id)
    if found is not None:
        return found
    at = clock.now()
    conversation = Conversation(owner_kind=owner_kind, owner_id=owner_id, opened_at=at, moved_at=at)
    session.add(conversation)
    await session.flush()
    for user_id in party_ids:
        session.add(Party(conversation_id=conversation.id, user_id=user_id, joined_at=at))
    await session.flush()
    return conversation


async def write(session: AsyncSession, actor: Actor, conversation_id: int, text: str) -> Message:
    """Say something to the other parties. Raises NotFound, Forbidden, Invalid, TooMany.

    It does not go past the filters of public comments: who may write is known, and so is to whom.
    """
    require(may_have_conversations(actor))
    conversation = await get_conversation(session, actor, conversation_id, locked=True)
    is_party = await takes_part(session, conversation_id, actor.user_id)
    require(may_write(actor, conversation, is_party=is_party))
    words = cleaned(text)
    at = clock.now()
    wait = await take(session, f"message:user:{actor.user_id}", LIMITS, at)
    if wait is not None:
        seconds = max(1, ceil(wait.total_seconds()))
        sentence = _("That was very quick. Please wait a little, then send it again.")
        raise TooMany(sentence, headers={"Retry-After": str(seconds)})
    message = Message(
        conversation_id=conversation_id,
        author_id=actor.user_id,
        body_source=words,
        body_html=markdown_comment(words),
        at=at,
    )
    session.add(message)
    conversation.moved_at = at
    await session.flush()
    record(session, _written(message, conversation))
    return message


async def leave(session: AsyncSession, actor: Actor, conversation_id: int) -> None:
    """Take no part any more; where only one is left, it is closed. Raises NotFound."""
    conversation = await get_conversation(session, actor, conversation_id, locked=True)
    if await takes_part(session, conversation_id, actor.user_id):
        await let_go(session, conversation, actor.user_id or 0)


async def let_go(session: AsyncSession, conversation: Conversation, user_id: int) -> None:
    """Somebody's part has come to its end, by their own wish or because it was meant to."""
    party = await session.get(Party, (conversation.id, user_id))
    if party is None or party.left_at is not None:
        return
    party.left_at = clock.now()
    await session.flush()
    if await number_of_parties(session, conversation.id) < 2:
        await _close(session, conversation, clock.now())


async def close(session: AsyncSession, actor: Actor, conversation_id: int) -> None:
    """Let it be over: nobody writes there any more, all can read it. Raises NotFound."""
    conversation = await get_conversation(session, actor, conversation_id, locked=True)
    if await takes_part(session, conversation_id, actor.user_id):
        await _close(session, conversation, clock.now())


async def tidy_conversations(session: AsyncSession, at: datetime) -> None:
    """Close those in which nobody has written for a year, and delete those closed a year ago."""
    silent = (Conversation.closed_at.is_(None)) & (Conversation.moved_at < at - KEPT)
    await session.execute(update(Conversation).where(silent).values(closed_at=at))
    over = select(Conversation.id).where(Conversation.closed_at < at - KEPT)
    await session.execute(delete(Message).where(Message.conversation_id.in_(over)))
    await session.execute(delete(Party).where(Party.conversation_id.in_(over)))
    await session.execute(delete(Conversation).where(Conversation.closed_at < at - KEPT))


async def forget_conversations_of(session: AsyncSession, user_id: int) -> None:
    """Somebody's account is erased: their messages go, they leave, and where one is left it is closed."""
    theirs = select(Party.conversation_id).where(Party.user_id == user_id)
    query = select(Conversation).where(Conversation.id.in_(theirs)).order_by(Conversation.id)
    conversations = (await session.scalars(query.with_for_update())).all()
    await session.execute(delete(Message).where(Message.author_id == user_id))
    for conversation in conversations:
        await let_go(session, conversation, user_id)
    await session.execute(delete(Party).where(Party.user_id == user_id))


def cleaned(text: str) -> str:
    """A message as it is kept: NFC, no control characters, no blank ends. Raises Invalid."""
    words = clean_text(text).replace("\r\n", "\n").strip()
    if not words:
        raise Invalid(fields={"text": _("Please fill this in.")})
    if len(words) > LONGEST_MESSAGE:
        says = _("At most %(number)s characters, please.") % {"number": LONGEST_MESSAGE}
        raise Invalid(fields={"text": says})
    return words


async def _close(session: AsyncSession, conversation: Conversation, at: datetime) -> None:
    if conversation.closed_at is None:
        conversation.closed_at = at
        record(session, ConversationClosed(conversation_id=conversation.id))
        await session.flush()


def _written(message: Message, conversation: Conversation) -> MessageWritten:
    return MessageWritten(
        message_id=message.id,
        conversation_id=conversation.id,
        author_id=message.author_id or 0,
        owner_kind=conversation.owner_kind,
        owner_id=conversation.owner_id,
    )
