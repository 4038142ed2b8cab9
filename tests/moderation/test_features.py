"""What is seen of a comment."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.moderation.learning.features import BUCKETS, FORM, LINKS, SETS, read
from app.moderation.learning.form import sentence_of
from app.moderation.learning.links import links_in, read_link
from app.moderation.learning.packing import NotReadable, pack, unpack
from app.moderation.learning.words import Words

any_words = st.builds(
    Words,
    text=st.text(max_size=300),
    author=st.text(max_size=40),
    email=st.text(max_size=40),
    url=st.text(max_size=60),
)


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("see http://www.shop.example.com/a/b?c=d", ["example.com"]),
        ("see https://blog.example.co.uk.", ["example.co.uk"]),
        ("[this](https://one.example/x) and <a href='http://two.example'>", ["one.example", "two.example"]),
        ("visit cheap-pills.com/now today", ["cheap-pills.com"]),
        ("at user@example.com", []),
        ("the file index.html, e.g. main.py", []),
        ("http://", []),
        ("no links at all", []),
    ],
)  # fmt: skip
def test_links_are_found_however_they_are_written(text: str, domains: list[str]) -> None:
    assert [link.domain for link in links_in(text)] == domains


@pytest.mark.parametrize(
    "address", ["", "http://", "nonsense", "javascript:alert(1)", "http://[::1"]
)
def test_what_names_no_host_is_no_link(address: str) -> None:
    assert read_link(address) is None


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (Words("short"), "length=4"),
        (Words("one http://a.example two http://b.example"), "links=2"),
        (Words("<a href='http://a.example'>x</a>"), "html link"),
        (Words("[url=http://a.example]x[/url]"), "bbcode link"),
        (Words("[x](http://a.example)"), "markdown link"),
        (Words("CHEAP PILLS"), "capitals=100 % or less"),
        (Words("привет всем"), "script=cyrillic"),
        (Words("is it so?"), "question"),
        (Words("x", author="Ada Marlow"), "name=Aa Aa"),
        (Words("x", author="Ada", url="http://ada.example"), "named link"),
        (Words("x", url="http://ada.example/buy"), "website page"),
        (Words("call +49 30 1234 5678"), "phone"),
        (Words("`code`"), "code"),
        (Words("x", akismet="spam"), "akismet=spam"),
    ],
)
def test_the_form_is_seen(words: Words, fact: str) -> None:
    assert fact in read(words, 1).names[FORM]


@settings(deadline=None)
@given(any_words)
def test_everything_can_be_read_and_said(words: Words) -> None:
    reading = read(words, 1)

    assert len(reading.features.sets) == SETS
    assert all(sentence_of(fact) for fact in reading.names[FORM])
    for one in reading.features.sets:
        assert list(one) == sorted(set(one))
        assert all(bucket < BUCKETS for bucket in one)


@settings(deadline=None)
@given(any_words, st.integers(0, 2**31 - 1))
def test_features_come_back_as_they_were(words: Words, seed: int) -> None:
    features = read(words, seed).features

    assert unpack(pack(features, seed), seed) == features


def test_features_are_a_few_kilobytes_and_hold_no_words() -> None:
    words = Words("A sentence about gardening, repeated with other words each time. " * 10)
    packed = pack(read(words, 1).features, 1)

    assert len(packed) < 2500
    assert b"garden" not in packed


def test_features_of_another_seed_are_not_understood() -> None:
    packed = pack(read(Words("hello"), 1).features, 1)

    assert unpack(packed, 2) is None


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_other_bytes_are_no_features(content: bytes) -> None:
    with pytest.raises(NotReadable):
        unpack(content, 1)


def test_the_same_text_has_other_features_on_another_site() -> None:
    one, other = (read(Words("hello there"), seed).features for seed in (1, 2))

    assert one != other


def test_an_address_is_known_by_host_domain_and_end() -> None:
    names = read(Words("x", url="http://shop.example.com/"), 1).names[LINKS]

    assert names == ["website shop.example.com", "website .example.com", "website *.com"]
