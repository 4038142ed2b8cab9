"""Why the filter says so: what stands in the comment, and how much each of it speaks for or against."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from app.core.i18n import _
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
# What has no blanks in it is no word a moderator would know again: its strongest piece is shown.
_LONGEST_WORD = 24


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that stands in the comment; its weight is above 0 where it speaks for spam."""

    what: str
    weight: float
    is_form: bool = False


def reasons_of(reading: Reading, learned: Learned) -> tuple[Reason, ...]:
    """The strongest for and against, words and addresses first; three at least."""
    scales = [scale for _set, scale in scaled(reading.features)]
    weights = learned.weights
    found = [
        *_of_words(reading, weights, scales),
        *_of_pairs(reading, weights, scales),
        *_of_addresses(reading, weights, scales),
        *_of_author(reading, weights, scales),
        *_of_form(reading, weights, scales),
    ]
    speaking = sorted(
        (reason for reason in found if reason.weight), key=lambda r: (-abs(r.weight), r.what)
    )
    chosen = [r for r in speaking if r.weight > 0][:MOST] + [r for r in speaking if r.weight < 0][:MOST]
    if len(chosen) < LEAST:
        silent = [r for r in found if not r.weight and r.is_form]
        chosen += silent[: LEAST - len(chosen)]
    return tuple(sorted(chosen, key=lambda r: (r.is_form, -abs(r.weight), r.what)))


def _of_words(reading: Reading, weights: array[float], scales: list[float]) -> Iterator[Reason]:
    """Each word with the pieces that lie in it and at its edges."""
    scale = scales[GRAMS]
    pieces = [weights[bucket] for bucket in reading.hashed[GRAMS]]
    so_far = [0.0, *accumulate(pieces)]
    for word, bucket in zip(reading.names[WORDS], reading.hashed[WORDS], strict=True):
        start, end = reading.places[word]
        # One blank before the word and one behind it are pieces of it, too; a piece has four letters.
        first, behind = max(start - 1, 0), max(min(end - 2, len(pieces)), start - 1, 0)
        weight = scales[WORDS] * weights[bucket] + scale * (so_far[behind] - so_far[first])
        if len(word) > _LONGEST_WORD:
            best = max(range(first, behind), key=lambda at: abs(pieces[at]))
            word = reading.text[best : best + 4].strip()
        yield Reason(_("“{word}”").format(word=word), weight)


def _of_pairs(reading: Reading, weights: array[float], scales: list[float]) -> Iterator[Reason]:
    for place in (PAIRS, SKIPS):
        for pair, bucket in zip(reading.names[place], reading.hashed[place], strict=True):
            if weights[bucket]:
                yield Reason(_("“{word}”").format(word=pair[:60]), scales[place] * weights[bucket])


def _of_addresses(reading: Reading, weights: array[float], scales: list[float]) -> Iterator[Reason]:
    """All that is known of an address, under its domain."""
    sums: dict[str, float] = {}
    for place in (LINKS, DOMAIN_GRAMS):
        whose_it_is = reading.addresses[place]
        for whose, bucket in zip(whose_it_is, reading.hashed[place], strict=True):
            sums[whose] = sums.get(whose, 0.0) + scales[place] * weights[bucket]
    sentences = {
        "link": _("Link to {domain}"),
        "website": _("Website {domain}"),
        "mail": _("E-mail at {domain}"),
    }
    for whose, weight in sums.items():
        kind, _blank, domain = whose.partition(" ")
        yield Reason(sentences[kind].format(domain=domain), weight)


def _of_author(reading: Reading, weights: array[float], scales: list[float]) -> Iterator[Reason]:
    if reading.hashed[AUTHOR]:
        weight = scales[AUTHOR] * _sum(weights, reading.hashed[AUTHOR])
        yield Reason(_("The name “{name}”").format(name=reading.names[AUTHOR][0][1:-1][:60]), weight)


def _of_form(reading: Reading, weights: array[float], scales: list[float]) -> Iterator[Reason]:
    for fact, bucket in zip(reading.names[FORM], reading.hashed[FORM], strict=True):
        yield Reason(sentence_of(fact), scales[FORM] * weights[bucket], is_form=True)


def _sum(weights: array[float], buckets: Iterable[int]) -> float:
    return sum(weights[bucket] for bucket in buckets)
