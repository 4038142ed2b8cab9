"""What goes into which letter: pure, so that its rules are a table of examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.notifications.models import Letter
from app.notifications.notices.kinds import KINDS, REMINDERS, Level
from app.notifications.notices.times import Rhythm, is_same_day, next_morning


class Sheaf(StrEnum):
    """The three letters there are: of one discussion at once, of all that is new, and of what is due."""

    AT_ONCE = "at-once"
    DIGEST = "digest"
    REMINDERS = "reminders"


def is_news(letter: Letter) -> bool:
    """Whether a letter is one of the three: its subject is for its reader alone."""
    return letter.about.partition(":")[0] in set(Sheaf)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom letters go to, and when they want them. Without an address they get none."""

    user_id: int
    email: str
    language: str
    rhythm: Rhythm
    reminded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A notice that is to be mailed by now."""

    id: int
    kind: str
    level: Level
    thread: str
    about: str
    path: str
    facts: dict[str, Any]
    group_id: int | None = None
    # A letter of the same discussion is out, and they have not looked since.
    is_thread_mailed: bool = False


@dataclass(frozen=True)
class Parcel:
    """One letter to be written, its newest notice first."""

    to: Addressee
    sheaf: Sheaf
    notices: tuple[Due, ...]


@dataclass(frozen=True)
class Sorted:
    """What becomes of all that is due to somebody."""

    parcels: tuple[Parcel, ...]
    # Stays in the inbox, and is mailed no more.
    unmailed: tuple[int, ...] = ()
    # Is mailed another time.
    later: tuple[int, ...] = ()
    later_at: datetime | None = None


def sort_due(to: Addressee, due: Sequence[Due], at: datetime) -> Sorted:
    """Make letters of what is due to somebody, the newest first."""
    if not to.email:
        return Sorted((), tuple(one.id for one in due))
    reminders = [one for one in due if one.kind in REMINDERS]
    others = [one for one in due if one.kind not in REMINDERS]
    unmailed = {one.id for one in others if _is_enough_said(one)}
    at_once = [one for one in others if one.level == Level.AT_ONCE and one.id not in unmailed]
    digest = [one for one in others if one.level != Level.AT_ONCE]
    parcels = [Parcel(to, Sheaf.AT_ONCE, some) for some in _by_thread(at_once)]
    if digest:
        parcels.append(Parcel(to, Sheaf.DIGEST, tuple(digest)))
    had_theirs = to.reminded_at is not None and is_same_day(to.rhythm, to.reminded_at, at)
    if had_theirs and reminders:
        later = tuple(one.id for one in reminders)
        return Sorted(tuple(parcels), tuple(sorted(unmailed)), later, next_morning(to.rhythm, at))
    if reminders:
        parcels.append(Parcel(to, Sheaf.REMINDERS, tuple(reminders)))
    return Sorted(tuple(parcels), tuple(sorted(unmailed)))


def _by_thread(due: Sequence[Due]) -> list[tuple[Due, ...]]:
    found: dict[str, list[Due]] = {}
    for one in due:
        kind = KINDS.get(one.kind)
        is_of_thread = kind is not None and kind.is_of_thread and one.thread
        found.setdefault(one.thread if is_of_thread else f"notice:{one.id}", []).append(one)
    return [tuple(some) for some in found.values()]


def _is_enough_said(one: Due) -> bool:
    kind = KINDS.get(one.kind)
    return kind is None or (
        kind.is_of_thread and one.is_thread_mailed and one.level == Level.AT_ONCE
    )
