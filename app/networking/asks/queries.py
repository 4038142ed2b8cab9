"""How asks and offers are read. Who may see one is decided by its topic, in every query."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.holding import hold_people
from app.accounts.models import User
from app.core.errors import NotFound, SignInNeeded
from app.core.i18n import _
from app.discussions.models import Thread
from app.discussions.topics.reading import topics_visible_to
from app.groups.models import Group, Membership, Topic, TopicKind
from app.groups.queries import Standing
from app.networking.asks.models import Ask, Helping, HelpWay, Offer
from app.networking.asks.moves import AskState, HelpState, OfferState
from app.networking.promises.dates import today_in
from app.networking.promises.models import Promise, SourceKind
from app.networking.promises.moves import State as PromiseState


def asks_live(at: datetime) -> ColumnElement[bool]:
    """Asks on the board: what has run out is not, whether or not that is written down yet."""
    return or_(Ask.state == AskState.IN_HAND, and_(Ask.state == AskState.OPEN, Ask.expires_at > at))


def offers_live(at: datetime) -> ColumnElement[bool]:
    """The same of offers."""
    return and_(Offer.state.in_((OfferState.OPEN, OfferState.FULL)), Offer.expires_at > at)


@dataclass(frozen=True, slots=True)
class Matter:
    """An ask or an offer where it stands, and what whoever looks at it is there."""

    here: Standing
    topic: Topic
    detail: Ask | Offer
    thread_id: int

    @property
    def touches(self) -> frozenset[str]:
        """The pages that show it."""
        return frozenset({f"thread:{self.thread_id}", f"group:{self.topic.group_id}"})


async def get_matter(
    session: AsyncSession, actor: Actor, slug: str, topic_id: int, *, lock: bool = False
) -> Matter:
    """An ask or an offer of a group that the actor may see; with `lock`, its row locked. Raises NotFound."""
    mine = and_(Membership.group_id == Group.id, Membership.user_id == actor.user_id)
    query = (
        select(Group, Membership, Topic, Thread.id)
        .join(Topic, Topic.group_id == Group.id)
        .join(Thread, Thread.topic_id == Topic.id)
        .outerjoin(Membership, mine)
        .where(
            Group.slug == slug,
            Topic.id == topic_id,
            Topic.kind.in_((TopicKind.ASK, TopicKind.OFFER)),
            Topic.moved_to.is_(None),
            topics_visible_to(actor),
        )
    )
    row = (await session.execute(query)).one_or_none()
    if lock and row:
        await hold_acting(session, actor, row[2].user_id)
    detail = await find_detail(session, row[2], lock=lock) if row else None
    if row is None or detail is None:
        raise NotFound(_("There is no such ask or offer."))
    group, membership, topic, thread_id = row
    return Matter(Standing(group, membership), topic, detail, thread_id)


async def hold_acting(session: AsyncSession, actor: Actor, *others: int | None) -> None:
    """Whoever acts and whom it concerns, before anything is locked. Raises SignInNeeded for who is erased just now."""
    there = await hold_people(session, actor.user_id, *others)
    if actor.user_id is not None and actor.user_id not in there:
        raise SignInNeeded(_("Sign in to take part."))


async def find_detail(
    session: AsyncSession, topic: Topic, *, lock: bool = False
) -> Ask | Offer | None:
    """What a topic asks or offers; None for a discussion. Whoever calls has found the topic."""
    model: type[Ask | Offer] = Ask if topic.kind == TopicKind.ASK else Offer
    if topic.kind == TopicKind.DISCUSSION:
        return None
    return await session.get(model, topic.id, with_for_update=lock or None, populate_existing=lock)


async def find_asked(
    session: AsyncSession, actor: Actor, topic_id: int
) -> tuple[int | None, str] | None:
    """Who asked, and for what; None where the actor may not see it, or nothing is asked there."""
    query = (
        select(Topic.user_id, Topic.title)
        .join(Group, Group.id == Topic.group_id)
        .where(Topic.id == topic_id, Topic.kind == TopicKind.ASK, topics_visible_to(actor))
    )
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1]) if row else None


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """What a member answered, for its owner or for that member."""

    id: int
    user_id: int
    name: str
    slug: str
    way: HelpWay
    words: str
    due_on: date
    state: HelpState


async def answers_to(
    session: AsyncSession, actor: Actor, topic: Topic, *, only: int | None = None
) -> list[AnswerGiven]:
    """The answers to an ask or an offer that are the actor's to see: all of them to its owner, else their own.

    The first hundred; or the one with the number `only`.
    """
    if actor.user_id is None:
        return []
    theirs: Any = Helping.topic_id == topic.id
    if topic.user_id != actor.user_id:
        theirs = and_(theirs, Helping.user_id == actor.user_id)
    if only is not None:
        theirs = and_(theirs, Helping.id == only)
    query = (
        select(
            Helping.id, Helping.user_id, User.name, User.slug, Helping.way, Helping.words,
            Helping.due_on, Helping.state,
        )
        .join(User, User.id == Helping.user_id)
        .where(theirs, seen_by(actor, Helping.user_id))
        .order_by(Helping.made_at, Helping.id)
        .limit(100)
    )  # fmt: skip
    return [
        AnswerGiven(*row[:4], HelpWay(row[4]), *row[5:7], HelpState(row[7]))
        for row in await session.execute(query)
    ]


async def get_helping(
    session: AsyncSession, actor: Actor, topic_id: int, helping_id: int
) -> Helping:
    """An answer to something, for either of the two. Whoever calls has locked what it answers.

    Raises NotFound, SignInNeeded.
    """
    if actor.user_id is None:
        raise SignInNeeded(_("Sign in to decide about this."))
    query = (
        select(Helping)
        .join(Topic, Topic.id == Helping.topic_id)
        .where(
            Helping.id == helping_id,
            Helping.topic_id == topic_id,
            or_(Helping.user_id == actor.user_id, Topic.user_id == actor.user_id),
            seen_by(actor, Helping.user_id),
        )
        .execution_options(populate_existing=True)
    )
    helping = await session.scalar(query)
    if helping is None:
        raise NotFound(_("There is no such answer."))
    return helping


async def next_free_on(session: AsyncSession, offer: Offer, at: datetime) -> date | None:
    """When a full offer may have room again: when it is known whether the next promise is kept; None if all are.

    That is the day it is due on; or, if that is over, the day it lapses.
    """
    query = (
        select(Promise.due_on, Promise.runs_out_at, Promise.zone)
        .join(Helping, Helping.id == Promise.source_id)
        .where(
            Promise.source_kind == SourceKind.OFFER,
            Helping.topic_id == offer.topic_id,
            Promise.state == PromiseState.OPEN,
            Promise.runs_out_at > at,
        )
    )
    days = [
        due_on if due_on >= today_in(zone, at) else today_in(zone, lapses_at or at)
        for due_on, lapses_at, zone in await session.execute(query)
    ]
    return min(days, default=None)
