"""What it says to a moderator."""

from app.moderation.learning.features import read
from app.moderation.learning.learner import HAM, SPAM, Learned
from app.moderation.learning.opinion import (
    DEFAULT,
    Opinion,
    Thresholds,
    Verdict,
    as_sentences,
    opinion_of,
    verdict_of,
)
from app.moderation.learning.packing import from_file, to_file
from app.moderation.learning.words import Words
from tests.moderation.remarks import good, spam
from tests.moderation.test_learner import SEED, features_of, taught


def opinion(words: Words, learned: Learned, thresholds: Thresholds = DEFAULT) -> Opinion:
    return opinion_of(read(words, SEED), learned, thresholds)


def test_before_it_has_learned_twenty_of_each_it_has_no_opinion() -> None:
    learned = taught(19)
    learned.learn(features_of(spam(20)[19]), SPAM)

    early = opinion(spam(1)[0], learned)
    assert (early.score, early.verdict, early.reasons) == (None, Verdict.UNSURE, ())
    assert (early.spam_learned, early.ham_learned) == (20, 19)

    learned.learn(features_of(good(20)[19]), HAM)
    assert opinion(spam(1)[0], learned).verdict == Verdict.SPAM


def test_what_another_site_has_learned_condemns_nobody_here() -> None:
    assert opinion(spam(1)[0], from_file(to_file(taught()))).verdict == Verdict.UNSURE


def test_thresholds_are_the_sites() -> None:
    assert [verdict_of(score) for score in (0.0, 0.19, 0.2, 0.95, 0.951, 1.0)] == [
        Verdict.HAM, Verdict.HAM, Verdict.UNSURE, Verdict.UNSURE, Verdict.SPAM, Verdict.SPAM,
    ]  # fmt: skip
    assert verdict_of(0.9, Thresholds(spam=0.8)) == Verdict.SPAM


def test_its_reasons_are_in_the_comment() -> None:
    said = opinion(spam(30)[29], taught(25)).reasons
    against = [reason.what for reason in said if reason.weight > 0]

    assert "“cheap”" in against
    assert any("example.com" in what for what in against)
    assert len([reason for reason in said if reason.weight > 0]) <= 8


def test_words_and_addresses_are_named_before_the_form() -> None:
    said = opinion(spam(30)[29], taught(25)).reasons
    is_form = ["“" not in reason.what and "example.com" not in reason.what for reason in said]

    assert is_form == sorted(is_form)


def test_there_are_three_reasons_for_the_shortest_comment() -> None:
    assert len(opinion(Words("ok"), taught(20)).reasons) >= 3
    assert len(opinion(Words(""), taught(20)).reasons) >= 3


def test_a_reason_is_a_sentence() -> None:
    said = as_sentences(opinion(spam(30)[29], taught(25)).reasons)

    assert any(sentence.startswith("“cheap”: speaks for spam (+") for sentence in said)


def test_disguised_letters_do_not_help() -> None:
    learned, words = taught(25), spam(30)[29]
    disguised = words.text.replace("Buy", "B\u200buу").replace("cheap", "ｃｈｅａｐ")

    before, after = (
        opinion(Words(text, author=words.author, url=words.url), learned).score or 0
        for text in (words.text, disguised)
    )
    assert after > 0.95
    assert before > 0.95


def test_an_advertisement_among_many_good_words_is_not_let_through() -> None:
    learned, bare = taught(25), spam(30)[29]
    harmless = " ".join(words.text for words in good(25))
    padded = Words(f"{harmless} {bare.text} {harmless}", author="Ada")

    assert opinion(Words(harmless, author="Ada"), learned).verdict == Verdict.HAM
    assert opinion(padded, learned).verdict != Verdict.HAM
