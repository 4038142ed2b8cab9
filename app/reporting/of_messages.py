"""One message of a conversation, reported by somebody who takes part: it, and nothing around it, is read."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.models import User
from app.core.i18n import _
from app.moderation.kinds import ThingKind
from app.networking.conversations.models import Conversation, Message, Party
from app.networking.conversations.queries import conversations_open_to
from app.reporting.things import Source, Thing


async def _find(session: AsyncSession, actor: Actor, message_id: int) -> Thing | None:
    query = (
        select(Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Message.id == message_id,
            conversations_open_to(actor),
            seen_by(actor, Message.author_id),
        )
    )
    if await session.scalar(query) is None:
        return None
    return (await _read(session, [message_id])).get(message_id)


async def _read(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, Thing]:
    query = (
        select(Message, User.name)
        .outerjoin(User, User.id == Message.author_id)
        .where(Message.id.in_(ids))
    )
    rows = (await session.execute(query)).all()
    conversations = [message.conversation_id for message, _name in rows]
    parties: dict[int, set[int]] = {one: set() for one in conversations}
    taking_part = select(Party.conversation_id, Party.user_id).where(
        Party.conversation_id.in_(conversations)
    )
    for conversation_id, user_id in await session.execute(taking_part):
        parties[conversation_id].add(user_id)
    return {
        message.id: _thing(message, name or _("Former member"), parties[message.conversation_id])
        for message, name in rows
    }


def _thing(message: Message, name: str, parties: set[int]) -> Thing:
    return Thing(
        kind=ThingKind.MESSAGE,
        id=message.id,
        name=name,
        path=f"/conversations/{message.conversation_id}/#message-{message.id}",
        people=frozenset(parties),
        html=message.body_html,
        is_private=True,
        owner_id=message.author_id,
    )


MESSAGES = Source(Message, _find, _read)
