"""Shortcodes that showed pictures and players still do; all others are left and named."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.porting.wordpress.texts.shortcodes import Media, parse_attributes, turn_shortcodes


def pictures(ids: Sequence[int] | None) -> Sequence[Media]:
    wanted = [1, 2] if ids is None else [number for number in ids if number < 100]
    return [Media(f"/f/{number}.jpg", title=f"<{number}>", alt=f"“{number}”") for number in wanted]


def turned(text: str) -> str:
    return turn_shortcodes(text, pictures).html


@pytest.mark.parametrize(
    ("typed", "named", "values"),
    [
        ("", {}, ()),
        ("a=1 b='2 3' c=\"4'5\"", {"a": "1", "b": "2 3", "c": "4'5"}, ()),
        ("Width = 300", {"width": "300"}, ()),
        ("'one two' three", {}, ("one two", "three")),
        ("a=\u00a0'x'\u00a0b=y", {"a": "x", "b": "y"}, ()),
        ('a=""', {"a": ""}, ()),
    ],
)
def test_attributes_are_read_as_wordpress_reads_them(
    typed: str, named: dict[str, str], values: tuple[str, ...]
) -> None:
    assert parse_attributes(typed) == (named, values)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("[caption id='a' align='alignleft']<img src='x'> A <em>word</em>[/caption]",
         '<figure class="wp-caption alignleft"><img src=\'x\'><figcaption class="wp-caption-text">'
         "A <em>word</em></figcaption></figure>"),
        ('[caption caption="Old form"]<a href="y"><img src="x"></a>[/caption]',
         '<figure class="wp-caption"><a href="y"><img src="x"></a>'
         '<figcaption class="wp-caption-text">Old form</figcaption></figure>'),
        ("[caption]<img src='x'>[/caption]", "<img src='x'>"),
        ("[caption]no picture[/caption]", "no picture"),
        ("[gallery ids='2,1,999' columns='2' link='none']",
         '<div class="gallery gallery-columns-2">'
         '<figure class="gallery-item"><img src="/f/2.jpg" alt="“2”"></figure>'
         '<figure class="gallery-item"><img src="/f/1.jpg" alt="“1”"></figure></div>'),
        ("[gallery exclude=1]",
         '<div class="gallery gallery-columns-3"><figure class="gallery-item">'
         '<a href="/f/2.jpg"><img src="/f/2.jpg" alt="“2”"></a></figure></div>'),
        ("[embed width=3]https://example.org/v/1[/embed]",
         '<figure class="embed"><a href="https://example.org/v/1">example.org/v/1</a></figure>'),
        ("[embed]https://www.youtube.com/embed/abcdefghijk?x=1[/embed]",
         '<figure class="embed"><a href="https://www.youtube.com/watch?v=abcdefghijk">'
         "youtube.com/watch?v=abcdefghijk</a></figure>"),
        ("[audio mp3='/a.mp3'][/audio]",
         '<figure class="audio"><audio controls="" preload="none" src="/a.mp3"></audio></figure>'),
        ("[audio http://example.org/a.mp3|title=x]",
         '<figure class="audio"><audio controls="" preload="none" src="http://example.org/a.mp3">'
         "</audio></figure>"),
        ("[video src='/a.mp4' width='9' /]",
         '<figure class="video"><video controls="" preload="none" src="/a.mp4" width="9"></video>'
         "</figure>"),
        ("[playlist ids='1']",
         '<figure class="audio"><audio controls="" preload="none" src="/f/1.jpg"></audio>'
         "<figcaption>&lt;1&gt;</figcaption></figure>"),
        ("[[gallery]] and [[caption]x[/caption]]", "[gallery] and [caption]x[/caption]"),
        ("[caption caption='c'][gallery ids=1 link=none][/caption]",
         '<figure class="wp-caption"><div class="gallery gallery-columns-3"><figure class="gallery-item">'
         '<img src="/f/1.jpg" alt="“1”"></figure></div>'
         '<figcaption class="wp-caption-text">c</figcaption></figure>'),
        ("[form][gallery ids=1 link=none][/form]",
         '[form]<div class="gallery gallery-columns-3"><figure class="gallery-item">'
         '<img src="/f/1.jpg" alt="“1”"></figure></div>[/form]'),
    ],
)  # fmt: skip
def test_known_shortcodes_become_html(typed: str, shown: str) -> None:
    assert turned(typed) == shown


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("He said [sic] and [1] and [see below]", ()),
        ("[contact-form]", ("contact-form",)),
        ("[poll id=3] [poll id=4]", ("poll",)),
        ("[tabs]x[/tabs]", ("tabs",)),
        ("[gallery ids='999']", ("gallery",)),
        ("[embed]not an address[/embed]", ("embed",)),
        ("[[poll id=3]]", ()),
    ],
)
def test_others_stay_as_typed_and_are_named(typed: str, left: tuple[str, ...]) -> None:
    found = turn_shortcodes(typed, pictures)

    assert found.left == left
    assert found.html == typed.replace("[[", "[").replace("]]", "]")


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["[", "]", "/", "caption", "gallery", " ids=1", "x", "[/caption]", "'", '"', "<img >"]),
        max_size=30,
    ).map("".join)
)  # fmt: skip
def test_no_brackets_at_all_make_it_fail(typed: str) -> None:
    turn_shortcodes(typed, pictures)
