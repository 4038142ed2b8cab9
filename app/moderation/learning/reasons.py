"""Why the filter says so: what stands in the comment, and how much each of it speaks for or against."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from app.core.i18n import _, marked
from app.moderation.learning.features import (
    AUTHOR,
    DOMAIN_GRAMS,
    FORM,
    GRAMS,
    LINKS,
    PAIRS,
    SKIPS,
    WORDS,
    Reading,
)
from app.moderation.learning.form import sentence_of
from app.moderation.learning.learner import Learned, scaled

MOST = 8
LEAST = 3
# Longer ones are shown up to here: there are alphabets that have no blanks.
_LONGEST = 60

_ADDRESSES = {
    "link": marked("Link to {domain}"),
    "website": marked("Website {domain}"),
    "mail": marked("E-mail at {domain}"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that stands in the comment; its weight is above 0 where it speaks for spam."""

    what: str
    weight: float


# What speaks: how much, which kind of thing it is, and the thing by its name.
_Found: TypeAlias = tuple[float, int, str]


def reasons_of(reading: Reading, learned: Learned) -> tuple[Reason, ...]:
    """The strongest for and against, words and addresses first; three at least."""
    weights = learned.weights
    scales = [scale for _set, scale in scaled(reading.features)]
    form = _of_names(FORM, reading, weights, scales)
    found = [
        *_of_words(reading, weights, scales),
        *_of_names(PAIRS, reading, weights, scales),
        *_of_names(SKIPS, reading, weights, scales),
        *_of_addresses(reading, weights, scales),
        *_of_author(reading, weights, scales),
        *form,
    ]
    # Only what is chosen is put into words: there are hundreds of others.
    found.sort()
    chosen = [one for one in found[:MOST] if one[0] < 0] + [
        one for one in found[-MOST:] if one[0] > 0
    ]
    if len(chosen) < LEAST:
        chosen += [one for one in form if not one[0]][: LEAST - len(chosen)]
    chosen.sort(key=lambda one: (one[1] == FORM, -abs(one[0]), one[2]))
    return tuple(Reason(_said(kind, name, reading), weight) for weight, kind, name in chosen)


def _of_words(reading: Reading, weights: array[float], scales: list[float]) -> list[_Found]:
    """Each word with the pieces that lie in it and at its edges."""
    scale, own = scales[GRAMS], scales[WORDS]
    so_far = [0.0, *accumulate([weights[bucket] for bucket in reading.hashed[GRAMS]])]
    # One blank before the word and one behind it belong to its pieces; a piece has four letters.
    return [
        (
            own * weights[bucket] + scale * (so_far[max(start + len(word) - 2, start - 1)] - so_far[start - 1]),
            WORDS,
            word,
        )
        for (word, start), bucket in zip(
            reading.places.items(), reading.hashed[WORDS], strict=True
        )
    ]  # fmt: skip


def _of_names(
    place: int, reading: Reading, weights: array[float], scales: list[float]
) -> list[_Found]:
    scale = scales[place]
    return [
        (scale * weights[bucket], place, name)
        for name, bucket in zip(reading.names[place], reading.hashed[place], strict=True)
    ]


def _of_addresses(reading: Reading, weights: array[float], scales: list[float]) -> list[_Found]:
    """All that is known of an address, under its domain."""
    sums: dict[str, float] = {}
    for place in (LINKS, DOMAIN_GRAMS):
        for whose, bucket in zip(reading.addresses[place], reading.hashed[place], strict=True):
            sums[whose] = sums.get(whose, 0.0) + scales[place] * weights[bucket]
    return [(weight, LINKS, whose) for whose, weight in sums.items()]


def _of_author(reading: Reading, weights: array[float], scales: list[float]) -> list[_Found]:
    """All that is known of a name, under the whole of it."""
    buckets = reading.hashed[AUTHOR]
    weight = scales[AUTHOR] * sum([weights[bucket] for bucket in buckets])
    return [(weight, AUTHOR, reading.names[AUTHOR][0])] if buckets else []


def _said(kind: int, name: str, reading: Reading) -> str:
    if kind == FORM:
        return sentence_of(name)
    if kind == AUTHOR:
        return _("The name “{name}”").format(name=name[1:-1][:_LONGEST])
    if kind == LINKS:
        whose, _blank, domain = name.partition(" ")
        return _(_ADDRESSES[whose]).format(domain=domain)
    return _("“{words}”").format(words=name[:_LONGEST])
