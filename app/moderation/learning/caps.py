"""Nobody may teach much in a day: a lesson is a lesson a few times, then it is an attempt to poison."""

from collections import Counter
from collections.abc import Iterable

A_DAY = 3
_DAYS_KEPT = 2


class Caps:
    """Counts the lessons of a day (UTC, `2026-11-27`) by what they have in common.

    Every lesson counts, whether it was learned or not. So the counts of a day follow from the log
    alone, wherever in it a process began to read.
    """

    def __init__(self) -> None:
        self._days: dict[str, Counter[str]] = {}

    def allows(self, day: str, subjects: Iterable[str]) -> bool:
        """Count a lesson about these subjects, and say whether there were few enough before it."""
        counts = self._days.setdefault(day, Counter())
        allowed = True
        for subject in set(subjects):
            counts[subject] += 1
            allowed &= counts[subject] <= A_DAY
        for old in sorted(self._days)[:-_DAYS_KEPT]:
            del self._days[old]
        return allowed


def subjects_of(text_hash: str, author: str, domains: Iterable[str]) -> list[str]:
    """What a lesson has in common with others; an unknown author is nobody in particular."""
    return [
        f"text {text_hash}",
        *([f"author {author}"] if author else []),
        *(f"domain {domain}" for domain in domains),
    ]
