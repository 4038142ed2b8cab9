"""How many an old address has led on: noted in memory, as reading writes nothing, and written down by the minute."""

from collections import Counter
from contextlib import AbstractAsyncContextManager
from functools import partial

from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from app.core import clock
from app.core.db import Work
from app.core.errors import NotReady
from app.core.logs import get_logger
from app.core.noting import written_by_the_minute
from app.posts.models import Redirect

# More addresses than that do not come in a minute, but from whoever tries them all.
_MOST = 10_000

log = get_logger()


class RedirectHits:
    """Which redirects were followed since it was last written down."""

    def __init__(self) -> None:
        self._new: Counter[int] = Counter()

    def count(self, redirect_id: int) -> None:
        """Somebody was led on."""
        if redirect_id in self._new or len(self._new) < _MOST:
            self._new[redirect_id] += 1

    async def write(self, work: Work) -> None:
        """Write down what is new; what cannot be written is kept for the next time."""
        noted, self._new = self._new, Counter()
        if not noted:
            return
        now = clock.now()
        try:
            async with work.unit_of_work() as session:
                for redirect_id, number in sorted(noted.items()):
                    await session.execute(
                        update(Redirect)
                        .where(Redirect.id == redirect_id)
                        .values(hits=Redirect.hits + number, hit_at=now)
                    )
        except (NotReady, DBAPIError) as error:
            self._new += noted
            log.warning("followed redirects wait for the database", because=str(error))

    def written(self, work: Work) -> AbstractAsyncContextManager[None]:
        """Write it down by the minute as long as the block lasts, and at its end."""
        return written_by_the_minute(partial(self.write, work))
