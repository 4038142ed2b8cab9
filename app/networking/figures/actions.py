"""Choosing what a profile shows, and writing down what was counted."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.events import MemberErased
from app.accounts.models import User
from app.accounts.policy import may_have_account_page
from app.accounts.queries import HAS_ACCOUNT
from app.core.answers import require
from app.core.events import record
from app.networking.figures.events import FiguresChanged
from app.networking.figures.models import Counted, Figure, MemberFigures, Shown
from app.networking.figures.queries import rows_of, unwritten


async def choose_figures(session: AsyncSession, actor: Actor, figures: Collection[Figure]) -> None:
    """Show these on one's page, as soon as they are large enough, and no others. Raises SignInNeeded."""
    require(may_have_account_page(actor))
    for row in await _rows_to_change(session, [actor.user_id or 0]):
        before = row.shown
        row.switch_on(figures)
        _tell_pages(session, row, before)
    await session.flush()


async def write_down(session: AsyncSession, counted: Mapping[int, Counted]) -> None:
    """Keep what was counted of these members; of whoever has left meanwhile nothing is kept."""
    for row in await _rows_to_change(session, counted):
        before = row.shown
        row.count(counted[row.user_id])
        _tell_pages(session, row, before)
    await session.flush()


async def forget_figures(session: AsyncSession, event: MemberErased) -> None:
    """They go with the account."""
    await session.execute(delete(MemberFigures).where(MemberFigures.user_id == event.user_id))


async def _rows_to_change(session: AsyncSession, ids: Collection[int]) -> list[MemberFigures]:
    # By their accounts, in their order: so of two who write a first row the second finds it.
    query = select(User.id).where(User.id.in_(ids), HAS_ACCOUNT).order_by(User.id)
    there = (await session.scalars(query.with_for_update())).all()
    known = await rows_of(session, there)
    rows = [known.get(user_id) or unwritten(user_id) for user_id in there]
    session.add_all(rows)
    return rows


def _tell_pages(session: AsyncSession, row: MemberFigures, before: Shown) -> None:
    if row.shown != before:
        touches = frozenset({f"user:{row.user_id}"})
        record(session, FiguresChanged(user_id=row.user_id, touches=touches))
