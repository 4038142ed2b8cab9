"""Owners of the site may look into any group, which its log shows: noted in memory, as reading writes nothing."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.models import AuditEntry
from app.core import clock
from app.core.db import Work
from app.core.errors import NotReady
from app.core.logs import get_logger
from app.core.noting import written_again_and_again
from app.groups.models import Visibility
from app.groups.queries import Standing

# Whoever looks around in a group has entered it once that day.
ONCE_IN = timedelta(days=1)
_WHAT = "group entered"
# Until a database that was away is tried again, in seconds.
_AWAY = 5.0

log = get_logger()


class Entries:
    """Which owner of the site looked into which group that is not theirs, and when that was noted."""

    def __init__(self) -> None:
        self._new: set[tuple[int, int]] = set()
        self._noted: dict[tuple[int, int], datetime] = {}
        self._is_new = asyncio.Event()

    def note(self, actor: Actor, here: Standing) -> None:
        """Somebody is shown what is said, or who belongs, there; costs nothing for whom everybody expects there."""
        is_theirs = here.is_inside or here.group.visibility == Visibility.PUBLIC
        if not actor.is_owner or actor.user_id is None or is_theirs:
            return
        at, entry = clock.now(), (actor.user_id, here.group.id)
        before = self._noted.get(entry)
        if before is None or before <= at - ONCE_IN:
            self._noted[entry] = at
            self._new.add(entry)
            self._is_new.set()

    async def write(self, work: Work) -> bool:
        """Write it into the logs; False where it has to wait for the database."""
        noted, self._new = self._new, set()
        self._is_new.clear()
        if not noted:
            return True
        try:
            async with work.unit_of_work() as db:
                for user_id, group_id in sorted(noted):
                    await _enter(db, Actor(user_id=user_id), f"group:{group_id}")
        except (NotReady, DBAPIError, OSError) as error:
            self._new |= noted
            self._is_new.set()
            log.warning("who looked into a group waits for the database", because=str(error))
            return False
        return True

    def written(self, work: Work) -> AbstractAsyncContextManager[None]:
        """Write it down as soon as there is any, as long as the block lasts, and at its end."""

        async def turn() -> None:
            await self._is_new.wait()
            if not await self.write(work):
                await asyncio.sleep(_AWAY)

        return written_again_and_again(turn, partial(self.write, work))


async def _enter(session: AsyncSession, actor: Actor, thing: str) -> None:
    # Another process may have noted the same.
    lately = select(AuditEntry.id).where(
        AuditEntry.thing == thing,
        AuditEntry.at > clock.now() - ONCE_IN,
        AuditEntry.user_id == actor.user_id,
        AuditEntry.what == _WHAT,
    )
    if await session.scalar(lately.limit(1)) is None:
        record_audit(session, actor, _WHAT, thing)
