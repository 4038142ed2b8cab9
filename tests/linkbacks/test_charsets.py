"""In which letters a text is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.linkbacks.charsets import decoded_page, known_charset, said_charset


@pytest.mark.parametrize(
    ("label", "name"),
    [("UTF-8", "utf-8"), (" utf8 ", "utf-8"), ("Shift_JIS", "shift_jis"), ("koi8-r", "koi8-r"),
     # Encoding Standard §4.2: on the web, Latin-1 and ASCII are names of Windows-1252.
     ("ISO-8859-1", "cp1252"), ("us-ascii", "cp1252"), ("windows-1252", "cp1252"),
     ("ISO-8859-15", "iso8859-15"), ("gb2312", "gb2312")],
)  # fmt: skip
def test_a_charset_is_known_by_any_of_its_names(label: str, name: str) -> None:
    assert known_charset(label) == name


@pytest.mark.parametrize(
    "label",
    ["", "UTF-7", "utf_7", "unicode-1-1-utf-7", "utf-16", "UTF-16LE", "utf-32", "cp037", "IBM500",
     "klingon", "rot13", "hex", "base64", "idna", "punycode", "unicode_escape", "a\0b", "ü", "\ud800",
     "x" * 5000],
)  # fmt: skip
def test_what_could_hide_markup_or_is_no_charset_is_unknown(label: str) -> None:
    assert known_charset(label) == ""


@pytest.mark.parametrize(
    ("content_type", "label"),
    [("text/html; charset=utf-8", "utf-8"), ('text/html;CHARSET="KOI8-R" ; q=1', "KOI8-R"),
     ("text/html; charset='utf-8'", "utf-8"), ("text/html", ""), ("", ""), ("; charset=", "")],
)  # fmt: skip
def test_a_header_says_the_charset_quoted_or_not(content_type: str, label: str) -> None:
    assert said_charset(content_type) == label


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        # HTML §13.2.3.1, in its order: the mark before the header, the header before the element.
        (b"\xef\xbb\xbf<meta charset=koi8-r>\xc3\xbc", "text/html; charset=windows-1251"),
        (b"\xff\xfe" + "ü".encode("utf-16-le"), "text/html; charset=utf-8"),
        (b"\xfe\xff" + "ü".encode("utf-16-be"), ""),
        (b"<meta charset=koi8-r>\xfc", "text/html; charset=iso-8859-1"),
        ("ü".encode("utf-16-le"), "text/html; charset=utf-16le"),
        (b'<META http-equiv=content-type content="text/html; charset=windows-1252">\xfc', ""),
        (b'<meta charset = "windows-1252">\xfc', "text/html; charset=nonsense"),
        (b"<meta charset=utf-16>\xc3\xbc", ""),
        (b"<meta charset=utf-7>\xc3\xbc", ""),
        # Where nothing is said, UTF-8 is what fits, and Windows-1252 the rest.
        (b"\xc3\xbc", ""),
        (b"\xfc", ""),
        (b"\xc3\xbc\xc3", "text/html"),
    ],
)
def test_a_page_is_read_in_the_charset_of_the_first_who_says_one(
    content: bytes, content_type: str
) -> None:
    assert decoded_page(content, content_type).endswith("ü")


def test_bytes_that_mean_nothing_are_shown_as_such() -> None:
    assert decoded_page(b"a\xffb", "text/html; charset=utf-8") == "a\ufffdb"
    assert decoded_page(b"a\x81b", "") == "a\ufffdb"


@given(st.binary(max_size=200), st.text(max_size=80))
def test_any_bytes_are_some_text(content: bytes, content_type: str) -> None:
    assert len(decoded_page(content, content_type)) <= len(content)
    assert len(said_charset(content_type)) <= len(content_type)
