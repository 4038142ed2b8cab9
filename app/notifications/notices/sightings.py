"""What members have looked at: noted in memory, as reading writes nothing, and written down a moment later."""

import asyncio
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial

from sqlalchemy.exc import DBAPIError

from app.accounts.actor import Actor
from app.core.db import Work
from app.core.errors import NotReady
from app.core.logs import get_logger
from app.core.noting import written_again_and_again
from app.discussions.topics.marking import mark_read
from app.notifications.notices.unread import mark_seen

# Seconds in which what is looked at shares a commit.
GATHERED_FOR = 0.5
# Until a database that was away is tried again.
_AWAY = 5.0
# More members than that have not looked at anything in half a second.
_MOST = 10_000

log = get_logger()


class Sightings:
    """Who has looked at what since it was last written down."""

    def __init__(self) -> None:
        self._new: dict[int, tuple[set[str], datetime]] = {}
        self._read: dict[tuple[int, int], tuple[int, datetime]] = {}
        self._is_new = asyncio.Event()

    def note(self, user_id: int, things: Iterable[str], at: datetime) -> None:
        """Somebody was shown these, such as `comment:12`; what they are told of them later is new."""
        if user_id in self._new or len(self._new) < _MOST:
            seen, before = self._new.get(user_id, (set(), at))
            self._new[user_id] = (seen | set(things), max(before, at))
            self._is_new.set()

    def note_reading(self, user_id: int, topic_id: int, comment_id: int, at: datetime) -> None:
        """Somebody was shown a topic up to a comment."""
        if len(self._read) < _MOST:
            before, _at = self._read.get((user_id, topic_id), (0, at))
            self._read[user_id, topic_id] = (max(before, comment_id), at)
            self._is_new.set()

    async def write(self, work: Work) -> bool:
        """What they were told of these is read; False where it has to wait for the database."""
        noted, self._new = self._new, {}
        read, self._read = self._read, {}
        self._is_new.clear()
        if not noted and not read:
            return True
        try:
            async with work.unit_of_work() as db:
                for user_id, (things, at) in sorted(noted.items()):
                    await mark_seen(db, user_id, sorted(things), at)
                for (user_id, topic_id), (comment_id, at) in sorted(read.items()):
                    await mark_read(db, Actor(user_id=user_id), topic_id, comment_id, at)
        except (NotReady, DBAPIError, OSError) as error:
            for user_id, (things, at) in noted.items():
                self.note(user_id, things, at)
            for (user_id, topic_id), (comment_id, at) in read.items():
                self.note_reading(user_id, topic_id, comment_id, at)
            log.warning("what was seen waits for the database", because=str(error))
            return False
        return True

    def written(self, work: Work) -> AbstractAsyncContextManager[None]:
        """Write it down as long as the block lasts, and at its end."""

        async def turn() -> None:
            await self._is_new.wait()
            await asyncio.sleep(GATHERED_FOR)
            if not await self.write(work):
                await asyncio.sleep(_AWAY)

        return written_again_and_again(turn, partial(self.write, work))
