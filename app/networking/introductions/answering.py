"""Answers: passed on or not, accepted or not, taken back; and whether people talked in the end."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict
from app.core.events import record
from app.core.i18n import marked
from app.networking.connections.actions import propose_connection
from app.networking.conversations.actions import let_go, open_conversation
from app.networking.conversations.events import MessageWritten
from app.networking.conversations.models import Conversation, OwnerKind
from app.networking.conversations.queries import writers_in
from app.networking.introductions.asking import require_room_at
from app.networking.introductions.events import (
    IntroductionPassedOn,
    NotThisTime,
    PeopleIntroduced,
    PeopleTalked,
    WriteFirstPromised,
)
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import (
    ENDED,
    Act,
    Part,
    State,
    due_after,
    moved,
)
from app.networking.introductions.policy import may_be_introduced
from app.networking.introductions.queries import locked_introduction

_CHANGED = marked("It stands otherwise by now. Nothing was changed; this is how it stands.")


async def pass_on(
    session: AsyncSession, actor: Actor, introduction_id: int, note: str
) -> Introduction:
    """Put a request before the target, in the requester's own words, with a note. Raises TooMany."""
    introduction, _before = await _moved(session, actor, introduction_id, Act.PASS_ON)
    if introduction.target_id is None:
        raise Conflict(_CHANGED)
    at = clock.now()
    await require_room_at(session, introduction.target_id, at)
    introduction.note, introduction.passed_on_at = note, at
    record(
        session,
        IntroductionPassedOn(introduction_id=introduction.id, user_id=introduction.target_id),
    )
    return introduction


async def forward_by_hand(
    session: AsyncSession, actor: Actor, introduction_id: int
) -> Introduction:
    """Somebody without an account got the text by hand: it is the connector's word, and ends here."""
    introduction, _before = await _moved(session, actor, introduction_id, Act.FORWARD)
    if introduction.target_id is not None:
        raise Conflict(_CHANGED)
    return introduction


async def accept(session: AsyncSession, actor: Actor, introduction_id: int) -> Introduction:
    """Yes; with the other's, they are introduced."""
    introduction, _before = await _moved(session, actor, introduction_id, Act.ACCEPT)
    if introduction.state == State.INTRODUCED:
        await _introduce(session, introduction)
    return introduction


async def decline(
    session: AsyncSession, actor: Actor, introduction_id: int, word_to_connector: str = ""
) -> Introduction:
    """No. A reason goes to the connector alone, and only what is written for them.

    Whoever asked is told when the time for an answer is over, as if nobody had given one.
    """
    introduction, before = await _moved(session, actor, introduction_id, Act.DECLINE)
    if introduction.part_of(actor.user_id) != Part.CONNECTOR:
        introduction.word_to_connector = word_to_connector
    if introduction.state == State.DECLINED:
        tell_that_nothing_comes(session, introduction, before, but=actor.user_id)
    return introduction


async def withdraw(session: AsyncSession, actor: Actor, introduction_id: int) -> Introduction:
    """Who began it takes it back, as long as not both have said yes."""
    introduction, _before = await _moved(session, actor, introduction_id, Act.WITHDRAW)
    return introduction


async def say_whether_we_talked(
    session: AsyncSession, actor: Actor, introduction_id: int, *, talked: bool
) -> Introduction:
    """One of the two says whether they talked; a yes counts, whatever the other says."""
    act = Act.SAY_WE_TALKED if talked else Act.SAY_WE_DID_NOT
    introduction, before = await _moved(session, actor, introduction_id, act)
    if introduction.part_of(actor.user_id) == Part.REQUESTER:
        introduction.requester_talked = talked
    else:
        introduction.target_talked = talked
    if introduction.state == State.TALKED and before != State.TALKED:
        await _have_talked(session, introduction)
    elif introduction.requester_talked is False and introduction.target_talked is False:
        run_out(introduction, clock.now())
    return introduction


def tell_that_nothing_comes(
    session: AsyncSession, introduction: Introduction, before: State, *, but: int | None = None
) -> None:
    """Whoever began it, or had said yes, is told the same, whatever the reason was."""
    hoped = {introduction.connector_id if introduction.by_connector else introduction.requester_id}
    if before == State.FIRST_AGREED:
        hoped.add(introduction.requester_id)
    if before == State.SECOND_AGREED:
        hoped.add(introduction.target_id)
    for user_id in sorted(person for person in hoped if person not in (None, but)):
        record(session, NotThisTime(introduction_id=introduction.id, user_id=user_id))


def run_out(introduction: Introduction, at: datetime) -> State:
    """Write down what the clock has done; what it was before."""
    before = introduction.state
    after = moved(before, Act.RUN_OUT, Part.CLOCK)
    assert after is not None, before
    introduction.state, introduction.due_at, introduction.ended_at = after, None, at
    return before


async def let_connector_leave(session: AsyncSession, written: MessageWritten) -> None:
    """When both have written to each other, the connector is in the way."""
    if written.owner_kind != OwnerKind.INTRODUCTION:
        return
    introduction = await session.get(Introduction, written.owner_id)
    conversation = await session.get(Conversation, written.conversation_id)
    if introduction is None or conversation is None or introduction.connector_id is None:
        return
    writers = await writers_in(session, written.conversation_id)
    if {introduction.requester_id, introduction.target_id} <= writers:
        await let_go(session, conversation, introduction.connector_id)


async def _introduce(session: AsyncSession, introduction: Introduction) -> None:
    introduction.introduced_at = clock.now()
    three = (introduction.requester_id, introduction.target_id, introduction.connector_id)
    parties = [person for person in three if person is not None]
    conversation = await open_conversation(
        session, OwnerKind.INTRODUCTION, introduction.id, parties
    )
    introduced = PeopleIntroduced(introduction_id=introduction.id, conversation_id=conversation.id)
    record(session, introduced)
    requester, target = introduction.requester_id, introduction.target_id
    if requester is not None and target is not None:
        record(
            session,
            WriteFirstPromised(introduction_id=introduction.id, user_id=requester, to_id=target),
        )


async def _have_talked(session: AsyncSession, introduction: Introduction) -> None:
    introduction.ended_at = clock.now()
    record(session, PeopleTalked(introduction_id=introduction.id))
    requester, target = introduction.requester_id, introduction.target_id
    if requester is not None and target is not None:
        await propose_connection(
            session, requester, target, source_kind="introduction", source_id=introduction.id
        )


async def _moved(
    session: AsyncSession, actor: Actor, introduction_id: int, act: Act
) -> tuple[Introduction, State]:
    """The introduction, locked, after its move, and what it was. Raises NotFound, Conflict."""
    require(may_be_introduced(actor))
    at = clock.now()
    introduction = await locked_introduction(session, actor, introduction_id)
    before, part = introduction.state_at(at), introduction.part_of(actor.user_id)
    after = moved(before, act, part) if part else None
    if after is None:
        raise Conflict(_CHANGED)
    introduction.due_at = due_after(before, introduction.due_at, after, at)
    introduction.state = after
    if after in ENDED:
        introduction.ended_at = at
    await session.flush()
    return introduction, before
