"""An account goes: what was under way with it is void, and the other side is told."""

from typing import Protocol

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import record
from app.networking.promises.actions import Step, become, changed
from app.networking.promises.models import Promise
from app.networking.promises.moves import UNDER_WAY, Act, moved


class _Erased(Protocol):
    @property
    def user_id(self) -> int: ...


async def forget_promises_of(session: AsyncSession, event: _Erased) -> None:
    """Void all that is under way with somebody, tell the others, and keep no name with any of it."""
    user_id, at = event.user_id, clock.now()
    theirs = or_(Promise.promiser_id == user_id, Promise.promisee_id == user_id)
    query = select(Promise).where(theirs, Promise.state.in_(UNDER_WAY)).with_for_update()
    for promise in await session.scalars(query.execution_options(populate_existing=True)):
        part = promise.part_of(user_id)
        runs_out_at = promise.runs_out_at
        if part is None or (runs_out_at is not None and runs_out_at <= at):
            # It was over before, and the clock says so soon.
            continue
        after = moved(promise.state, Act.ERASE, part, promise.tally) or promise.state
        become(session, promise, after, Step(Act.ERASE, part, at))
        other = promise.other_than(part)
        if other is not None and not promise.goes_nowhere:
            record(session, changed(promise, other, Act.ERASE, None))
    await session.flush()
    await _let_go(session, user_id)


async def _let_go(session: AsyncSession, user_id: int) -> None:
    made_in_vain = and_(
        Promise.goes_nowhere,
        or_(
            and_(Promise.promiser_id == user_id, Promise.by_promiser),
            and_(Promise.promisee_id == user_id, Promise.by_promiser.is_(False)),
        ),
    )
    await session.execute(delete(Promise).where(made_in_vain))
    for column in (Promise.promiser_id, Promise.promisee_id):
        await session.execute(update(Promise).where(column == user_id).values({column: None}))
    nobodys = and_(Promise.promiser_id.is_(None), Promise.promisee_id.is_(None))
    await session.execute(delete(Promise).where(nobodys))
