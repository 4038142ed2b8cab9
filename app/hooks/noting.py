"""What happens is noted in its own transaction, if any hook wants to hear of it; where there is none, for nothing.

Every process that hears of changes keeps in mind what hooks want, until one of them is changed.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Event
from app.core.freshness.news import News
from app.core.jobs import enqueue_all
from app.core.page_cache import EVERYTHING
from app.core.secrets import new_token
from app.hooks.kinds import noted
from app.hooks.models import Hook
from app.hooks.telling import tell_hooks

# What goes stale when a hook is added, changed or taken away.
TAG = "hooks"


class Listening:
    """What all hooks of the site together want to hear. `hears`: this process is told when that changes."""

    def __init__(self, *, hears: bool = False) -> None:
        self._hears = hears
        self._wanted: frozenset[str] | None = None
        self._changes = 0

    def forget(self, tags: Iterable[str]) -> None:
        """These went stale."""
        if any(tag in (TAG, EVERYTHING) for tag in tags):
            self._wanted = None
            self._changes += 1

    async def wanted(self, session: AsyncSession, news: News) -> frozenset[str]:
        """The names of events; asks the database only where it may have changed."""
        if not self._hears or not (news.is_current() or await news.catch_up()):
            return await _read(session)
        if self._wanted is None:
            changes = self._changes
            found = await _read(session)
            if changes != self._changes:
                return found
            self._wanted = found
        return self._wanted


async def note_events(
    session: AsyncSession, events: Iterable[Event], listening: Listening, news: News
) -> None:
    """Have hooks told of what happened, if the transaction is committed."""
    found = {}
    for event in events:
        what = noted(event)
        if what is not None:
            found[what.name, int(event.facts[what.subject])] = (what, event)
    if not found:
        return
    wanted = await listening.wanted(session, news)
    jobs = [
        _arguments(name, subject, event)
        for (name, subject), (what, event) in found.items()
        # What is published was written as well, and that is not worth a word.
        if wanted.intersection(what.events) and not _is_first(name, subject, found)
    ]
    await enqueue_all(session, [(tell_hooks, arguments) for arguments in jobs])


def _is_first(name: str, subject: int, found: Mapping[tuple[str, int], Any]) -> bool:
    if name == "item.updated":
        # An ask is said, and written down beside.
        return any(other == "said" for other, _subject in found)
    kind, _dot, what = name.partition(".")
    return what == "updated" and (f"{kind}.published", subject) in found


def _arguments(name: str, subject: int, event: Event) -> dict[str, int | str]:
    # Of a promise both sides may be told, one after the other: that it was kept is one event.
    seed = f"{name} {subject}" if name == "promise.kept" else new_token()
    return {
        "name": name,
        "subject": subject,
        "key": hashlib.sha256(seed.encode()).hexdigest()[:32],
        "at": clock.now().isoformat(timespec="seconds"),
    }


async def _read(session: AsyncSession) -> frozenset[str]:
    lists = await session.scalars(select(Hook.events).where(Hook.is_on))
    return frozenset(name for names in lists for name in names)
