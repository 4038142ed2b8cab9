"""When two addresses are one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.linkbacks.addresses import is_web_address, normalised, same_place

# Text as strangers write it: near an address often enough to get past the first look.
ADDRESSES = st.one_of(
    st.text(max_size=60),
    st.from_regex(r"https?://[a-zü.\[\]:@0-9%-]{0,12}[/?#][ -~ü]{0,20}", fullmatch=True),
)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        # RFC 3986 §6.2.2.1: the case of scheme, host and escapes says nothing.
        ("HTTP://Example.ORG/Path", "http://example.org/Path"),
        ("http://example.org/%c3%bc", "http://example.org/%C3%BC"),
        # §6.2.2.2: letters need no escape; what means something keeps it.
        ("http://example.org/%7Egwen/%61", "http://example.org/~gwen/a"),
        ("http://example.org/a%2Fb?c=%26", "http://example.org/a%2Fb?c=%26"),
        ("http://example.org/ü?ü", "http://example.org/%C3%BC?%C3%BC"),
        ("http://example.org/100%", "http://example.org/100%25"),
        ("http://example.org/%%34%31", "http://example.org/%2541"),
        # §6.2.2.3: steps up and down are walked, however they are written.
        ("http://example.org/a/../b/./c", "http://example.org/b/c"),
        ("http://example.org/a/%2E%2e/b", "http://example.org/b"),
        # §6.2.3: the default port and an empty path are the scheme's own.
        ("http://example.org:80/", "http://example.org/"),
        ("https://example.org:443/", "https://example.org/"),
        ("https://example.org:80/", "https://example.org:80/"),
        ("https://example.org:8080", "https://example.org:8080/"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org?p=1", "https://example.org/?p=1"),
        ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]/"),
        # The query stays, an empty one too; the fragment goes.
        ("https://example.org/?p=2&a=1#top", "https://example.org/?p=2&a=1"),
        ("https://example.org/?", "https://example.org/?"),
        # RFC 5891: names are compared as the network knows them.
        ("https://Bücher.example/", "https://xn--bcher-kva.example/"),
    ],
)
def test_an_address_has_one_spelling(written: str, kept: str) -> None:
    assert normalised(written) == kept


@pytest.mark.parametrize("written", ["", "no address", "mailto:a@example.org", "http://a b/"])
def test_what_is_no_web_address_stays_as_it_is(written: str) -> None:
    assert normalised(written) == written


@pytest.mark.parametrize(
    "url",
    ["http://example.org", "HTTPS://example.org/a?b#c", "http://bücher.example/", "http://[::1]/",
     "http://localhost:8000/", "http://127.0.0.1/", "http://my_blog.example.org./"],
)  # fmt: skip
def test_a_web_address_is_http_and_names_a_host(url: str) -> None:
    assert is_web_address(url)


@pytest.mark.parametrize(
    "url",
    ["", "example.org", "/path", "//example.org/", "http:", "http://", "https:///path",
     "ftp://example.org/", "javascript:alert(1)", "data:text/html,x", "mailto:gwen@example.org",
     "http://gwen@example.org/", "http://gwen:secret@example.org/", "http://example.org:port/",
     "http://exa mple.org/", " http://example.org/", "http://example.org/\n", "http://a\\b/",
     "http://example.org/\u202ea", "http://example.org/\u3000", "http://[::1/", "http://%61/",
     "http://example.org/\ud800", "http://..example/"],
)  # fmt: skip
def test_anything_else_is_none(url: str) -> None:
    assert not is_web_address(url)


def test_an_address_may_be_too_long_to_keep() -> None:
    url = "http://example.org/" + "a" * 981

    assert is_web_address(url)
    assert not is_web_address(url + "a")
    assert is_web_address(url + "a", longest=1001)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("http://example.org/a", "https://EXAMPLE.org/a/", True),
        ("http://example.org", "http://example.org/#top", True),
        ("http://example.org/a/?p=1", "http://example.org/a?p=1", True),
        ("http://example.org/?p=1", "http://example.org/?p=2", False),
        ("http://example.org/?p=/", "http://example.org/?p=", False),
        ("http://example.org/a", "http://www.example.org/a", False),
        ("http://example.org/a", "http://example.org/A", False),
        ("http://example.org:8080/", "http://example.org/", False),
    ],
)
def test_a_page_is_the_same_over_tls_and_with_a_last_slash(a: str, b: str, same: bool) -> None:
    assert same_place(a, b) is same


@given(ADDRESSES)
@example("http://a/%2e%252e/%%2e")
def test_any_text_is_normalised_once_for_all(text: str) -> None:
    once = normalised(text)

    assert normalised(once) == once
    assert len(once) <= 12 * len(text) + 10
    assert same_place(text, once)
    assert is_web_address(text, 10**6) <= is_web_address(once, 10**6)
