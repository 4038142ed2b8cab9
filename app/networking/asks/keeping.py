"""What the clock does to asks and offers: writes down what has run out, and asks whether it is still needed."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.holding import hold_people
from app.core.events import record
from app.discussions.models import Thread
from app.groups.models import Topic
from app.networking.asks.events import AskChanged, AskExpired
from app.networking.asks.models import Ask, Offer
from app.networking.asks.moves import AskState, OfferState

_AT_ONCE = 200
_LIVE_OFFERS = (OfferState.OPEN, OfferState.FULL)


async def is_anything_over(session: AsyncSession, at: datetime) -> bool:
    """Whether something has run out that says otherwise."""
    query = select(or_(exists().where(_asks_over(at)), exists().where(_offers_over(at))))
    return bool(await session.scalar(query))


async def expire_what_is_over(session: AsyncSession, at: datetime) -> int:
    """Write down what has run out, the longest first; how much it was. A second run finds nothing."""
    asks = await _expire_asks(session, at)
    offers = await _expire_offers(session, at)
    await session.flush()
    return asks + offers


async def _expire_asks(session: AsyncSession, at: datetime) -> int:
    owners = select(Topic.user_id).join(Ask, Ask.topic_id == Topic.id).where(_asks_over(at))
    first = owners.order_by(Ask.expires_at, Ask.topic_id).limit(_AT_ONCE)
    await hold_people(session, *await session.scalars(first))
    query = (
        select(Ask, Topic.user_id, Topic.group_id, Thread.id)
        .join(Topic, Topic.id == Ask.topic_id)
        .join(Thread, Thread.topic_id == Topic.id)
        .where(_asks_over(at))
        .order_by(Ask.expires_at, Ask.topic_id)
        .limit(_AT_ONCE)
        .with_for_update(of=Ask, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = (await session.execute(query)).all()
    for ask, user_id, group_id, thread_id in rows:
        ask.state, ask.ended_at = AskState.EXPIRED, ask.expires_at
        touches = frozenset({f"thread:{thread_id}", f"group:{group_id}"})
        happened = AskExpired(
            topic_id=ask.topic_id, owner_id=user_id or 0, may_extend=not ask.is_extended,
            touches=touches,
        )  # fmt: skip
        record(session, happened)
    return len(rows)


async def _expire_offers(session: AsyncSession, at: datetime) -> int:
    query = (
        select(Offer, Topic.group_id, Thread.id)
        .join(Topic, Topic.id == Offer.topic_id)
        .join(Thread, Thread.topic_id == Topic.id)
        .where(_offers_over(at))
        .order_by(Offer.expires_at, Offer.topic_id)
        .limit(_AT_ONCE)
        .with_for_update(of=Offer, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = (await session.execute(query)).all()
    for offer, group_id, thread_id in rows:
        offer.state, offer.ended_at = OfferState.EXPIRED, offer.expires_at
        touches = frozenset({f"thread:{thread_id}", f"group:{group_id}"})
        record(session, AskChanged(topic_id=offer.topic_id, touches=touches))
    return len(rows)


def _asks_over(at: datetime) -> ColumnElement[bool]:
    return and_(Ask.state == AskState.OPEN, Ask.expires_at <= at)


def _offers_over(at: datetime) -> ColumnElement[bool]:
    return and_(Offer.state.in_(_LIVE_OFFERS), Offer.expires_at <= at)
