"""How a comment is judged: by all that is in it, and by the stretch of it that is most like spam.

Who hides an advertisement among harmless words changes what is said by the whole, but not by the
stretch in which the advertisement stands.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import accumulate
from operator import add
from typing import NamedTuple

from app.moderation.learning.features import FORM, GRAMS, PAIRS, SKIPS, WORDS, Reading
from app.moderation.learning.learner import Learned, picked, scale_of, scales_of

# So many words are a stretch, and each begins so many words after the last one.
_STRETCH, _STRIDE = 10, 5
# A text of no more words than this is one stretch.
_SHORT = 12
# How much of what a stretch says beyond the whole counts.
_BEYOND = 0.5


class Heard(NamedTuple):
    """What each bucket of a comment weighs; looked up once for its score and for the reasons."""

    scales: list[float]
    # The weights of each set in the order of the text, and those of each bucket once.
    in_order: list[Sequence[float]]
    once: list[dict[int, float]]


def hear(reading: Reading, learned: Learned) -> Heard:
    """Look up what was learned of a comment."""
    # All sets at once: the look-up of a small one takes longer to begin than to do.
    together: list[int] = []
    for buckets in reading.buckets:
        together += buckets
    weights = picked(learned.weights, together)
    in_order, once, end = [], [], 0
    for buckets in reading.buckets:
        start, end = end, end + len(buckets)
        in_order.append(found := weights[start:end])
        once.append(dict(zip(buckets, found, strict=True)))
    return Heard(scales_of([len(one) for one in once]), in_order, once)


def score_of(reading: Reading, learned: Learned, heard: Heard | None = None) -> float:
    """The chance that it is spam, 0 to 1, as far as was learned."""
    heard = heard or hear(reading, learned)
    # Weights are multiples of one power of two: their sum is exact in any order.
    said = [scale * sum(one.values()) for scale, one in zip(heard.scales, heard.once, strict=True)]
    linear, naive = math.fsum(said), learned.naive(heard.once)
    if len(reading.firsts) > _SHORT:
        worst, first = _worst_stretch(reading, heard)
        beyond = worst - math.fsum(said[:FORM])
        if beyond > 0:
            linear += _BEYOND * beyond
            in_stretch = learned.naive(_sets_of_stretch(reading, heard, first))
            naive += _BEYOND * max(in_stretch - naive, 0.0)
    return learned.chance(linear, naive)


def _worst_stretch(reading: Reading, heard: Heard) -> tuple[float, int]:
    """What its text says by the linear half, were it all of the text; and its first word."""
    words, pairs, skips = heard.in_order[WORDS:FORM]
    pairs, skips = (*pairs, 0.0), (*skips, 0.0, 0.0)
    # With each word the pairs that begin with it: those of the last words end beyond the stretch.
    spoken = map(add, map(add, words, pairs), skips)
    so_far = list(accumulate(spoken, initial=0.0))
    scale, last = scale_of(WORDS, 3 * _STRETCH), len(words) - _STRETCH
    pieces, firsts, ends = heard.in_order[GRAMS], reading.firsts, reading.ends[_STRETCH - 1 :]
    return max(
        [
            (
                scale
                * (
                    so_far[word + _STRETCH]
                    - so_far[word]
                    - pairs[word + _STRETCH - 1]
                    - skips[word + _STRETCH - 2]
                    - skips[word + _STRETCH - 1]
                )
                + scale_of(GRAMS, ends[word] - firsts[word])
                * sum(pieces[firsts[word] : ends[word]]),
                word,
            )
            for word in (*range(0, last, _STRIDE), last)
        ]
    )


def _sets_of_stretch(reading: Reading, heard: Heard, first: int) -> tuple[Collection[int], ...]:
    """The sets of a comment, with no words of the text but those of a stretch."""
    end = first + _STRETCH
    buckets = reading.buckets
    return (
        (),
        set(buckets[WORDS][first:end]),
        set(buckets[PAIRS][first : end - 1]),
        set(buckets[SKIPS][first : end - 2]),
        *heard.once[FORM:],
    )
