"""Who has an eye on a case, or was given it: said to other moderators, so that no two do the same work.

`which` names one case: things of different kinds may bear the same number.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.accounts.queries import MODERATES
from app.core import clock
from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _
from app.moderation.models import Case, Decision
from app.moderation.policy import require_moderator

LOOKS_FOR = timedelta(seconds=90)


async def look(session: AsyncSession, actor: Actor, which: ColumnElement[bool]) -> None:
    """Somebody has opened it; unless another is looking, that is said for 90 seconds."""
    require_moderator(actor)
    at = clock.now()
    mine = (Case.looked_by == actor.user_id) | Case.looked_by.is_(None)
    await session.execute(
        update(Case)
        .where(which, mine | (Case.looked_at < at - LOOKS_FOR))
        .values(looked_by=actor.user_id, looked_at=at)
        .execution_options(synchronize_session=False)
    )


async def claim(
    session: AsyncSession, actor: Actor, which: ColumnElement[bool], *, release: bool = False
) -> Case:
    """Take a case for oneself, or give it back. Raises NotFound; Conflict where another has it."""
    require_moderator(actor)
    case = await _locked(session, which)
    if case.claimed_by not in (None, actor.user_id):
        raise Conflict(_("Somebody else has claimed this."))
    case.claimed_by = None if release else actor.user_id
    case.claimed_at = None if release else clock.now()
    case.assigned_by = None
    await session.flush()
    return case


async def assign(
    session: AsyncSession,
    actor: Actor,
    which: ColumnElement[bool],
    to: int | None,
    *,
    held_by: int | None,
) -> Decision | None:
    """Give a case to one of the moderators, or to nobody in particular; None where they have it already.

    `held_by` had it when that was decided. Raises NotFound, Invalid for whoever moderates nothing,
    and Conflict where somebody else has it by now.
    """
    require_moderator(actor)
    if to is not None and await session.scalar(_moderator(to)) is None:
        raise Invalid(_("That is nobody who moderates here."))
    case = await _locked(session, which)
    if case.claimed_by == to:
        return None
    if case.claimed_by != held_by:
        raise Conflict(_("Somebody else has this by now."))
    at = clock.now()
    case.claimed_by, case.claimed_at = to, at if to is not None else None
    case.assigned_by = actor.user_id if to not in (None, actor.user_id) else None
    entry = Decision(
        at=at, user_id=actor.user_id, kind=case.kind, item_id=case.item_id,
        verb="unassign" if to is None else "assign", given_to=to, author_key_id=case.author_key_id,
    )  # fmt: skip
    session.add(entry)
    await session.flush()
    return entry


def _moderator(user_id: int) -> Select[int]:
    return select(User.id).where(User.id == user_id, MODERATES)


async def _locked(session: AsyncSession, which: ColumnElement[bool]) -> Case:
    query = select(Case).where(which).with_for_update()
    case: Case | None = await session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound(_("There is no such case."))
    return case


def is_looked_at(case: Case, by_another_than: int | None, at: datetime) -> bool:
    """Whether somebody else has it open just now."""
    if case.looked_by is None or case.looked_by == by_another_than or case.looked_at is None:
        return False
    return at - case.looked_at < LOOKS_FOR
