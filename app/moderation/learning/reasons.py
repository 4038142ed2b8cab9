"""Why the filter says so: what stands in the comment, and how much each of it speaks for or against."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, TypeAlias

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
from app.moderation.learning.judging import Heard

MOST = 8
LEAST = 3
# Longer ones are shown up to here: there are alphabets that have no blanks.
_LONGEST = 60

_QUOTED = (WORDS, PAIRS, SKIPS)
_ADDRESSES = {
    "link": marked("Link to {domain}"),
    "website": marked("Website {domain}"),
    "mail": marked("E-mail at {domain}"),
}


class Reason(NamedTuple):
    """Something that stands in the comment; its weight is above 0 where it speaks for spam."""

    what: str
    weight: float


# What speaks: which kind of thing, how much each of them, and at which places of their set they stand.
_Spoken: TypeAlias = tuple[int, list[float], Collection[int]]


def reasons_of(reading: Reading, heard: Heard, most: int = MOST) -> tuple[Reason, ...]:
    """The strongest for and against, words and addresses first; three at least, if so many are asked for."""
    spoken = [
        _of_words(reading, heard),
        *(_of_set(kind, reading, heard) for kind in (PAIRS, SKIPS, FORM)),
        _of_addresses(reading, heard),
        _of_author(heard),
    ]
    # Only what is chosen is put into words: there are hundreds of others.
    chosen = _strongest(spoken)
    if len(chosen) < LEAST:
        _kind, sizes, places = spoken[FORM - 1]
        said_nothing = [place for size, place in zip(sizes, places, strict=True) if not size]
        chosen += [(0.0, FORM, place) for place in said_nothing[: LEAST - len(chosen)]]
    chosen.sort(key=lambda one: (one[1] == FORM, -abs(one[0]), one))
    # Most are words: what is around them is translated once.
    quoted = _("“{words}”")
    return tuple(
        [
            Reason(
                quoted.replace("{words}", reading.name_at(kind, place)[:_LONGEST])
                if kind in _QUOTED
                else _said(reading, kind, place),
                weight,
            )
            for weight, kind, place in chosen[:most]
        ]
    )


def _strongest(spoken: list[_Spoken]) -> list[tuple[float, int, int]]:
    """How much, which kind, at which place: the strongest on each side."""
    ranked: list[float] = []
    for _kind, weights, _places in spoken:
        ranked += weights
    ranked.sort()
    lowest, highest = ranked[:MOST][-1], ranked[-MOST:][0]
    found = sorted(
        [
            (weight, kind, place)
            for kind, weights, places in spoken
            for weight, place in zip(weights, places, strict=True)
            if not lowest < weight < highest and weight
        ]
    )
    return [one for one in found[:MOST] if one[0] < 0] + [
        one for one in found[-MOST:] if one[0] > 0
    ]


def _of_words(reading: Reading, heard: Heard) -> _Spoken:
    """Each word with the pieces that lie in it and at its edges; of equal ones the last."""
    scale, own = heard.scales[GRAMS], heard.scales[WORDS]
    pieces, firsts, ends = heard.in_order[GRAMS], reading.firsts, reading.ends
    places, weights = reading.places(WORDS), heard.once[WORDS].values()
    # Weights are multiples of one power of two: their sum is exact in any order.
    summed = [
        own * word + scale * sum(pieces[firsts[place] : ends[place]])
        for word, place in zip(weights, places, strict=True)
    ]
    return WORDS, summed, places


def _of_set(kind: int, reading: Reading, heard: Heard) -> _Spoken:
    scale = heard.scales[kind]
    return kind, [scale * weight for weight in heard.once[kind].values()], reading.places(kind)


def _of_addresses(reading: Reading, heard: Heard) -> _Spoken:
    """All that is known of an address, under its domain."""
    sums: dict[str, float] = {}
    for kind in (LINKS, DOMAIN_GRAMS):
        scale = heard.scales[kind]
        # Where two have one bucket, it is the last one's.
        whose_last = dict(zip(reading.buckets[kind], reading.addresses[kind], strict=True))
        for whose, weight in zip(whose_last.values(), heard.once[kind].values(), strict=True):
            sums[whose] = sums.get(whose, 0.0) + scale * weight
    return LINKS, list(sums.values()), [reading.addresses[LINKS].index(whose) for whose in sums]


def _of_author(heard: Heard) -> _Spoken:
    """All that is known of a name, under the whole of it."""
    weights = heard.once[AUTHOR].values()
    return AUTHOR, [heard.scales[AUTHOR] * sum(weights)] if weights else [], [0] if weights else []


def _said(reading: Reading, kind: int, place: int) -> str:
    if kind == LINKS:
        form, _blank, domain = reading.addresses[LINKS][place].partition(" ")
        return _(_ADDRESSES[form]).format(domain=domain)
    name = reading.name_at(kind, place)
    if kind == AUTHOR:
        return _("The name “{name}”").format(name=name[1:-1][:_LONGEST])
    return sentence_of(name)
