"""What members are told of introductions, of whom they know, of messages and of thanks; and nobody else is."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.errors import NotFound
from app.networking.connections.events import ConnectionProposed
from app.networking.connections.models import Connection
from app.networking.conversations.events import MessageWritten
from app.networking.conversations.queries import to_be_told
from app.networking.introductions.events import (
    IntroductionAsked,
    IntroductionOffered,
    IntroductionPassedOn,
    NotThisTime,
    PeopleIntroduced,
    TalkAskedAbout,
)
from app.networking.introductions.models import Introduction
from app.networking.introductions.queries import get_introduction
from app.networking.thanks.events import ThanksSent
from app.networking.thanks.models import Thanks
from app.notifications.notices.kinds import (
    CONNECTION_PROPOSED,
    CONNECTION_SUGGESTED,
    DID_YOU_TALK,
    INTRODUCED,
    INTRODUCTION_ASKED,
    INTRODUCTION_PASSED_ON,
    MESSAGE,
    NOT_THIS_TIME,
    THANKED,
    Kind,
)
from app.notifications.notices.telling import News, tell, tell_all


async def tell_connector(session: AsyncSession, event: IntroductionAsked) -> None:
    """The connector is asked for an introduction."""
    row = await _seen_by(session, event.introduction_id, event.user_id)
    if row is not None:
        await tell(session, event.user_id, _news(row, INTRODUCTION_ASKED, by=row.requester_id))


async def tell_asked(
    session: AsyncSession, event: IntroductionPassedOn | IntroductionOffered
) -> None:
    """Somebody is asked whether they want to be introduced; by the connector, whoever began it."""
    row = await _seen_by(session, event.introduction_id, event.user_id)
    if row is not None:
        await tell(session, event.user_id, _news(row, INTRODUCTION_PASSED_ON, by=row.connector_id))


async def tell_introduced(session: AsyncSession, event: PeopleIntroduced) -> None:
    """Both have said yes; each is told of the other."""
    row = await session.get_one(Introduction, event.introduction_id)
    for user_id, other in ((row.requester_id, row.target_id), (row.target_id, row.requester_id)):
        if user_id is not None and other is not None:
            facts = {"other": await _name_of(session, other)}
            await tell(session, user_id, _news(row, INTRODUCED, facts=facts))


async def tell_not_this_time(session: AsyncSession, event: NotThisTime) -> None:
    """The same words, whoever said no, or nobody said anything."""
    row = await session.get_one(Introduction, event.introduction_id)
    await tell(session, event.user_id, _news(row, NOT_THIS_TIME))


async def ask_whether_they_talked(session: AsyncSession, event: TalkAskedAbout) -> None:
    """Did you talk? Asked once, with the other reminders of the day."""
    row = await _seen_by(session, event.introduction_id, event.user_id)
    other = row.target_id if row is not None and row.requester_id == event.user_id else None
    other = other or (row.requester_id if row is not None else None)
    if row is not None and other is not None and other != event.user_id:
        facts = {"other": await _name_of(session, other)}
        await tell(session, event.user_id, _news(row, DID_YOU_TALK, facts=facts))


async def ask_whether_they_know(session: AsyncSession, event: ConnectionProposed) -> None:
    """Somebody says that they know each other, or did something with them."""
    connection = await session.get_one(Connection, event.connection_id)
    other = connection.other_than(event.user_id)
    has_said_so = connection.sides_of(event.user_id).theirs
    news = News(
        kind=CONNECTION_PROPOSED if has_said_so else CONNECTION_SUGGESTED,
        once=f"connection:{connection.id} proposed:{connection.proposed_at.isoformat()}",
        about=f"connection:{connection.id}",
        path="/intros/known/",
        by=other,
    )
    await tell(session, event.user_id, news)


async def tell_of_message(session: AsyncSession, event: MessageWritten) -> None:
    """The other parties, but whoever does not want to see its author."""
    news = News(
        kind=MESSAGE,
        once=f"message:{event.message_id}",
        about=f"conversation:{event.conversation_id}",
        path=f"/conversations/{event.conversation_id}/#message-{event.message_id}",
        by=event.author_id,
        thread=f"conversation:{event.conversation_id}",
    )
    await tell_all(session, await to_be_told(session, event.message_id), news)


async def tell_thanked(session: AsyncSession, event: ThanksSent) -> None:
    """Somebody was thanked."""
    thanks = await session.get_one(Thanks, event.thanks_id)
    news = News(
        kind=THANKED,
        once=f"thanks:{thanks.id}",
        about=f"thanks:{thanks.id}",
        path="/intros/thanks/",
        by=thanks.from_id,
    )
    await tell(session, event.user_id, news)


def _news(
    row: Introduction, kind: Kind, *, by: int | None = None, facts: Mapping[str, str] | None = None
) -> News:
    return News(
        kind=kind,
        once=f"introduction:{row.id} {kind.name}",
        about=f"introduction:{row.id}",
        path=f"/intros/{row.id}/",
        by=by,
        facts=facts or {},
    )


async def _seen_by(
    session: AsyncSession, introduction_id: int, user_id: int
) -> Introduction | None:
    """The introduction, if they may know of it: whoever blocked one of the others may not."""
    try:
        found = await get_introduction(session, Actor(user_id=user_id), introduction_id)
    except NotFound:
        return None
    return found.introduction


async def _name_of(session: AsyncSession, user_id: int) -> str:
    return await session.scalar(select(User.name).where(User.id == user_id)) or ""
