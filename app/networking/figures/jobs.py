"""What is done later about figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.accounts.queries import HAS_ACCOUNT
from app.core import clock
from app.core.jobs import Tools, job
from app.core.leisure import Leisure
from app.networking.asks.figures import count_met
from app.networking.figures.actions import write_down
from app.networking.figures.models import Counted
from app.networking.figures.queries import rows_of
from app.networking.introductions.figures import count_talks
from app.networking.promises.figures import NO_PROMISES, count_promises
from app.networking.thanks.figures import count_senders

# The site answers on the same loop: a part takes some tens of milliseconds.
TOGETHER = 50


@job("count-figures")
async def count_figures(tools: Tools) -> None:
    """Each night: what profiles may say, for so many members at a time; only what is new is written."""
    at, after, leisure = clock.now(), 0, Leisure()
    while True:
        async with tools.work.reading() as session:
            ids = await _next_members(session, after)
            news = await _news_of(session, ids, at)
        if not ids:
            return
        # Nobody's writing waits while others are only counted.
        if news:
            async with tools.work.unit_of_work() as session:
                await write_down(session, news)
        after = ids[-1]
        await leisure.rest()


async def _next_members(session: AsyncSession, after: int) -> Sequence[int]:
    query = select(User.id).where(User.id > after, HAS_ACCOUNT).order_by(User.id).limit(TOGETHER)
    return (await session.scalars(query)).all()


async def _news_of(
    session: AsyncSession, ids: Sequence[int], at: datetime
) -> Mapping[int, Counted]:
    """What is to be written of these members, because another number stands there, or none."""
    promises = await count_promises(session, ids, at)
    talks, met = await count_talks(session, ids, at), await count_met(session, ids, at)
    thanks, known = await count_senders(session, ids, at), await rows_of(session, ids)
    counted = {
        user_id: Counted(
            promises.get(user_id, NO_PROMISES),
            talks.get(user_id, 0),
            met.get(user_id, 0),
            thanks.get(user_id, 0),
        )
        for user_id in ids
    }
    before = {user_id: row.counted for user_id, row in known.items()}
    return {one: new for one, new in counted.items() if new != before.get(one, Counted())}
