"""What somebody asked, offered, promised, wrote and thanked for, taken away: what they may know, and no more."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.models import User
from app.core import clock
from app.discussions.topics.reading import if_shown
from app.groups.models import Group, Topic
from app.networking.asks.models import Ask, Helping, Offer, Passing
from app.networking.connections.queries import known_by
from app.networking.conversations.models import Conversation, Message
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import MET, NOT_THIS_TIME, WAITS_FOR_A_YES, Part
from app.networking.introductions.queries import (
    choices_of,
    introductions_open_to,
    introductions_where,
    never_introduced_to,
)
from app.networking.promises.models import PromiseStep
from app.networking.promises.queries import promises_open_to, promises_where
from app.networking.thanks.models import Thanks

Rows: TypeAlias = list[dict[str, Any]]

# More than anybody has; what is taken away has no pages.
_ALL = 100_000


async def own_asks(session: AsyncSession, user_id: int, base_url: str) -> Rows:
    """What they asked, and how it went."""
    met_by = aliased(User)
    query = (
        select(Ask, Topic, if_shown(Actor(user_id), Group.slug), met_by.name)
        .join(Topic, Topic.id == Ask.topic_id)
        .join(Group, Group.id == Topic.group_id)
        .outerjoin(met_by, met_by.id == Ask.met_by)
        .where(Topic.user_id == user_id)
        .order_by(Topic.id)
    )
    at = clock.now()
    return [
        {
            "title": topic.title, "tags": topic.tags, "kind": ask.kind,
            "needed_by": ask.needed_by, "is_commercial": ask.is_commercial,
            "state": ask.state_at(at), "asked_at": topic.created_at, "ended_at": ask.ended_at,
            "outcome": ask.outcome, "met_by": name or "",
            "address": _address(base_url, slug, topic),
        }
        for ask, topic, slug, name in await session.execute(query)
    ]  # fmt: skip


async def own_offers(session: AsyncSession, user_id: int, base_url: str) -> Rows:
    """What they offered, and how often it was had."""
    query = (
        select(Offer, Topic, if_shown(Actor(user_id), Group.slug))
        .join(Topic, Topic.id == Offer.topic_id)
        .join(Group, Group.id == Topic.group_id)
        .where(Topic.user_id == user_id)
        .order_by(Topic.id)
    )
    at = clock.now()
    return [
        {
            "title": topic.title, "tags": topic.tags, "kind": offer.kind, "times": offer.times,
            "taken": offer.taken, "valid_until": offer.valid_until,
            "is_commercial": offer.is_commercial, "state": offer.state_at(at),
            "offered_at": topic.created_at, "ended_at": offer.ended_at, "outcome": offer.outcome,
            "address": _address(base_url, slug, topic),
        }
        for offer, topic, slug in await session.execute(query)
    ]  # fmt: skip


async def own_answers(session: AsyncSession, user_id: int) -> Rows:
    """What they answered to asks and offers, and whom they told of some."""
    title = if_shown(Actor(user_id), Topic.title)
    answers = select(Helping, title).join(Topic, Topic.id == Helping.topic_id)
    answers = answers.join(Group, Group.id == Topic.group_id)
    answers = answers.where(Helping.user_id == user_id).order_by(Helping.id)
    told = (
        select(title, User.name, Passing.at)
        .join(Topic, Topic.id == Passing.topic_id)
        .join(Group, Group.id == Topic.group_id)
        .join(User, User.id == Passing.to_id)
        .where(Passing.from_id == user_id)
        .order_by(Passing.at)
    )
    return [
        {
            "about": about, "way": one.way, "words": one.words, "due_on": one.due_on,
            "state": one.state, "made_at": one.made_at,
        }
        for one, about in await session.execute(answers)
    ] + [
        {"about": about, "way": "passed on", "to": name, "made_at": at}
        for about, name, at in await session.execute(told)
    ]  # fmt: skip


async def own_promises(session: AsyncSession, user_id: int) -> Rows:
    """What they promised and were promised, with all that was done about it."""
    condition, at = promises_open_to(Actor(user_id=user_id)), clock.now()
    found = await promises_where(session, condition, most=_ALL)
    steps = await _steps(session, [one.promise.id for one in found])
    return [
        {
            "promised_by": one.promiser, "promised_to": one.promisee, "text": one.promise.text,
            "due_on": one.promise.due_on, "came_of": one.promise.source_kind,
            "state": one.promise.state_at(at), "made_at": one.promise.made_at,
            "accepted_at": one.promise.accepted_at, "done_at": one.promise.done_at,
            "ended_at": one.promise.ended_at, "history": steps.get(one.promise.id, []),
        }
        for one in reversed(found)
    ]  # fmt: skip


async def own_introductions(session: AsyncSession, user_id: int) -> Rows:
    """Introductions that they are one of the three of; with their own words, and as much as their pages tell."""
    condition = introductions_open_to(Actor(user_id=user_id))
    found = await introductions_where(session, condition, most=_ALL)
    return [
        {
            "asked_by": one.requester.name, "through": one.connector.name,
            "to": one.target.name or one.introduction.target_name,
            "state": _told(one.introduction, user_id), "asked_at": one.introduction.asked_at,
            "introduced_at": one.introduction.introduced_at,
        } | _words_of(one.introduction, user_id)
        for one in reversed(found)
    ]  # fmt: skip


async def own_choices(session: AsyncSession, user_id: int) -> Rows:
    """What they chose about introductions."""
    chosen = await choices_of(session, user_id)
    never = await never_introduced_to(session, Actor(user_id=user_id))
    return [{"a_month": chosen.a_month, "never_to": [one.name for one in never]}]


async def own_connections(session: AsyncSession, user_id: int) -> Rows:
    """Whom they know here, by the word of both."""
    known = await known_by(session, Actor(user_id=user_id), most=_ALL)
    return [
        {
            "name": one.name,
            "handle": one.handle,
            "since": one.since,
            "may_be_told": one.allows_paths,
        }
        for one in known
    ]


async def own_messages(session: AsyncSession, user_id: int) -> Rows:
    """What they wrote in conversations."""
    query = (
        select(Message.body_source, Message.at, Conversation.owner_kind)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.author_id == user_id)
        .order_by(Message.id)
    )
    return [
        {"about": kind, "text": text, "at": at} for text, at, kind in await session.execute(query)
    ]


async def own_thanks(session: AsyncSession, user_id: int) -> Rows:
    """The notes they sent, and those they got."""
    sender, receiver = aliased(User), aliased(User)
    got = and_(Thanks.to_id == user_id, seen_by(Actor(user_id=user_id), Thanks.from_id))
    query = (
        select(Thanks, sender.name, receiver.name)
        .join(sender, sender.id == Thanks.from_id)
        .join(receiver, receiver.id == Thanks.to_id)
        .where(or_(Thanks.from_id == user_id, got), Thanks.withdrawn_at.is_(None))
        .order_by(Thanks.id)
    )
    return [
        {
            "from": by, "to": to, "for": thanks.source_kind, "note": thanks.note,
            "sent_at": thanks.sent_at, "sender_lets_others_read": thanks.is_public,
        }
        for thanks, by, to in await session.execute(query)
    ]  # fmt: skip


async def _steps(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, Rows]:
    found: dict[int, Rows] = {}
    for start in range(0, len(ids), 5_000):
        some = ids[start : start + 5_000]
        query = select(PromiseStep).where(PromiseStep.promise_id.in_(some))
        for step in await session.scalars(query.order_by(PromiseStep.id)):
            told = {"at": step.at, "by": step.part, "act": step.act, "note": step.note}
            found.setdefault(step.promise_id, []).append(told)
    return found


def _told(introduction: Introduction, user_id: int) -> str:
    """As its pages put it: who has said yes already, or said no, is told to nobody."""
    part = introduction.part_of(user_id) or Part.REQUESTER
    state = introduction.seen_at(clock.now(), part)
    if state in WAITS_FOR_A_YES:
        return "waiting"
    return "not this time" if state in NOT_THIS_TIME else state


def _words_of(introduction: Introduction, user_id: int) -> dict[str, Any]:
    part, met = introduction.part_of(user_id), introduction.state in MET
    if part == Part.CONNECTOR:
        return {"note": introduction.note, "note_to_first": introduction.note_to_first}
    if part == Part.TARGET:
        said = {"word_to_connector": introduction.word_to_connector}
        return said | ({"talked": introduction.target_talked} if met else {})
    said = {
        "about_me": introduction.about_me, "why": introduction.why,
        "what_i_ask": introduction.what_i_ask, "what_i_give": introduction.what_i_give,
    }  # fmt: skip
    return said | ({"talked": introduction.requester_talked} if met else {})


def _address(base_url: str, slug: str, topic: Topic) -> str:
    """Where it stands, for who may still read there."""
    return f"{base_url}/groups/{slug}/d/{topic.id}-{topic.slug}/" if slug else ""
