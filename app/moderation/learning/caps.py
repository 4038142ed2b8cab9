"""Nobody may teach much in a day: a lesson is a lesson a few times, then it is an attempt to poison."""

from collections import Counter
from collections.abc import Iterable

A_DAY = 3


class Caps:
    """Counts the lessons of a day (a number, `date.toordinal()`) by what they have in common.

    Every lesson counts, whether it was learned or not, and what is older than the day before the
    latest is forgotten. So the counts follow from the log of two days alone, and a process that
    began to read there counts as one that read it all.
    """

    def __init__(self) -> None:
        self._days: dict[int, Counter[str]] = {}
        self._latest = 0

    def allows(self, day: int, subjects: Iterable[str]) -> bool:
        """Count a lesson about these subjects, and say whether there were few enough before it."""
        self._latest = max(self._latest, day)
        counts = self._days.setdefault(day, Counter())
        counts.update(set(subjects))
        allowed = all(counts[subject] <= A_DAY for subject in subjects)
        for old in [each for each in self._days if each < self._latest - 1]:
            del self._days[old]
        return allowed


def subjects_of(text_hash: str, author: str, domains: Iterable[str]) -> list[str]:
    """What a lesson has in common with others; an unknown author is nobody in particular."""
    return [
        f"text {text_hash}",
        *([f"author {author}"] if author else []),
        *(f"domain {domain}" for domain in domains),
    ]
