"""A line of the log of decisions, and the memory that takes in one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.moderation.learning.caps import Caps, subjects_of
from app.moderation.learning.learner import Learned, name_of
from app.moderation.learning.packing import unpack


@dataclass(frozen=True, slots=True)
class Entry:
    """What a decision teaches: nothing, where `label` is empty. `day` is a number, by UTC."""

    id: int
    day: int
    user_id: int | None
    label: str
    unlearns: bool
    features: bytes
    text_hash: str
    author: str
    domains: Sequence[str]

    @property
    def subjects(self) -> list[str]:
        """What the caps count it by."""
        return subjects_of(self.text_hash, self.author, self.domains)


@dataclass
class Memory:
    """What was learned, and how much of the day's lessons was seen.

    The same lines in the same order make the same memory, on any machine and any database.
    """

    learned: Learned
    caps: Caps = field(default_factory=Caps)

    def take_in(self, entry: Entry) -> None:
        """Learn or unlearn one line of the log."""
        if not entry.label:
            return
        features = unpack(entry.features, self.learned.seed)
        if features is None:
            # Hashed for another seed: it stood in the log before a memory was brought from elsewhere.
            return
        if entry.unlearns:
            self.learned.unlearn(features, entry.label)
        elif self.caps.allows(entry.day, entry.subjects):
            self.learned.learn(features, entry.label)
        else:
            self.learned.pass_over(features, entry.label)


class TakenBack:
    """Which lessons were taken back later: a rebuild leaves out both, and so forgets without a trace."""

    def __init__(self) -> None:
        self.left_out: set[int] = set()
        self._open: dict[int, list[int]] = {}

    def look_at(self, entry: Entry, seed: int) -> None:
        """Look at the lines in their order, before any is learned."""
        features = unpack(entry.features, seed) if entry.label else None
        if features is None:
            return
        lessons = self._open.setdefault(name_of(features, entry.label), [])
        if not entry.unlearns:
            lessons.append(entry.id)
            return
        self.left_out.add(entry.id)
        if lessons:
            self.left_out.add(lessons.pop())
