"""A connection to PostgreSQL that nobody waits for: questions go out, answers and notices come in."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import pq

Row = tuple[str | None, ...]
_CONNECT_WITHIN = 5
_WELL = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


@dataclass(frozen=True)
class _Question:
    sql: bytes
    values: tuple[bytes | None, ...]
    answered: Callable[[list[Row]], None]


class Line:
    """libpq's own non-blocking calls, driven by the event loop.

    A driver's coroutine could not do this: notices must be seen the moment they arrive, beside a
    question that is under way, and by code which may not wait. `notice(channel, payload)` is called
    for each notification, always before the answer of a question that was asked after it was
    sent; `lost()` once, when the connection is gone.
    """

    def __init__(self, notice: Callable[[str, str], None], lost: Callable[[], None]) -> None:
        self._notice = notice
        self._lost = lost
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._waiting: deque[_Question] = deque()
        self._asked: _Question | None = None
        self._rows: list[Row] = []
        self._socket = -1

    @property
    def is_open(self) -> bool:
        """Whether questions can be asked."""
        return self._connection is not None

    @property
    def pid(self) -> int:
        """The server's process at the other end."""
        return self._wire.backend_pid

    async def open(self, conninfo: str, *first: str) -> None:
        """Connect and run the statements `first`; raises `psycopg.Error`."""
        connection = await psycopg.AsyncConnection.connect(
            conninfo, autocommit=True, connect_timeout=_CONNECT_WITHIN
        )
        try:
            for statement in first:
                await connection.execute(statement.encode())
        except BaseException:
            await connection.close()
            raise
        self._connection, self._socket = connection, connection.fileno()
        asyncio.get_running_loop().add_reader(self._socket, self.read)

    def close(self) -> None:
        """Hang up; questions without an answer get none."""
        if self._connection is None:
            return
        wire, self._connection = self._wire, None
        loop = asyncio.get_running_loop()
        # By the number kept: libpq forgets it when the server hangs up.
        loop.remove_reader(self._socket)
        loop.remove_writer(self._socket)
        self._waiting.clear()
        self._asked, self._rows = None, []
        wire.finish()

    def ask(self, sql: str, values: Sequence[str], answered: Callable[[list[Row]], None]) -> None:
        """Ask as soon as it is this question's turn; `answered` gets the rows as text.

        On a closed line nobody is asked, and nobody answers.
        """
        if self._connection is None:
            return
        encoded = tuple(value.encode() for value in values)
        self._waiting.append(_Question(sql.encode(), encoded, answered))
        if self._asked is None:
            self._guarded(self._ask_next)

    def read(self) -> None:
        """Take in what has arrived."""
        self._guarded(self._take_in)

    @property
    def _wire(self) -> pq.abc.PGconn:
        if self._connection is None:
            raise psycopg.OperationalError("the line is closed")
        return self._connection.pgconn

    def _guarded(self, act: Callable[[], None]) -> None:
        if self._connection is None:
            return
        try:
            act()
        except psycopg.Error:
            self.close()
            self._lost()

    def _take_in(self) -> None:
        self._wire.consume_input()
        self._take_notices()
        while self._asked is not None and not self._wire.is_busy():
            result = self._wire.get_result()
            self._take_notices()
            if result is None:
                self._finish_question(self._asked)
            elif result.status not in _WELL:
                raise psycopg.OperationalError(result.error_message.decode(errors="replace"))
            else:
                self._rows += _rows_of(result)

    def _take_notices(self) -> None:
        while notice := self._wire.notifies():
            self._notice(notice.relname.decode(), notice.extra.decode())

    def _finish_question(self, question: _Question) -> None:
        rows, self._rows, self._asked = self._rows, [], None
        question.answered(rows)
        if self._connection is not None and self._asked is None:
            self._ask_next()

    def _ask_next(self) -> None:
        if self._waiting:
            self._asked = self._waiting.popleft()
            self._wire.send_query_params(self._asked.sql, self._asked.values)
            self._flush()

    def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        if self._wire.flush():
            loop.add_writer(self._socket, self._guarded, self._flush)
        else:
            loop.remove_writer(self._socket)


def _rows_of(result: pq.abc.PGresult) -> list[Row]:
    return [
        tuple(_text(result.get_value(row, column)) for column in range(result.nfields))
        for row in range(result.ntuples)
    ]


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
