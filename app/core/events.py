"""What happened, recorded by actions and read by the unit of work before it commits."""

from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncSession

_KEY = "recorded events"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, in the past tense.

    `touches` names what pages showed before or show now, as tags (`post:12`, `thread:7`): exactly
    the pages stored under one of them become stale when the change is committed.
    """

    touches: frozenset[str] = field(default_factory=frozenset)

    @property
    def facts(self) -> dict[str, Any]:
        """What it tells beside that: ids, as a job is handed them."""
        return {name: fact for name, fact in vars(self).items() if name != "touches"}


def record(session: AsyncSession, event: Event) -> None:
    """Remember an event until the session's unit of work ends."""
    cast("list[Event]", _recorded(session.info)).append(event)


def take_recorded(session: AsyncSession) -> list[Event]:
    """The events since the last call, in order; they are forgotten here."""
    events = cast("list[Event]", _recorded(session.info))
    taken, events[:] = list(events), []
    return taken


def _recorded(info: dict[Any, Any]) -> Any:
    return info.setdefault(_KEY, [])
