"""How often something was fetched: once for each person and day, and nobody is remembered.

Reading writes nothing: a download is noted here in memory, as a keyed hash that means something on one
day only, and written down by the minute. The hashes keep two processes from counting one person
twice; they go when their day is over, and the number stays.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, timedelta
from functools import partial
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete, literal, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.db import Work
from app.core.errors import NotReady
from app.core.events import record
from app.core.logs import get_logger
from app.core.noting import written_by_the_minute
from app.core.secrets import Secrets
from app.resources.events import DownloadsCounted
from app.resources.models import DownloadCount, DownloadMark, Resource, ResourceVersion

# Whoever fetches the same again and again is not noted again; more than so many would be an attack.
_MOST = 100_000

log = get_logger()


def person_of(user_id: int | None, address: str, agent: str) -> str:
    """Who somebody is for the length of a day: a member, or a network and a browser in it."""
    if user_id is not None:
        return f"user {user_id}"
    return f"{_network(address)} {agent[:300]}"


class Tally:
    """What was fetched since it was last written down."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._new: set[tuple[int, str, date]] = set()

    def count(self, version_id: int, person: str) -> None:
        """Note a download."""
        day = clock.now().date()
        # The day is part of the key: what is one person today is another tomorrow.
        mark = self._secrets.keyed_hash(f"download {day}", f"{version_id} {person}")[:32]
        if len(self._new) < _MOST:
            self._new.add((version_id, mark, day))

    async def write(self, work: Work) -> None:
        """Write down what is new; what cannot be written is kept for the next time."""
        noted, self._new = self._new, set()
        if not noted:
            return
        try:
            async with work.unit_of_work() as db:
                await _write(db, sorted(noted))
        except (NotReady, DBAPIError) as error:
            self._new |= noted
            log.warning("downloads wait for the database", because=str(error))

    def written(self, work: Work) -> AbstractAsyncContextManager[None]:
        """Write it down by the minute as long as the block lasts, and at its end."""
        return written_by_the_minute(partial(self.write, work))


async def forget_past_days(session: AsyncSession) -> None:
    """Delete the hashes of days that are over: nobody can be counted twice on those."""
    yesterday = clock.now().date() - timedelta(days=1)
    await session.execute(delete(DownloadMark).where(DownloadMark.day < yesterday))


async def _write(session: AsyncSession, noted: Sequence[tuple[int, str, date]]) -> None:
    counted: dict[tuple[int, date], int] = {}
    for version_id, mark, day in noted:
        row = {"version": version_id, "mark": mark, "day": day.isoformat()}
        # A version that was there a minute ago may be gone with its resource.
        if (await session.execute(_MARK, row)).first() is not None:
            counted[version_id, day] = counted.get((version_id, day), 0) + 1
    touched: set[str] = set()
    for (version_id, day), number in counted.items():
        touched |= await _add(session, version_id, day, number)
    if touched:
        record(session, DownloadsCounted(touches=frozenset(touched)))


_MARK = text(
    "INSERT INTO resource_download_marks (version_id, mark, day)"
    " SELECT id, :mark, CAST(:day AS DATE) FROM resource_versions WHERE id = :version"
    " ON CONFLICT (version_id, mark) DO NOTHING RETURNING version_id"
)


async def _add(session: AsyncSession, version_id: int, day: date, number: int) -> set[str]:
    key = DownloadCount.version_id == version_id, DownloadCount.day == day
    more = {"count": DownloadCount.count + number}
    added = await session.execute(
        update(DownloadCount).where(*key).values(more).returning(literal(1))
    )
    if added.first() is None:
        session.add(DownloadCount(version_id=version_id, day=day, count=number))
        await session.flush()
    of_version = select(ResourceVersion.resource_id).where(ResourceVersion.id == version_id)
    resource_id = await session.scalar(
        update(Resource)
        .where(Resource.id == of_version.scalar_subquery())
        .values(download_count=Resource.download_count + number)
        .returning(Resource.id)
    )
    return {f"resource:{resource_id}"}


def _network(address: str) -> str:
    """An address; of the long ones the part that a household has (RFC 6177)."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found.exploded)[:19] if isinstance(found, IPv6Address) else str(found)
