"""People who have helped each other for a long time: rows as their own packages leave them behind."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core import clock
from app.groups.models import Topic, TopicKind
from app.networking.asks.models import Ask, HelpKind
from app.networking.asks.moves import AskState
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import State as Met
from app.networking.promises.models import Promise, SourceKind
from app.networking.promises.moves import State
from app.networking.thanks.models import ThankedFor, Thanks
from tests.world import a_member

A_DAY = timedelta(days=1)


async def old_hands(session: AsyncSession, *names: str) -> list[User]:
    """Members who have been here for a year and more."""
    long_ago = clock.now() - 500 * A_DAY
    fields = {"created_at": long_ago, "email_confirmed_at": long_ago}
    return [await a_member(session, name, **fields) for name in names]


async def a_kept_promise(
    session: AsyncSession, by: User, to: User, *, days_ago: float = 10, **fields: Any
) -> Promise:
    """Agreed upon a week before it was done."""
    at = clock.now() - days_ago * A_DAY
    promise = Promise(**{
        "promiser_id": by.id, "promisee_id": to.id, "by_promiser": True, "text": "A list.",
        "due_on": at.date(), "zone": "UTC", "source_kind": SourceKind.ASK, "state": State.KEPT,
        "made_at": at - 8 * A_DAY, "accepted_at": at - 7 * A_DAY, "done_at": at, "ended_at": at,
    } | fields)  # fmt: skip
    session.add(promise)
    await session.flush()
    return promise


async def a_talk(session: AsyncSession, connector: User, one: User, other: User) -> Introduction:
    """Two people talked to each other because a third introduced them."""
    at = clock.now() - 20 * A_DAY
    talk = Introduction(
        requester_id=one.id, connector_id=connector.id, target_id=other.id, state=Met.TALKED,
        asked_at=at, introduced_at=at, ended_at=at, requester_talked=True,
    )  # fmt: skip
    session.add(talk)
    await session.flush()
    return talk


async def an_ask_met(
    session: AsyncSession, group_id: int, asker: User, by: User, *, days_ago: float = 10
) -> Ask:
    """Somebody asked, and says who met it."""
    at = clock.now() - days_ago * A_DAY
    number = await session.scalar(select(func.count()).select_from(Topic)) or 0
    topic = Topic(
        group_id=group_id, kind=TopicKind.ASK, user_id=asker.id, title="Eyes", slug="eyes",
        guid=f"ask-{number}", opening_id=1000 + number, created_at=at, last_said_at=at,
    )  # fmt: skip
    session.add(topic)
    await session.flush()
    ask = Ask(
        topic_id=topic.id, kind=HelpKind.REVIEW, needed_by=at.date(), expires_at=at,
        state=AskState.MET, ended_at=at, met_by=by.id,
    )  # fmt: skip
    session.add(ask)
    await session.flush()
    return ask


async def a_note(
    session: AsyncSession, sender: User, to: User, *, days_ago: float = 10, about: int = 1
) -> Thanks:
    """One thanks another."""
    note = Thanks(
        from_id=sender.id, to_id=to.id, source_kind=ThankedFor.PROMISE, source_id=about,
        sent_at=clock.now() - days_ago * A_DAY,
    )  # fmt: skip
    session.add(note)
    await session.flush()
    return note


async def a_helpful_year(session: AsyncSession, group_id: int, ada: User, *others: User) -> None:
    """Ada keeps five promises for four people, meets three asks, lets two pairs talk, and is thanked by four."""
    for other in (*others, others[0]):
        await a_kept_promise(session, ada, other)
    for other in others[:3]:
        await an_ask_met(session, group_id, other, ada)
    for one, other in (others[:2], others[2:4]):
        await a_talk(session, ada, one, other)
    for other in others:
        await a_note(session, other, ada)
