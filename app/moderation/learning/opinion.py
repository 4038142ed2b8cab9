"""What the filter says about a comment, and how sure it has to be to say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.core.i18n import _
from app.moderation.learning.features import Reading
from app.moderation.learning.judging import hear, score_of
from app.moderation.learning.learner import Learned
from app.moderation.learning.reasons import MOST, Reason, reasons_of

# Before so many of each were learned here, everything waits for a person.
ENOUGH = 20


class Verdict(StrEnum):
    """What follows from a score."""

    HAM = "ham"
    UNSURE = "unsure"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on it is sure: settings of the site."""

    spam: float = 0.95
    ham: float = 0.2


@dataclass(frozen=True, slots=True)
class Opinion:
    """A score from 0 (good) to 1 (spam), None while too little was learned; the verdict; and why."""

    score: float | None
    verdict: Verdict
    reasons: Sequence[Reason]
    spam_learned: int
    ham_learned: int


DEFAULT = Thresholds()


def opinion_of(
    reading: Reading, learned: Learned, thresholds: Thresholds = DEFAULT, most: int = MOST
) -> Opinion:
    """What it says about a comment that was read with its own seed; no more reasons than `most`."""
    spam, ham = learned.learned_here
    if min(spam, ham) < ENOUGH:
        return Opinion(None, Verdict.UNSURE, (), spam, ham)
    heard = hear(reading, learned)
    score = score_of(reading, learned, heard)
    reasons = reasons_of(reading, heard, most)
    return Opinion(score, verdict_of(score, thresholds), reasons, spam, ham)


def verdict_of(score: float, thresholds: Thresholds = DEFAULT) -> Verdict:
    """Spam above the one threshold, good below the other, and else a person decides."""
    if score > thresholds.spam:
        return Verdict.SPAM
    return Verdict.HAM if score < thresholds.ham else Verdict.UNSURE


def as_sentences(reasons: Iterable[Reason]) -> list[str]:
    """Reasons as a moderator reads them, each with the side it speaks for."""
    nothing = _prepared(_("{what}: says nothing yet"))
    for_spam = _prepared(_("{what}: speaks for spam (+{weight:.2f})"))
    against = _prepared(_("{what}: speaks against spam ({weight:.2f})"))
    return [
        (for_spam if weight > 0 else against if weight else nothing)
        % {"what": what, "weight": weight}
        for what, weight in reasons
    ]


@lru_cache(maxsize=128)
def _prepared(sentence: str) -> str:
    """The same sentence for `%`: to fill in that takes half as long, and there are a dozen a comment."""
    return sentence.replace("%", "%%").format(what="%(what)s", weight=_Percent())


class _Percent(float):
    """Stands where a number will: in the form that is asked for."""

    def __format__(self, form: str) -> str:
        return f"%(weight){form or 's'}"
