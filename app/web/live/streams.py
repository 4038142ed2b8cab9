"""All event streams that this process holds open: who is told, and who may not listen any more."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from app.accounts.sessions import standing_tag
from app.core.errors import NotReady
from app.core.freshness.news import News
from app.core.i18n import _
from app.core.logs import get_logger
from app.core.page_cache import EVERYTHING
from app.discussions.topics.listening import Said, said_in
from app.notifications.notices.unread import INBOXES, unread_of
from app.web.live.hearing import hear_again
from app.web.live.room import Room
from app.web.live.stream import Heard, Listener, Stream
from app.work import Doors

# On SQLite nobody tells: so often somebody looks, in seconds.
_LOOKS_EVERY = 0.5
_GATHERED_FOR = 0.1
_BEATS_EVERY = 20.0
# Sooner where something happened that may have changed a listener's rights.
_ASKS_EVERY = 60.0
# Between two looks, so that a page waits for few of them.
_ASKED_AT_ONCE = 50
_TOLD_AT_ONCE = 100
_AWAY = 5.0

log = get_logger()
Part = TypeVar("Part")


class Streams:
    """Holds no session while it waits, and one query a topic, not a listener, when there is news."""

    def __init__(self, *, is_limited: bool = True) -> None:
        self._room = Room(is_limited=is_limited)
        self._open: set[Stream] = set()
        self._of_thread: defaultdict[int, set[Stream]] = defaultdict(set)
        self._stale: set[int] = set()
        self._inboxes_changed = False
        self._doubted: set[Stream] = set()
        self._woken = asyncio.Event()
        self._is_closing = False

    def __len__(self) -> int:
        return len(self._open)

    def open(self, listener: Listener, heard: Heard, known: str) -> Stream:
        """A new stream, to be closed in the end. Raises TooMany, NotReady."""
        if self._is_closing:
            raise NotReady(_("This server is about to stop. Ask again in a moment."))
        self._room.take(listener.owner)
        now = time.monotonic()
        stream = Stream(listener, heard, known, now)
        stream.beat_at, stream.ask_at = now + _BEATS_EVERY, now + _ASKS_EVERY
        self._open.add(stream)
        self._of_thread[heard.thread_id].add(stream)
        # What was committed between the look and now is found by another.
        self._stale.add(heard.thread_id)
        self._inboxes_changed |= bool(heard.user_id)
        if len(self._open) == 1:
            self._woken.set()
        return stream

    def close(self, stream: Stream) -> None:
        """Let go of one that has ended."""
        if stream not in self._open:
            return
        self._open.discard(stream)
        self._doubted.discard(stream)
        listening = self._of_thread[stream.heard.thread_id]
        listening.discard(stream)
        if not listening:
            del self._of_thread[stream.heard.thread_id]
        self._room.give_back(stream.listener.owner)

    def end_all(self) -> None:
        """The server stops: all that listen are let go, and nobody else is let in."""
        self._is_closing = True
        for stream in self._open:
            stream.end()

    def hear_of(self, tags: Iterable[str]) -> None:
        """What goes stale, as the news has it; whoever is concerned is looked for later."""
        if not self._open:
            return
        told = frozenset(tags)
        if EVERYTHING in told:
            self._stale.update(self._of_thread)
            self._doubted |= self._open
        self._inboxes_changed |= not told.isdisjoint((INBOXES, EVERYTHING))
        self._stale |= self._of_thread.keys() & set(_numbers(told, "thread:"))
        if any(tag == "groups" or tag.startswith("standing:") for tag in told):
            self._doubted.update(stream for stream in self._open if _concerns(stream, told))
        self._woken.set()

    @asynccontextmanager
    async def told(self, doors: Doors, news: News) -> AsyncIterator[None]:
        """Tell whoever listens as long as the block lasts; at its end nobody listens any more."""
        self._room.measure()
        telling = asyncio.create_task(self._tell_again_and_again(doors, news))
        try:
            yield
        finally:
            self.end_all()
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling

    async def _tell_again_and_again(self, doors: Doors, news: News) -> None:
        while True:
            await self._until_due()
            # On SQLite, to look is to hear.
            news.is_current()
            try:
                await self._tell_of_topics(doors)
                await self._tell_of_inboxes(doors)
                await self._ask_again(doors)
            except (NotReady, DBAPIError, OSError) as error:
                log.warning("whoever listens waits for the database", because=str(error))
                await asyncio.sleep(_AWAY)
            self._beat()

    async def _until_due(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOKS_EVERY if self._open else None):
                await self._woken.wait()
        # Who listens to a lively topic hears of several replies at once.
        await asyncio.sleep(_GATHERED_FOR)
        self._woken.clear()

    async def _tell_of_topics(self, doors: Doors) -> None:
        while self._stale:
            thread_id = self._stale.pop()
            listening = tuple(self._of_thread.get(thread_id, ()))
            if not thread_id or not listening:
                continue
            hidden = {stream.heard.hidden for stream in listening}
            try:
                async with doors.reading() as db:
                    said = {some: await said_in(db, thread_id, some) for some in hidden}
            except BaseException:
                self._stale.add(thread_id)
                raise
            for some in _parts(listening, _TOLD_AT_ONCE):
                for stream in some:
                    self._tell(stream, said[stream.heard.hidden])
                await asyncio.sleep(0)

    def _tell(self, stream: Stream, said: Said) -> None:
        if said.group_id != stream.heard.said.group_id:
            # It was moved: first it is asked who may read it there.
            self._doubted.add(stream)
        else:
            stream.tell(stream.heard._replace(said=said))

    async def _tell_of_inboxes(self, doors: Doors) -> None:
        if not self._inboxes_changed:
            return
        owners = {stream.heard.user_id for stream in self._open if stream.heard.user_id}
        unread: dict[int, int] = {}
        for some in _parts(tuple(owners), 500):
            async with doors.reading() as db:
                unread |= await unread_of(db, some)
        self._inboxes_changed = False
        for listening in _parts(tuple(self._open), _TOLD_AT_ONCE):
            for stream in listening:
                number = unread.get(stream.heard.user_id, 0)
                if number != stream.heard.unread:
                    stream.tell(stream.heard._replace(unread=number))
            await asyncio.sleep(0)

    async def _ask_again(self, doors: Doors) -> None:
        """Whether those whose rights may have changed, or were not looked at for long, still have them."""
        now = time.monotonic()
        self._doubted &= self._open
        due = [s for s in self._open if s in self._doubted or s.ask_at <= now][:_ASKED_AT_ONCE]
        for stream in due:
            async with doors.reading() as db:
                heard = await hear_again(db, stream.listener)
            self._doubted.discard(stream)
            stream.ask_at = now + _ASKS_EVERY
            if heard is None or heard.thread_id != stream.heard.thread_id:
                stream.end()
            else:
                stream.tell(heard)
            await asyncio.sleep(0)

    def _beat(self) -> None:
        now = time.monotonic()
        for stream in self._open:
            if stream.beat_at <= now:
                stream.beat_at = now + _BEATS_EVERY
                stream.beat()


def _concerns(stream: Stream, told: frozenset[str]) -> bool:
    """Whether a listener may have less to hear: their session, or who may read the group, has changed."""
    is_moved = "groups" in told and f"group:{stream.heard.said.group_id}" in told
    return is_moved or standing_tag(stream.heard.user_id) in told


def _numbers(tags: Iterable[str], kind: str) -> Iterator[int]:
    for tag in tags:
        number = tag.removeprefix(kind)
        if number != tag and number.isdecimal():
            yield int(number)


def _parts(whole: Sequence[Part], size: int) -> Iterator[Sequence[Part]]:
    for first in range(0, len(whole), size):
        yield whole[first : first + size]
