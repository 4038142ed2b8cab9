"""What is left of asks and offers when somebody's account is erased."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.events import MemberErased
from app.core import clock
from app.core.events import record
from app.groups.models import Topic
from app.networking.asks.events import AskChanged
from app.networking.asks.following import note_ended, touched_by
from app.networking.asks.models import Ask, Helping, Offer, Passing
from app.networking.asks.moves import ASKS_LISTED, OFFERS_LISTED, AskState, HelpState, OfferState

Detail = TypeVar("Detail", Ask, Offer)


async def forget_member_asks(session: AsyncSession, event: MemberErased) -> None:
    """The same, once somebody's account is no more."""
    await forget_asks_of(session, event.user_id)


async def forget_asks_of(session: AsyncSession, user_id: int) -> None:
    """What they asked and offered is over, what they promised came to nothing, and nobody reads whom they met."""
    await _end_what_they_began(session, user_id)
    promised = select(Helping.id).where(
        Helping.user_id == user_id, Helping.state == HelpState.PROMISED
    )
    for helping_id in (await session.scalars(promised.order_by(Helping.topic_id))).all():
        await note_ended(session, helping_id, clock.now())
    await session.execute(delete(Helping).where(Helping.user_id == user_id))
    told = or_(Passing.from_id == user_id, Passing.to_id == user_id)
    await session.execute(delete(Passing).where(told))
    await session.execute(update(Ask).where(Ask.met_by == user_id).values(met_by=None))
    await session.flush()


async def _end_what_they_began(session: AsyncSession, user_id: int) -> None:
    asks: Sequence[Ask | Offer] = await _locked(session, Ask, user_id)
    offers: Sequence[Ask | Offer] = await _locked(session, Offer, user_id)
    at = clock.now()
    for detail in (*asks, *offers):
        _end(detail)
        detail.outcome, detail.ended_at = "", detail.ended_at or at
        touches = await touched_by(session, detail.topic_id)
        record(session, AskChanged(topic_id=detail.topic_id, touches=touches))
    await session.flush()


async def _locked(session: AsyncSession, model: type[Detail], user_id: int) -> Sequence[Detail]:
    query = (
        select(model)
        .join(Topic, Topic.id == model.topic_id)
        .where(Topic.user_id == user_id)
        .order_by(model.topic_id)
        .with_for_update(of=model)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all()


def _end(detail: Ask | Offer) -> None:
    if isinstance(detail, Ask) and detail.state in ASKS_LISTED:
        detail.state = AskState.WITHDRAWN
    elif isinstance(detail, Offer) and detail.state in OFFERS_LISTED:
        detail.state = OfferState.CLOSED
