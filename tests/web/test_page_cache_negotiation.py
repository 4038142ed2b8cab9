"""Which bytes a reader gets, and when none: tables after RFC 9110."""

import pytest

from app.web.door.negotiation import chosen_coding, http_date, is_known, is_unchanged


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, "identity"),
        (b"", "identity"),
        (b"gzip, deflate, br, zstd", "zstd"),
        (b"gzip, deflate, br", "br"),
        (b"gzip, deflate, zstd", "zstd"),
        (b"gzip, deflate", "gzip"),
        (b"GZIP", "gzip"),
        (b"x-gzip", "gzip"),
        (b"deflate", "identity"),
        (b"compress, exi", "identity"),
        (b"gzip;q=1.0, br;q=0.5", "gzip"),
        (b"gzip ; q=0.2 , br;q=0.1", "gzip"),
        (b"br;q=0, gzip", "gzip"),
        (b"gzip;q=0", "identity"),
        (b"gzip;q=0.5, identity", "identity"),
        (b"gzip;q=0.5, identity;q=0.4", "gzip"),
        (b"gzip;q=0.001", "gzip"),
        (b"*", "zstd"),
        (b"*;q=0", None),
        (b"identity;q=0", None),
        (b"identity;q=0, gzip", "gzip"),
        (b"*;q=0, identity", "identity"),
        (b"*;q=0, gzip;q=0.3", "gzip"),
        (b"br;q=0, *", "zstd"),
        (b"gzip;q=2", "identity"),
        (b"gzip;q=banana, br", "br"),
        (b",,gzip,", "gzip"),
        (b"\xff\xfe;q=1", "identity"),
        (b"gzip," * 200, "gzip"),
    ],
)
def test_the_coding_is_the_one_the_reader_likes_best(
    accepted: bytes | None, coding: str | None
) -> None:
    assert chosen_coding(accepted) == coding


@pytest.mark.parametrize(
    ("condition", "known"),
    [
        (b'W/"abc"', True),
        (b'"abc"', True),
        (b'"x", "abc"', True),
        (b'W/"x",W/"abc", "y"', True),
        (b"*", True),
        (b" * ", True),
        (b'"a,b", W/"abc"', True),
        (b'"x"', False),
        (b'"ABC"', False),
        (b"abc", False),
        (b'"abc', False),
        (b'"abcd"', False),
        (b'"x,"abc', False),
        (b"", False),
    ],
)
def test_a_page_is_known_by_its_entity_tag(condition: bytes, known: bool) -> None:
    assert is_known(b'W/"abc"', condition) is known


@pytest.mark.parametrize(
    ("since", "unchanged"),
    [
        (b"Sun, 06 Nov 1994 08:49:37 GMT", True),
        (b"Sun, 06 Nov 1994 08:49:38 GMT", True),
        (b"Sunday, 06-Nov-94 08:49:37 GMT", True),
        (b"Sun Nov  6 08:49:37 1994", True),
        (b"Sun, 06 Nov 1994 08:49:36 GMT", False),
        (b"yesterday", False),
        (b"", False),
        (b"Sun, 06 Nov 99999 08:49:37 GMT", False),
    ],
)
def test_a_page_is_unchanged_since_its_own_date(since: bytes, unchanged: bool) -> None:
    assert is_unchanged(784111777.0, since) is unchanged


def test_dates_are_written_as_http_wants_them() -> None:
    assert http_date(784111777.9) == b"Sun, 06 Nov 1994 08:49:37 GMT"
