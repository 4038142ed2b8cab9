"""What becomes of a promise changes the ask or the offer it was made for."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import record
from app.discussions.models import Thread
from app.groups.models import Topic
from app.networking.asks.events import AskChanged
from app.networking.asks.models import Ask, Helping, Offer
from app.networking.asks.moves import (
    Act,
    HelpState,
    OfferState,
    Part,
    ask_moved,
    help_moved,
    offer_moved,
)
from app.networking.asks.queries import find_detail


async def note_kept(session: AsyncSession, helping_id: int, at: datetime) -> None:
    """The promise that came of an answer was kept: an ask offers to say that it was met."""
    await _note(session, helping_id, Act.KEEP, at)


async def note_ended(session: AsyncSession, helping_id: int, at: datetime) -> None:
    """The promise came to nothing: an ask is open again, an offer has its place back."""
    await _note(session, helping_id, Act.END, at)


async def touched_by(session: AsyncSession, topic_id: int) -> frozenset[str]:
    """The tags of the pages that show an ask or an offer."""
    query = select(Thread.id, Thread.group_id).where(Thread.topic_id == topic_id)
    row = (await session.execute(query)).one_or_none()
    return frozenset({f"thread:{row[0]}", f"group:{row[1]}"}) if row else frozenset()


async def _note(session: AsyncSession, helping_id: int, act: Act, at: datetime) -> None:
    found = await session.get(Helping, helping_id)
    if found is None:
        return
    detail = await _locked_detail(session, found.topic_id)
    helping = await session.get_one(Helping, helping_id, populate_existing=True)
    after = help_moved(HelpState(helping.state), act, Part.PROMISE)
    if after is None or detail is None:
        # Told twice, or after its owner said so: it stays as it is.
        return
    helping.state, helping.answered_at = after, at
    await session.flush()
    if act == Act.KEEP:
        detail.kept += 1
    elif isinstance(detail, Offer):
        detail.taken = max(detail.taken - 1, 0)
        detail.state = offer_moved(OfferState(detail.state), Act.END, Part.PROMISE) or detail.state
    elif not await _is_promised(session, detail.topic_id):
        detail.state = ask_moved(detail.state_at(at), Act.LOSE_LAST, Part.PROMISE) or detail.state
    await session.flush()
    record(
        session,
        AskChanged(topic_id=detail.topic_id, touches=await touched_by(session, detail.topic_id)),
    )


async def _is_promised(session: AsyncSession, topic_id: int) -> bool:
    query = select(func.count()).where(
        Helping.topic_id == topic_id, Helping.state.in_((HelpState.PROMISED, HelpState.KEPT))
    )
    return bool(await session.scalar(query))


async def _locked_detail(session: AsyncSession, topic_id: int) -> Ask | Offer | None:
    topic = await session.get(Topic, topic_id)
    return await find_detail(session, topic, lock=True) if topic else None
