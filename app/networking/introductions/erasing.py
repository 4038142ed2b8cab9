"""What is left of introductions when somebody's account is erased."""

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.events import MemberErased
from app.core import clock
from app.networking.connections.actions import forget_connections_of
from app.networking.conversations.actions import forget_conversations_of
from app.networking.introductions.answering import run_out, tell_that_nothing_comes
from app.networking.introductions.models import (
    Introduction,
    IntroductionChoices,
    NeverIntroduced,
)
from app.networking.introductions.moves import HOPED_FOR, MET, State
from app.networking.thanks.actions import forget_thanks_of


async def forget_introductions_of(session: AsyncSession, user_id: int) -> None:
    """What they began and never came to anything goes; in the rest they are nobody, and their words are gone.

    Whoever waits for them is told “not this time”, as after any other end.
    """
    at = clock.now()
    theirs = or_(
        Introduction.requester_id == user_id,
        Introduction.connector_id == user_id,
        Introduction.target_id == user_id,
    )
    query = select(Introduction).where(theirs).order_by(Introduction.id).with_for_update()
    for introduction in (await session.scalars(query)).all():
        if _began(introduction, user_id) and introduction.state not in MET:
            await session.delete(introduction)
        else:
            _be_nobody_in(session, introduction, user_id, at)
    never = or_(NeverIntroduced.user_id == user_id, NeverIntroduced.other_id == user_id)
    await session.execute(delete(NeverIntroduced).where(never))
    chosen = IntroductionChoices.user_id == user_id
    await session.execute(delete(IntroductionChoices).where(chosen))
    await session.flush()


def _began(introduction: Introduction, user_id: int) -> bool:
    began = introduction.connector_id if introduction.by_connector else introduction.requester_id
    return began == user_id


def _be_nobody_in(
    session: AsyncSession, introduction: Introduction, user_id: int, at: datetime
) -> None:
    if introduction.state in HOPED_FOR:
        before = run_out(introduction, at)
        tell_that_nothing_comes(session, introduction, before, but=user_id)
    elif introduction.state == State.INTRODUCED and introduction.connector_id != user_id:
        run_out(introduction, at)
    if introduction.requester_id == user_id:
        introduction.requester_id = introduction.requester_talked = None
        introduction.about_me = introduction.why = ""
        introduction.what_i_ask = introduction.what_i_give = ""
    elif introduction.connector_id == user_id:
        introduction.connector_id = None
        introduction.note = introduction.note_to_first = ""
    else:
        introduction.target_id = introduction.target_talked = None
        introduction.word_to_connector = ""


async def forget_dealings(session: AsyncSession, event: MemberErased) -> None:
    """Whom they knew, what they asked, wrote and thanked for, is gone with their account."""
    await forget_introductions_of(session, event.user_id)
    await forget_conversations_of(session, event.user_id)
    await forget_connections_of(session, event.user_id)
    await forget_thanks_of(session, event.user_id)
