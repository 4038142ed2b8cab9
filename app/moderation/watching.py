"""Who has an eye on a case: said to other moderators, so that no two do the same work."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Conflict, NotFound
from app.core.i18n import _
from app.moderation.models import Case
from app.moderation.policy import require_moderator

LOOKS_FOR = timedelta(seconds=90)


async def look(session: AsyncSession, actor: Actor, item_id: int) -> None:
    """Somebody has opened it; unless another is looking, that is said for 90 seconds."""
    require_moderator(actor)
    at = clock.now()
    mine = (Case.looked_by == actor.user_id) | Case.looked_by.is_(None)
    await session.execute(
        update(Case)
        .where(Case.item_id == item_id, mine | (Case.looked_at < at - LOOKS_FOR))
        .values(looked_by=actor.user_id, looked_at=at)
        .execution_options(synchronize_session=False)
    )


async def claim(
    session: AsyncSession, actor: Actor, item_id: int, *, release: bool = False
) -> Case:
    """Take a case for oneself, or give it back. Raises NotFound; Conflict where another has it."""
    require_moderator(actor)
    query = select(Case).where(Case.item_id == item_id).with_for_update()
    case = await session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound(_("There is no such case."))
    if case.claimed_by not in (None, actor.user_id):
        raise Conflict(_("Somebody else has claimed this."))
    case.claimed_by = None if release else actor.user_id
    case.claimed_at = None if release else clock.now()
    await session.flush()
    return case


def is_looked_at(case: Case, by_another_than: int | None, at: datetime) -> bool:
    """Whether somebody else has it open just now."""
    if case.looked_by is None or case.looked_by == by_another_than or case.looked_at is None:
        return False
    return at - case.looked_at < LOOKS_FOR
