"""How a comment is judged: by all that is in it, and by the stretch of it that is most like spam.

Who hides an advertisement among harmless words changes what is said by the whole, but not by the
stretch in which the advertisement stands.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import add

from app.moderation.learning.features import FORM, GRAMS, WORDS, Reading
from app.moderation.learning.learner import Learned, picked, scale_of, scales_of

# So many words are a stretch, and each begins so many words after the last one.
_STRETCH, _STRIDE = 10, 5
# A text of no more words than this is one stretch.
_SHORT = 12
# How much of what a stretch says beyond the whole counts.
_BEYOND = 0.5


@dataclass(frozen=True, slots=True)
class Heard:
    """What each bucket of a comment weighs; looked up once for its score and for the reasons."""

    scales: list[float]
    weights: list[Sequence[float]]
    # The sum of the weights of all pieces of the text up to each of them.
    pieces: list[float]


def hear(reading: Reading, learned: Learned) -> Heard:
    """Look up what was learned of a comment."""
    weights = learned.weights
    return Heard(
        scales_of(reading),
        [picked(weights, one) for one in reading.sets],
        list(accumulate(picked(weights, reading.in_order[GRAMS]), initial=0.0)),
    )


def score_of(reading: Reading, learned: Learned, heard: Heard | None = None) -> float:
    """The chance that it is spam, 0 to 1, as far as was learned."""
    heard = heard or hear(reading, learned)
    said = [scale * sum(one) for scale, one in zip(heard.scales, heard.weights, strict=True)]
    linear, naive = math.fsum(said), learned.naive(reading.sets)
    if len(reading.starts) > _SHORT:
        worst, first = _worst_stretch(reading, learned.weights, heard)
        beyond = worst - math.fsum(said[:FORM])
        if beyond > 0:
            linear += _BEYOND * beyond
            in_stretch = learned.naive(_sets_of_stretch(reading, first))
            naive += _BEYOND * max(in_stretch - naive, 0.0)
    return learned.chance(linear, naive)


def _worst_stretch(reading: Reading, weights: array[float], heard: Heard) -> tuple[float, int]:
    """What its text says by the linear half, were it all of the text; and its first word."""
    _pieces, words, pairs, skips = (picked(weights, one) for one in reading.in_order)
    # With each word the pairs that begin with it.
    spoken = map(add, map(add, words, (*pairs, 0.0)), (*skips, 0.0, 0.0))
    so_far, pieces = list(accumulate(spoken, initial=0.0)), heard.pieces
    scale = scale_of(WORDS, 3 * _STRETCH)
    return max(
        (
            scale * (so_far[first + _STRETCH] - so_far[first])
            + scale_of(GRAMS, end - start) * (pieces[end] - pieces[start]),
            first,
        )
        for first, start, end in _stretches(reading)
    )


def _stretches(reading: Reading) -> Iterator[tuple[int, int, int]]:
    """The first word of each, and between which pieces of the text it lies."""
    starts, words = reading.starts, reading.names[WORDS]
    last = len(words) - _STRETCH
    for first in (*range(0, last, _STRIDE), last):
        final = first + _STRETCH - 1
        # One blank before and one behind belong to it; a piece has four letters.
        yield first, starts[first] - 1, starts[final] + len(words[final]) - 2


def _sets_of_stretch(reading: Reading, first: int) -> tuple[Collection[int], ...]:
    """The sets of a comment, with no words of the text but those of a stretch."""
    end = first + _STRETCH
    pieces, words, pairs, skips = reading.in_order
    return (
        pieces,
        set(words[first:end]),
        set(pairs[first : end - 1]),
        set(skips[first : end - 2]),
        *reading.sets[FORM:],
    )
