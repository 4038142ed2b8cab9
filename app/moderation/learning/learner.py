"""What was learned, and the steps by which it is learned and forgotten."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from zlib import crc32

from app.moderation.learning.bayes import ONE_HAM, balance_of, log_odds, shares_by
from app.moderation.learning.features import (
    AUTHOR,
    DOMAIN_GRAMS,
    FORM,
    GRAMS,
    LINKS,
    PAIRS,
    SETS,
    SKIPS,
    WORDS,
    Features,
)

SPAM, HAM = "spam", "ham"

# A round number of blocks, a little more than there are buckets.
SLOTS = 1 << 18
# Sets that share a weight, the weight, and how many buckets are usual. The more there are the less
# each says; but were it divided by the root of their number, good words added to spam would thin it out.
GROUPS = (
    ((GRAMS,), 1.4, 300),
    ((WORDS, PAIRS, SKIPS), 0.6, 120),
    ((FORM,), 0.5, 15),
    ((AUTHOR,), 0.7, 15),
    ((LINKS, DOMAIN_GRAMS), 1.0, 20),
)
_THINNED = 0.35
_GROUP_OF = [group for kind in range(SETS) for group in GROUPS if kind in group[0]]
COUNTED = (WORDS, PAIRS, FORM, LINKS)

# How far a lesson goes, and how much the first ones count before there is anything to go by.
_RATE = 1.4
_START = 0.02
# How sharply the halves are asked before a step, and how much the naive one has to say then.
_TEMPER = 0.45
_JOINT = 0.5
# One lesson may be off so far at most. Once much is known, one that contradicts all of it is as
# likely a slip of the moderator's as news: the further off it is, the more of its step is left out.
_FURTHEST = 0.95
_DOUBTED = 0.9
_DOUBTED_AFTER = 150
# From where on it is right enough to leave it alone.
_NEAR_ENOUGH = 0.05
# The shares of both halves; that of the naive one falls from this to that, half way by so many labels.
_LINEAR = 0.42
_NAIVE, _NAIVE_LAST = 0.42, 0.05
_HALVED_BY = 1200

# All steps are multiples of these, which 24 bits hold exactly: what was added can be taken away
# without a trace, and a state is the same after it was saved.
_FINE = 1.5 * 2.0 ** (52 - 18)
_FINER = 1.5 * 2.0 ** (52 - 22)
_FINE_ERROR = 1024
# So many lessons can be taken back by the very step they were; older ones by a typical step.
_STEPS_KEPT = 1000
_TYPICAL = 0.5


def _zeros() -> array[float]:
    return array("f", bytes(4 * SLOTS))


def _none_seen() -> array[float]:
    return array("d", bytes(8 * SLOTS))


@dataclass
class Learned:
    """Three numbers a bucket, how many lessons there were, and how large the last steps were."""

    seed: int
    weights: array[float] = field(default_factory=_zeros)
    squares: array[float] = field(default_factory=_zeros)
    # One for each lesson of spam, `ONE_HAM` for each good one in which a bucket was.
    seen: array[float] = field(default_factory=_none_seen)
    spam_learned: int = 0
    ham_learned: int = 0
    # How many of them came with what was brought from another site.
    spam_brought: int = 0
    ham_brought: int = 0
    # The newest last: which lesson, and its step; None for one that a cap kept from being learned.
    steps: list[tuple[int, float | None]] = field(default_factory=list)

    @property
    def tables(self) -> dict[str, array[float]]:
        """The three tables under the names they are saved by."""
        return {"weights": self.weights, "squares": self.squares, "seen": self.seen}

    @property
    def learned_here(self) -> tuple[int, int]:
        """How many lessons, spam and good, this site's own moderators gave."""
        return self.spam_learned - self.spam_brought, self.ham_learned - self.ham_brought

    @property
    def known(self) -> int:
        """How many lessons there were, wherever they were given."""
        return self.spam_learned + self.ham_learned

    def chance(self, linear: float, naive: float) -> float:
        """The chance that something is spam, 0 to 1, of which the two halves say this."""
        return _chance(_LINEAR * linear + self._share() * naive)

    def naive(self, sets: Sequence[Collection[int]]) -> float:
        """What the naive half says of eight sets of buckets, in log-odds."""
        if not self.spam_learned or not self.ham_learned:
            return 0.0
        shares = shares_by(balance_of(self.spam_learned, self.ham_learned))
        buckets: list[int] = []
        for kind in COUNTED:
            buckets += sets[kind]
        # Most were never seen, and say nothing.
        return log_odds(Counter(filter(None, picked(self.seen, buckets))), shares)

    def learn(self, features: Features, label: str) -> None:
        """One step towards a moderator's label."""
        step = self._step(features, label)
        self._move(features, step)
        self._count(features, label, 1)
        self._remember(features, label, step)

    def pass_over(self, features: Features, label: str) -> None:
        """A lesson that is one too many: not learned, so that there will be nothing to take back."""
        self._remember(features, label, None)

    def unlearn(self, features: Features, label: str) -> None:
        """Take a lesson back. Without a trace if it was the last one; nearly, if others came after."""
        step = self._forget(features, label)
        if step is None:
            return
        self._count(features, label, -1)
        self._move_back(features, step)

    def _step(self, features: Features, label: str) -> float:
        naive = _JOINT * self._share() * self.naive(features.sets) / _LINEAR
        off = _chance(_TEMPER * (self._linear(features) + naive)) - (label == SPAM)
        off = max(-_FURTHEST, min(_FURTHEST, off))
        off *= 1 - _DOUBTED * off * off * min(1.0, self.known / _DOUBTED_AFTER)
        return round(off * _FINE_ERROR) / _FINE_ERROR if abs(off) >= _NEAR_ENOUGH else 0.0

    def _share(self) -> float:
        return _NAIVE_LAST + _NAIVE / (1 + self.known / _HALVED_BY)

    def _linear(self, features: Features) -> float:
        weights = self.weights
        # Weights are multiples of one power of two: their sum is exact in any order.
        return math.fsum(scale * sum(picked(weights, one)) for one, scale in scaled(features))

    def _move(self, features: Features, off: float) -> None:
        if not off:
            return
        weights, squares, root = self.weights, self.squares, math.sqrt
        for one, scale in scaled(features):
            square = ((off * scale) ** 2 + _FINER) - _FINER
            way = _RATE * off * scale
            for bucket in one:
                squares[bucket] = squared = squares[bucket] + square
                weights[bucket] -= (way / root(_START + squared) + _FINE) - _FINE

    def _move_back(self, features: Features, off: float) -> None:
        if not off:
            return
        weights, squares, root = self.weights, self.squares, math.sqrt
        # Backwards: a bucket that is in two sets was moved twice.
        for one, scale in reversed(list(scaled(features))):
            square = ((off * scale) ** 2 + _FINER) - _FINER
            way = _RATE * off * scale
            for bucket in one:
                squared = squares[bucket]
                weights[bucket] += (way / root(_START + squared) + _FINE) - _FINE
                squares[bucket] = max(squared - square, 0.0)

    def _count(self, features: Features, label: str, by: int) -> None:
        seen, is_spam = self.seen, label == SPAM
        step = by if is_spam else by * ONE_HAM
        for place in COUNTED:
            for bucket in features.sets[place]:
                both = seen[bucket]
                # There may be nothing to take back: an older lesson is known by its name alone.
                if by > 0 or (both % ONE_HAM if is_spam else both // ONE_HAM):
                    seen[bucket] = both + step
        if label == SPAM:
            self.spam_learned = max(self.spam_learned + by, 0)
        else:
            self.ham_learned = max(self.ham_learned + by, 0)

    def _remember(self, features: Features, label: str, step: float | None) -> None:
        self.steps.append((name_of(features, label), step))
        if len(self.steps) > 2 * _STEPS_KEPT:
            del self.steps[:_STEPS_KEPT]

    def _forget(self, features: Features, label: str) -> float | None:
        name = name_of(features, label)
        for place in range(len(self.steps) - 1, -1, -1):
            if self.steps[place][0] == name:
                return self.steps.pop(place)[1]
        if len(self.steps) < _STEPS_KEPT:
            # Nothing was dropped yet: it never was learned.
            return None
        return -_TYPICAL if label == SPAM else _TYPICAL


@lru_cache(maxsize=1 << 14)
def scale_of(kind: int, size: int) -> float:
    """The weight of one bucket in a set of a group in which so many buckets are."""
    _kinds, weight, usual = _GROUP_OF[kind]
    return weight * math.pow(usual / (size or 1), _THINNED) / math.sqrt(usual)


def scales_of(sizes: Sequence[int]) -> list[float]:
    """The weight of one bucket in each set, of which so many buckets are."""
    scales = []
    for kinds, _weight, _usual in GROUPS:
        scale = scale_of(kinds[0], sum([sizes[kind] for kind in kinds]))
        scales += [scale] * len(kinds)
    return scales


def picked(table: array[float], buckets: Collection[int]) -> Sequence[float]:
    """The numbers of these buckets, in their order; several times as fast as one by one."""
    if len(buckets) < 2:
        return [table[bucket] for bucket in buckets]
    numbers: tuple[float, ...] = itemgetter(*buckets)(table)
    return numbers


def scaled(features: Features) -> Iterator[tuple[Collection[int], float]]:
    """Each set with the weight of one bucket in it."""
    return zip(features.sets, scales_of(list(map(len, features.sets))), strict=True)


def name_of(features: Features, label: str) -> int:
    """A number for a lesson, by which it is found again to be taken back."""
    number = crc32(label.encode())
    for one in features.sets:
        number = crc32(one, number)
    return number


def _chance(log_odds_of_spam: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds_of_spam))))
