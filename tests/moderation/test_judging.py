"""How a comment is judged and said to be, the plain way and the quick one."""

import math

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.moderation.learning.features import FORM, GRAMS, PAIRS, SKIPS, WORDS, Reading, read
from app.moderation.learning.judging import hear, score_of
from app.moderation.learning.learner import GROUPS, Learned, scale_of
from app.moderation.learning.links import links_in
from app.moderation.learning.opinion import as_sentences
from app.moderation.learning.reasons import Reason, reasons_of
from app.moderation.learning.words import Words
from tests.moderation.remarks import good, spam

SEED = 5
_SPOKEN = "buy cheap pills now i think the your bread recipe don't 'so' $5 é привет a.b! {words} %s"


def _taught() -> Learned:
    learned = Learned(SEED)
    for one, other in zip(spam(25), good(25), strict=True):
        learned.learn(read(one, SEED).features, "spam")
        learned.learn(read(other, SEED).features, "ham")
    return learned


TAUGHT = _taught()

comments = st.builds(
    Words,
    text=st.lists(st.sampled_from(_SPOKEN.split()), max_size=40).map(" ".join) | st.text(),
    author=st.sampled_from(["", "Ada", "cheap pills"]) | st.text(max_size=20),
    url=st.sampled_from(["", "http://best-pills.example.com/", "http://pills.example.org/a"]),
)


def _weight(buckets: list[int]) -> float:
    return math.fsum(TAUGHT.weights[bucket] for bucket in buckets)


def _plainly(reading: Reading) -> float:
    """Its score, each number looked up by itself."""
    said = {}
    for kinds, *_rest in GROUPS:
        size = sum(len(reading.sets[kind]) for kind in kinds)
        for kind in kinds:
            said[kind] = scale_of(kinds[0], size) * _weight(list(reading.sets[kind]))
    linear, naive = math.fsum(said.values()), TAUGHT.naive(reading.sets)
    last = len(reading.names[WORDS]) - 10
    if last <= 2:
        return TAUGHT.chance(linear, naive)
    worst, first = max((_of_stretch(reading, first), first) for first in (*range(0, last, 5), last))
    beyond = worst - math.fsum(said[kind] for kind in range(FORM))
    if beyond > 0:
        ends = {WORDS: 10, PAIRS: 9, SKIPS: 8}
        stretch = [
            set(reading.buckets[kind][first : first + ends[kind]]) if kind in ends else one
            for kind, one in enumerate(reading.sets)
        ]
        linear += beyond / 2
        naive += max(TAUGHT.naive(stretch) - naive, 0.0) / 2
    return TAUGHT.chance(linear, naive)


def _of_stretch(reading: Reading, first: int) -> float:
    start, end = reading.firsts[first], reading.ends[first + 9]
    spoken = [
        bucket
        for kind, many in ((WORDS, 10), (PAIRS, 9), (SKIPS, 8))
        for bucket in reading.buckets[kind][first : first + many]
    ]
    pieces = reading.buckets[GRAMS][start:end]
    words = scale_of(WORDS, 30) * _weight(spoken)
    return words + scale_of(GRAMS, end - start) * _weight(pieces)


@settings(deadline=None)
@given(comments)
@example(Words("buy buy buy buy buy buy $5 i buy the buy buy"))
def test_the_quick_way_gives_the_very_score_of_the_plain_one(words: Words) -> None:
    reading = read(words, SEED)

    assert score_of(reading, TAUGHT) == _plainly(reading)


@settings(deadline=None)
@given(comments)
def test_each_word_lies_where_it_is_said_to(words: Words) -> None:
    reading = read(words, SEED)

    for word, first, end in zip(reading.names[WORDS], reading.firsts, reading.ends, strict=True):
        assert reading.text[first + 1 : end + 2] == word
        assert len(reading.buckets[GRAMS][first:end]) == len(word) - 1


@settings(deadline=None)
@given(comments)
def test_reasons_are_said_whatever_stands_in_them(words: Words) -> None:
    reading = read(words, SEED)
    reasons = reasons_of(reading, hear(reading, TAUGHT))

    assert as_sentences(reasons) == [
        f"{what}: speaks for spam (+{weight:.2f})"
        if weight > 0
        else f"{what}: speaks against spam ({weight:.2f})"
        if weight
        else f"{what}: says nothing yet"
        for what, weight in reasons
    ]


def test_signs_that_fill_in_sentences_are_left_alone_in_a_comment() -> None:
    said = as_sentences([Reason("“{what} 100 % %s %(weight)s”", 0.125)])

    assert said == ["“{what} 100 % %s %(weight)s”: speaks for spam (+0.12)"]


def test_a_scheme_without_a_dot_makes_no_links_of_other_words() -> None:
    assert links_in("foo://bar www.123") == []
