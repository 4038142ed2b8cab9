"""What somebody may hear just now: asked when a stream begins, and again as long as it lasts."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR, Actor
from app.accounts.blocks import hidden_from
from app.accounts.sessions import find_actor
from app.core.errors import NotFound
from app.discussions.topics.listening import said_in, thread_to_hear
from app.web.live.stream import Heard, Listener


async def hear(session: AsyncSession, actor: Actor, topic_id: int | None) -> Heard:
    """What there is for an actor, of a topic or of their inbox alone. Raises NotFound."""
    own = Heard(user_id=actor.user_id or 0, unread=actor.unread)
    if topic_id is None:
        return own
    thread_id = await thread_to_hear(session, actor, topic_id)
    hidden = tuple(await hidden_from(session, actor))
    said = await said_in(session, thread_id, hidden)
    return own._replace(thread_id=thread_id, said=said, hidden=hidden)


async def hear_again(session: AsyncSession, listener: Listener) -> Heard | None:
    """The same for who listens already; None when their session, or what lets them read, has ended."""
    actor = await find_actor(session, listener.token) if listener.token else VISITOR
    if actor is None:
        return None
    try:
        return await hear(session, actor, listener.topic_id)
    except NotFound:
        return None
