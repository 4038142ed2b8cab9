"""What the filter says about a comment, and how sure it has to be to say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.i18n import _
from app.moderation.learning.features import Reading
from app.moderation.learning.judging import hear, score_of
from app.moderation.learning.learner import Learned
from app.moderation.learning.reasons import Reason, reasons_of

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


def opinion_of(reading: Reading, learned: Learned, thresholds: Thresholds = DEFAULT) -> Opinion:
    """What it says about a comment that was read with its own seed."""
    spam, ham = learned.learned_here
    if min(spam, ham) < ENOUGH:
        return Opinion(None, Verdict.UNSURE, (), spam, ham)
    heard = hear(reading, learned)
    score = score_of(reading, learned, heard)
    return Opinion(score, verdict_of(score, thresholds), reasons_of(reading, heard), spam, ham)


def verdict_of(score: float, thresholds: Thresholds = DEFAULT) -> Verdict:
    """Spam above the one threshold, good below the other, and else a person decides."""
    if score > thresholds.spam:
        return Verdict.SPAM
    return Verdict.HAM if score < thresholds.ham else Verdict.UNSURE


def as_sentence(reason: Reason) -> str:
    """A reason as a moderator reads it, with the side it speaks for."""
    if not reason.weight:
        return _("{what}: says nothing yet").format(what=reason.what)
    if reason.weight > 0:
        return _("{what}: speaks for spam (+{weight:.2f})").format(
            what=reason.what, weight=reason.weight
        )
    return _("{what}: speaks against spam ({weight:.2f})").format(
        what=reason.what, weight=reason.weight
    )
