"""What the clock does to introductions: what waited too long runs out, and after a month it is asked about."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import record
from app.networking.introductions.answering import run_out, tell_that_nothing_comes
from app.networking.introductions.events import TalkAskedAbout
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import ASKED_WHETHER_AFTER, NOT_THIS_TIME, State
from app.networking.introductions.queries import hold_people_in

# So many in one transaction; the next run takes the next.
AT_ONCE = 200


async def is_anything_due(session: AsyncSession, at: datetime) -> bool:
    """Whether there is anything to do at all: most often there is not."""
    query = select(Introduction.id).where(or_(_has_run_out(at), _is_to_be_asked(at))).limit(1)
    return await session.scalar(query) is not None


async def keep_introductions(session: AsyncSession, at: datetime) -> None:
    """Do all that is due. Done twice it is done once, and done late it is as if it had been done in time."""
    for introduction in await _locked(session, _has_run_out(at)):
        # It ended when it ran out, not when somebody came to write it down.
        before = run_out(introduction, introduction.due_at or at)
        if introduction.state in NOT_THIS_TIME:
            tell_that_nothing_comes(session, introduction, before)
    for introduction in await _locked(session, _is_to_be_asked(at)):
        introduction.asked_whether_at = at
        for user_id, answer in (
            (introduction.requester_id, introduction.requester_talked),
            (introduction.target_id, introduction.target_talked),
        ):
            if user_id is not None and answer is None:
                record(session, TalkAskedAbout(introduction_id=introduction.id, user_id=user_id))
    await session.flush()


def _has_run_out(at: datetime) -> ColumnElement[bool]:
    return Introduction.due_at <= at


def _is_to_be_asked(at: datetime) -> ColumnElement[bool]:
    return and_(
        Introduction.state == State.INTRODUCED,
        Introduction.asked_whether_at.is_(None),
        Introduction.introduced_at <= at - ASKED_WHETHER_AFTER,
        Introduction.due_at > at,
    )


async def _locked(session: AsyncSession, which: ColumnElement[bool]) -> Sequence[Introduction]:
    due = select(Introduction.id).where(which).order_by(Introduction.id).limit(AT_ONCE)
    these = Introduction.id.in_((await session.scalars(due)).all())
    await hold_people_in(session, these)
    query = select(Introduction).where(these, which).order_by(Introduction.id)
    query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).all()
