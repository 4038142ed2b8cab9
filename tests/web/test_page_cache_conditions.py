"""What a reader has already is not sent again: entity tags and dates, as RFC 9110 §13 has them."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core import clock
from app.web.door.negotiation import http_date
from app.web.door.stored_page import Marks, StoredPage

MARCH = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HEADERS = [(b"content-type", b"text/html; charset=utf-8"), (b"link", b"</a>"), (b"link", b"</b>")]


def a_page(
    body: bytes = b"<p>Hello</p>",
    changed: datetime | None = MARCH,
    etag: str | None = None,
    headers: list[tuple[bytes, bytes]] = HEADERS,
) -> StoredPage:
    marks = Marks(tags=frozenset(), etag=etag)
    marks.last_modified = None if changed is None else changed.timestamp()
    return StoredPage.of(headers, body, marks)


def header(page: StoredPage, name: bytes, **asked: bytes) -> list[bytes]:
    request = {key.replace("_", "-").encode(): value for key, value in asked.items()}
    return [value for key, value in page.reply_to(request).headers if key == name]


@pytest.mark.parametrize(
    ("request_headers", "status"),
    [
        ({}, 200),
        ({b"if-none-match": b'W/"v1"'}, 304),
        ({b"if-none-match": b'"v1"'}, 304),
        ({b"if-none-match": b'"v0", W/"v1"'}, 304),
        ({b"if-none-match": b"*"}, 304),
        ({b"if-none-match": b'"v0"'}, 200),
        ({b"if-modified-since": b"Sun, 01 Mar 2026 12:00:00 GMT"}, 304),
        ({b"if-modified-since": b"Sun, 01 Mar 2026 12:00:01 GMT"}, 304),
        ({b"if-modified-since": b"Sun, 01 Mar 2026 11:59:59 GMT"}, 200),
        ({b"if-modified-since": b"some day"}, 200),
        # The tag decides, whatever the date says.
        (
            {b"if-none-match": b'"v0"', b"if-modified-since": b"Sun, 01 Mar 2026 12:00:00 GMT"},
            200,
        ),
        (
            {b"if-none-match": b'"v1"', b"if-modified-since": b"Thu, 01 Jan 1970 00:00:00 GMT"},
            304,
        ),
    ],
    ids=str,
)
def test_the_tag_decides_and_the_date_where_there_is_none(
    request_headers: dict[bytes, bytes], status: int
) -> None:
    reply = a_page(etag="v1").reply_to(request_headers)

    assert reply.status == status
    assert (reply.body == b"") == (status == 304)


def test_what_is_unchanged_says_so_with_its_validators_alone() -> None:
    reply = a_page(etag="v1").reply_to({b"if-none-match": b"*"})

    assert dict(reply.headers) == {
        b"etag": b'W/"v1"',
        b"cache-control": b"no-cache",
        b"vary": b"Accept-Encoding, Cookie",
        b"last-modified": b"Sun, 01 Mar 2026 12:00:00 GMT",
    }


def test_the_same_bytes_have_the_same_tag_in_every_process_and_every_coding() -> None:
    assert header(a_page(), b"etag") == header(a_page(), b"etag", accept_encoding=b"br")
    assert header(a_page(), b"etag") != header(a_page(b"<p>Other</p>"), b"etag")
    assert header(a_page(), b"etag")[0].startswith(b'W/"')


def test_an_applications_own_validators_are_kept() -> None:
    own = [*HEADERS, (b"ETag", b'"mine"'), (b"Last-Modified", b"Sun, 01 Mar 2026 12:00:00 GMT")]
    page = a_page(changed=None, headers=own)

    assert header(page, b"etag") == [b'W/"mine"']
    assert header(page, b"last-modified") == [b"Sun, 01 Mar 2026 12:00:00 GMT"]


def test_a_header_that_comes_twice_comes_twice() -> None:
    assert header(a_page(), b"link") == [b"</a>", b"</b>"]


def test_a_page_that_changed_within_a_second_counts_from_the_next_one() -> None:
    page = a_page(changed=MARCH + timedelta(milliseconds=300))

    assert header(page, b"last-modified") == [b"Sun, 01 Mar 2026 12:00:01 GMT"]


def test_two_changes_in_one_second_are_told_apart_by_the_date_too() -> None:
    """Who read the first edition in that second must not be told that nothing changed."""
    second = MARCH.replace(microsecond=0) + timedelta(days=2000)
    first_at, then_at = second + timedelta(milliseconds=100), second + timedelta(milliseconds=900)

    with clock.moved(first_at + timedelta(milliseconds=50) - clock.now()):
        given = header(a_page(changed=first_at), b"last-modified")[0]
        assert given == http_date(second.timestamp()), "never later than now"
    with clock.moved(then_at + timedelta(days=1) - clock.now()):
        later = a_page(b"<p>Second edition</p>", changed=then_at)

        assert later.reply_to({b"if-modified-since": given}).status == 200
        given = header(later, b"last-modified")[0]
        assert later.reply_to({b"if-modified-since": given}).status == 304


def test_the_date_of_a_running_second_does_not_stick() -> None:
    changed = clock.now()
    page = a_page(changed=changed)
    first = header(page, b"last-modified")

    with clock.moved(timedelta(seconds=5)):
        assert header(page, b"last-modified") != first
