"""What travels by NOTIFY: which tags went stale, and who has heard it."""

import asyncio
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.core.page_cache import EVERYTHING

# PostgreSQL takes less than 8000 bytes.
_LONGEST_PAYLOAD = 7_900
_FRAME = 100


class Receipt:
    """One telling, known by its number: who has heard it so far."""

    def __init__(self) -> None:
        self.number = secrets.token_hex(8)
        self._heard_by: set[int] = set()
        self._more = asyncio.Event()

    def heard_by(self, pid: int) -> None:
        """One more listener dropped its pages."""
        self._heard_by.add(pid)
        self._more.set()

    def missing(self, listeners: set[int]) -> set[int]:
        """Those of the listeners who have not."""
        return listeners - self._heard_by

    async def wait_for(self, listeners: set[int]) -> None:
        """Until all of these have heard it."""
        while self.missing(listeners):
            self._more.clear()
            await self._more.wait()


@dataclass(frozen=True)
class Telling:
    """One notification. The last of a transaction bears the number of its receipt."""

    tags: tuple[str, ...]
    receipt: str | None = None

    def payload(self) -> str:
        """As PostgreSQL carries it."""
        return json.dumps({"stale": self.tags, "receipt": self.receipt}, ensure_ascii=False)

    @classmethod
    def read(cls, payload: str) -> "Telling":
        """From the wire. What nobody of ours can have written may mean anything: all is stale."""
        try:
            told = json.loads(payload)
            return cls(tuple(map(str, told["stale"])), told["receipt"])
        except (ValueError, TypeError, KeyError):
            return cls((EVERYTHING,))


def tellings(tags: Iterable[str], receipt: str) -> Iterator[Telling]:
    """As many notifications as it takes, each short enough."""
    some: list[str] = []
    length = 0
    for tag in tags:
        weight = len(json.dumps(tag, ensure_ascii=False).encode()) + 2
        if length + weight > _LONGEST_PAYLOAD - _FRAME:
            yield Telling(tuple(some))
            some, length = [], 0
        some.append(tag)
        length += weight
    yield Telling(tuple(some), receipt)
