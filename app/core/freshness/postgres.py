"""News on PostgreSQL: told by NOTIFY, heard by every process before the writer's answer leaves.

A process may answer from its pages only while it holds a lease: the database answered a question
of its own that was asked less than `LEASE` seconds ago. Whatever was committed before that question
came in ahead of its answer. The writer waits until every listener has said that it dropped the
pages, `PATIENCE` at most; whoever was silent until then (stopped, cut off, gone) has lost its lease
meanwhile, and has to ask before it answers again. So nobody needs to be fenced off, and no page
older than an answered write is sent, whatever becomes of a process or of the network.
"""

import asyncio
import contextlib
import time
import weakref
from collections.abc import Callable, Iterable

import psycopg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.freshness.line import Line, Row
from app.core.freshness.tags import told_as
from app.core.freshness.telling import Receipt, Telling, tellings
from app.core.logs import get_logger
from app.core.page_cache import EVERYTHING

PATIENCE = 0.25
# Shorter than a writer's patience: clocks of two machines may run a little differently.
LEASE = 0.2

_STALE, _HEARD = "rapport_stale", "rapport_heard"
_LISTENER, _WRITER = "rapport pages", "rapport"
_RECEIPTS_AT_ONCE = 200
_ANSWER_WITHIN = 2.0
_FIRST_RETRY, _LAST_RETRY = 0.1, 5.0

_LISTENERS = """
    SELECT pid FROM pg_stat_activity
    WHERE application_name = $1 AND datname = current_database()"""
# A backend whose process sleeps would keep every writer waiting until somebody ends it. When the
# process wakes, it finds its line cut and drops what it has.
_END_SLEEPERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = $1 AND datname = current_database() AND pid = ANY ($2::int[])
      AND state_change < clock_timestamp() - interval '5 seconds'"""

log = get_logger()


class PostgresNews:
    """One line to the database, for hearing (when `forget` is given) and for telling."""

    def __init__(self, url: str, forget: Callable[[Iterable[str]], None] | None) -> None:
        self._url = url
        self._forget = forget
        self._line = Line(self._notice, self._line_lost)
        self._receipts: weakref.WeakValueDictionary[str, Receipt] = weakref.WeakValueDictionary()
        self._unconfirmed: list[str] = []
        self._good_until = self._renew_at = 0.0
        self._asking: asyncio.Future[float] | None = None
        self._mending: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Connect; when that fails, go on without pages and try again until it works."""
        if not await self._connect():
            self._mend()

    async def close(self) -> None:
        """Hang up."""
        if self._mending is not None:
            self._mending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._mending
        self._line.close()
        self._end_lease()

    async def tell(self, session: AsyncSession, tags: Iterable[str]) -> Receipt | None:
        """Have the writer's own transaction tell what goes stale, if and when it is committed."""
        told = told_as(tags)
        if not told:
            return None
        async with self._opening:
            # A command has no line before it first writes.
            if not self._line.is_open and self._mending is None:
                await self.open()
        receipt = Receipt()
        self._receipts[receipt.number] = receipt
        for telling in tellings(told, receipt.number):
            await session.execute(select(func.pg_notify(_STALE, telling.payload())))
        return receipt

    async def heard(self, receipt: Receipt | None) -> None:
        """After the commit: wait until no process can answer with an older page any more."""
        if receipt is None:
            return
        listeners: set[int] = set()
        try:
            async with asyncio.timeout(PATIENCE):
                listeners = await self._listeners()
                await receipt.wait_for(listeners)
        except TimeoutError:
            missing = receipt.missing(listeners)
            log.warning("pages.unheard", listeners=sorted(missing))
            named = "{" + ",".join(map(str, missing)) + "}"
            self._line.ask(_END_SLEEPERS, (_LISTENER, named), _nothing)

    def is_current(self) -> bool:
        """Whether everything answered before now was heard of."""
        now = time.monotonic()
        if now >= self._good_until:
            return False
        if now >= self._renew_at and self._asking is None:
            self._ask()
        return True

    async def catch_up(self) -> bool:
        """Ask the database; False when it does not answer."""
        came = time.monotonic()
        while self._line.is_open:
            try:
                async with asyncio.timeout(_ANSWER_WITHIN):
                    asked = await asyncio.shield(self._asking or self._ask())
            except TimeoutError:
                self._line.close()
                self._line_lost()
                return False
            if asked >= came or time.monotonic() < self._good_until:
                return True
        return False

    def _ask(self) -> asyncio.Future[float]:
        asked = time.monotonic()
        answer = self._asking = asyncio.get_running_loop().create_future()
        # Before the question goes out, as it may find the line cut.
        self._line.ask("SELECT 1", (), lambda _: self._answered(answer, asked))
        return answer

    def _answered(self, answer: asyncio.Future[float], asked: float) -> None:
        self._good_until, self._renew_at = asked + LEASE, asked + LEASE / 2
        self._asking = None
        answer.set_result(asked)

    async def _listeners(self) -> set[int]:
        answer: asyncio.Future[list[Row]] = asyncio.get_running_loop().create_future()

        def answered(rows: list[Row]) -> None:
            if not answer.done():
                answer.set_result(rows)

        # On a line that is cut nobody answers, and the writer's patience runs out as it should.
        self._line.ask(_LISTENERS, (_LISTENER,), answered)
        return {int(pid) for (pid,) in await answer if pid is not None}

    def _notice(self, channel: str, payload: str) -> None:
        if channel == _HEARD:
            self._confirmed(*payload.split())
            return
        told = Telling.read(payload)
        if self._forget is not None:
            self._forget(told.tags)
        if told.receipt:
            self._confirm(told.receipt)

    def _confirm(self, receipt: str) -> None:
        if receipt in self._receipts:
            self._receipts[receipt].heard_by(self._line.pid)
            return
        self._unconfirmed.append(receipt)
        if len(self._unconfirmed) == 1:
            asyncio.get_running_loop().call_soon(self._confirm_all)

    def _confirm_all(self) -> None:
        while self._unconfirmed and self._line.is_open:
            some = self._unconfirmed[:_RECEIPTS_AT_ONCE]
            del self._unconfirmed[:_RECEIPTS_AT_ONCE]
            payload = " ".join((str(self._line.pid), *some))
            self._line.ask("SELECT pg_notify($1, $2)", (_HEARD, payload), _nothing)

    def _confirmed(self, pid: str, *receipts: str) -> None:
        for number in receipts:
            if receipt := self._receipts.get(number):
                receipt.heard_by(int(pid))

    async def _connect(self) -> bool:
        hearing = (f"LISTEN {_STALE}",) if self._forget else ()
        name = _LISTENER if self._forget else _WRITER
        try:
            # Named last: a listener that is seen by writers already listens.
            await self._line.open(
                self._url, f"LISTEN {_HEARD}", *hearing, f"SET application_name TO '{name}'"
            )
        except psycopg.Error as error:
            log.warning("pages.unused", because=str(error))
            return False
        self._end_lease()
        return True

    def _line_lost(self) -> None:
        self._end_lease()
        self._mend()

    def _end_lease(self) -> None:
        self._good_until = 0.0
        self._unconfirmed.clear()
        if self._forget is not None:
            self._forget((EVERYTHING,))
        if self._asking is not None:
            self._asking.set_result(0.0)
            self._asking = None

    def _mend(self) -> None:
        if self._mending is None:
            self._mending = asyncio.get_running_loop().create_task(self._connect_again())

    async def _connect_again(self) -> None:
        pause = _FIRST_RETRY
        while not await self._connect():
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LAST_RETRY)
        self._mending = None


def _nothing(_rows: list[Row]) -> None:
    """The answer tells nothing."""
