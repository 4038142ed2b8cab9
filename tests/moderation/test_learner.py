"""Learning, forgetting, and keeping both from being misused."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.moderation.learning.caps import A_DAY, Caps
from app.moderation.learning.features import Features, read
from app.moderation.learning.judging import score_of
from app.moderation.learning.learner import HAM, SPAM, Learned
from app.moderation.learning.lessons import Entry, Memory, TakenBack
from app.moderation.learning.packing import (
    NotReadable,
    blocks_of,
    from_file,
    pack,
    put_block,
    put_steps,
    state_size,
    steps_of,
    to_file,
)
from app.moderation.learning.words import Words
from tests.moderation.remarks import good, spam

SEED = 5
lessons = st.lists(
    st.tuples(
        st.text(alphabet="abc de http://x.example/", min_size=1, max_size=60), st.sampled_from([SPAM, HAM])
    ),
    max_size=12,
)  # fmt: skip


def features_of(words: Words) -> Features:
    return read(words, SEED).features


def score(learned: Learned, words: Words) -> float:
    """What a state makes of a comment."""
    return score_of(read(words, SEED), learned)


def taught(count: int = 25) -> Learned:
    """A state that has learned so many of each."""
    learned = Learned(SEED)
    for bad, fine in zip(spam(count), good(count), strict=True):
        learned.learn(features_of(bad), SPAM)
        learned.learn(features_of(fine), HAM)
    return learned


def numbers_of(learned: Learned) -> tuple[object, ...]:
    """All that a later score depends on."""
    return (
        *(t.tobytes() for t in learned.tables.values()),
        learned.spam_learned,
        learned.ham_learned,
    )


def test_it_tells_spam_from_good_comments_it_never_saw() -> None:
    learned = taught(20)

    assert all(score(learned, words) > 0.9 for words in spam(30)[20:])
    assert all(score(learned, words) < 0.1 for words in good(25)[20:])


def test_knowing_nothing_it_says_so() -> None:
    assert score(Learned(SEED), Words("Hello")) == 0.5


@settings(deadline=None, max_examples=25)
@given(lessons, st.text(alphabet="abc de", min_size=1), st.sampled_from([SPAM, HAM]))
def test_the_last_lessons_are_taken_back_without_a_trace(
    before: list[tuple[str, str]], text: str, label: str
) -> None:
    learned = taught(3)
    numbers = numbers_of(learned)

    given_then = [(features_of(Words(each)), side) for each, side in [*before, (text, label)]]
    for features, side in given_then:
        learned.learn(features, side)
    for features, side in reversed(given_then):
        learned.unlearn(features, side)

    assert numbers_of(learned) == numbers


def test_a_lesson_is_taken_back_nearly_when_others_came_after_it() -> None:
    learned, untouched = taught(10), taught(10)
    mistake, probe = features_of(Words("I think your bread recipe is fine")), good(25)[24]

    learned.learn(mistake, SPAM)
    untouched_score = score(untouched, probe)
    for words in spam(13)[10:]:
        learned.learn(features_of(words), SPAM)
        untouched.learn(features_of(words), SPAM)
    off_before = abs(score(learned, probe) - score(untouched, probe))
    learned.unlearn(mistake, SPAM)

    assert abs(score(learned, probe) - score(untouched, probe)) < off_before
    assert score(learned, probe) == pytest.approx(score(untouched, probe), abs=0.02)
    assert untouched_score < 0.2


def test_what_was_never_learned_is_not_taken_back() -> None:
    learned = taught(5)
    numbers = numbers_of(learned)

    learned.unlearn(features_of(Words("never seen")), SPAM)

    assert numbers_of(learned) == numbers


def test_judging_changes_nothing() -> None:
    learned = taught(5)
    numbers = numbers_of(learned)

    score(learned, spam(6)[5])

    assert numbers_of(learned) == numbers


def test_a_state_comes_back_from_its_blocks_as_it_was() -> None:
    learned, copy = taught(), Learned(SEED)

    for name, number, values in blocks_of(learned):
        put_block(copy, name, number, values)
    put_steps(copy, steps_of(learned))
    copy.spam_learned, copy.ham_learned = learned.spam_learned, learned.ham_learned

    assert numbers_of(copy) == numbers_of(learned)
    assert copy.steps == learned.steps


def test_a_state_is_at_most_eight_megabytes() -> None:
    assert state_size(Learned(SEED)) <= 8_000_000


def test_a_file_carries_a_state_and_says_that_it_was_learned_elsewhere() -> None:
    learned = taught()

    brought = from_file(to_file(learned))

    assert numbers_of(brought) == numbers_of(learned)
    assert brought.learned_here == (0, 0)


@pytest.mark.parametrize("spoil", [
    lambda file: b"",
    lambda file: file[:-1],
    lambda file: file[:100] + bytes([file[100] ^ 1]) + file[101:],
    lambda file: b"PK" + file,
    lambda file: file[:22] + b"0" * 64 + b"\n",
])  # fmt: skip
def test_a_damaged_file_is_refused(spoil: object) -> None:
    with pytest.raises(NotReadable):
        from_file(spoil(to_file(taught(1))))  # type: ignore[operator]


def test_no_more_than_three_lessons_a_day_are_heard_from_one_side() -> None:
    caps = Caps()

    heard = [caps.allows(1, [f"text {number}", "author 7"]) for number in range(5)]

    assert heard == [True] * A_DAY + [False] * 2
    assert caps.allows(1, ["text 9", "author 8"])
    assert caps.allows(2, ["text 10", "author 7"])


def test_counts_follow_from_the_log_of_two_days() -> None:
    whole, late = Caps(), Caps()
    log = [(day, [f"text {n % 4}"]) for day in range(1, 6) for n in range(12)]
    for day, subjects in log[:-6]:
        whole.allows(day, subjects)
        if day >= 4:
            late.allows(day, subjects)

    assert [whole.allows(*line) for line in log[-6:]] == [late.allows(*line) for line in log[-6:]]


def entry(number: int, words: Words, label: str, *, unlearns: bool = False, day: int = 1) -> Entry:
    """A line of the log, by an author of its own."""
    reading = read(words, SEED)
    packed = pack(reading.features, SEED)
    return Entry(number, day, 1, label, unlearns, packed, reading.text_hash, str(number), ())


def test_the_fourth_equal_lesson_of_a_day_teaches_nothing() -> None:
    memory, words = Memory(Learned(SEED)), Words("Buy now")

    for number in range(A_DAY):
        memory.take_in(entry(number, words, SPAM))
    numbers = numbers_of(memory.learned)
    memory.take_in(entry(9, words, SPAM))

    assert numbers_of(memory.learned) == numbers
    # And taking it back takes nothing back.
    memory.take_in(entry(10, words, SPAM, unlearns=True))
    assert numbers_of(memory.learned) == numbers


def test_a_lesson_with_another_seed_is_passed_over() -> None:
    memory = Memory(Learned(SEED + 1))

    memory.take_in(entry(1, Words("Buy now"), SPAM))

    assert memory.learned.known == 0


def test_a_lesson_and_what_takes_it_back_are_both_left_out() -> None:
    taken_back, words = TakenBack(), Words("Buy now")
    for line in (
        entry(1, words, SPAM),
        entry(2, Words("other"), SPAM),
        entry(3, words, SPAM, unlearns=True),
        entry(4, words, HAM),
    ):
        taken_back.look_at(line, SEED)

    assert taken_back.left_out == {1, 3}


def test_no_number_is_ever_out_of_bounds() -> None:
    learned, words = Learned(SEED), spam(1)[0]
    features = features_of(words)

    for number in range(3000):
        learned.learn(features, SPAM if number % 2 else HAM)

    assert all(map(math.isfinite, learned.weights))
    assert 0 <= score(learned, words) <= 1
