"""An answer that was agreed to is a promise; what becomes of that becomes of the answer."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.groups.models import Topic, TopicKind
from app.networking.asks.events import HelpAgreed
from app.networking.asks.following import note_ended, note_kept
from app.networking.asks.models import Helping
from app.networking.promises.agreed import agree
from app.networking.promises.events import PromiseChanged
from app.networking.promises.models import Promise, SourceKind
from app.networking.promises.moves import ENDED, State

_SOURCES = {TopicKind.ASK: SourceKind.ASK, TopicKind.OFFER: SourceKind.OFFER}


async def promise_help(session: AsyncSession, event: HelpAgreed) -> None:
    """For an ask, whoever answered promises; for an offer, whoever made it does."""
    helping = await session.get_one(Helping, event.helping_id)
    topic = await session.get_one(Topic, event.topic_id)
    kind = TopicKind(topic.kind)
    sides = (event.helper_id, event.owner_id)
    promiser, promisee = sides if kind == TopicKind.ASK else sides[::-1]
    text, source = helping.words or topic.title, (_SOURCES[kind], helping.id)
    await agree(session, promiser, promisee, text, helping.due_on, source)


async def follow_promise(session: AsyncSession, event: PromiseChanged) -> None:
    """It was kept, or came to nothing: the ask or offer it was made for knows."""
    if State(event.state) not in ENDED:
        return
    query = select(Promise.source_id).where(
        Promise.id == event.promise_id, Promise.source_kind.in_(_SOURCES.values())
    )
    helping_id = await session.scalar(query)
    if helping_id is None:
        return
    note = note_kept if event.state == State.KEPT else note_ended
    await note(session, helping_id, clock.now())
