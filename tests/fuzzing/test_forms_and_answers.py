"""Trackbacks and webmentions as forms, and what other servers say to ours."""

import httpx
from hypothesis import strategies as st

from app.core.outbound.door import KEPT_OF_A_REPLY, Fetched
from app.linkbacks.addresses import is_web_address, same_place
from app.linkbacks.protocols.trackback import (
    LONGEST_EXCERPT,
    LONGEST_MESSAGE,
    LONGEST_TITLE,
    TrackbackPing,
    read_answer,
    read_ping,
)
from app.linkbacks.protocols.webmention import Mention, read_mention
from app.linkbacks.sent import AnnouncementKind
from app.linkbacks.telling import LONGEST_ANSWER, outcome_of
from tests.fuzzing.documents import ANSWERS, FORMS, PAGES
from tests.fuzzing.feeding import feed, read_twice
from tests.fuzzing.foreign import ADDRESSES, THEIRS, TYPES, WORDS
from tests.fuzzing.sound import assert_line, assert_web, refusal


def test_any_form_is_a_trackback_or_refused() -> None:
    def eat(meal: tuple[bytes, str, bytes]) -> None:
        body, content_type, query = meal
        ping = read_twice(lambda: refusal(lambda: read_ping(body, content_type, query)), len(body))
        if isinstance(ping, TrackbackPing):
            assert is_web_address(ping.url)
            assert_line(ping.title, LONGEST_TITLE)
            assert_line(ping.excerpt, LONGEST_EXCERPT)
            assert_line(ping.blog_name, LONGEST_TITLE)

    feed("trackback forms", st.tuples(FORMS, TYPES, FORMS | st.just(b"")), eat)


def test_any_answer_to_a_trackback_is_one_short_line() -> None:
    def eat(answer: bytes) -> None:
        assert_line(read_twice(lambda: read_answer(answer), len(answer)), LONGEST_MESSAGE)

    feed("trackback answers", ANSWERS, eat)


def test_any_answer_to_an_announcement_is_understood_or_shown_in_short() -> None:
    def eat(meal: tuple[AnnouncementKind, int, str, str, bytes]) -> None:
        kind, status, content_type, location, content = meal
        got = fetched(status, content_type, location, content[:KEPT_OF_A_REPLY])
        outcome = read_twice(lambda: outcome_of(kind, got), len(content))

        # Its number stands before what a server said.
        assert_line(outcome.answer, LONGEST_ANSWER + 60)
        assert_web(outcome.status_url, 2_000)

    kinds = st.sampled_from([kind for kind in AnnouncementKind if kind.value])
    statuses = st.sampled_from((200, 201, 202, 400, 404, 429, 503, 999))
    feed(
        "answers to announcements",
        st.tuples(kinds, statuses, TYPES, ADDRESSES, ANSWERS | PAGES),
        eat,
    )


def fetched(status: int, content_type: str, location: str, content: bytes) -> Fetched:
    """The answer that a server of strangers gives."""
    sent = {"content-type": content_type, "location": location}
    raw = [(name.encode(), said.encode("utf-8", "replace")) for name, said in sent.items()]
    kind = content_type.partition(";")[0].strip().lower()
    return Fetched(status, THEIRS, httpx.Headers(raw), kind, content)


def test_any_form_is_a_webmention_or_refused() -> None:
    def eat(fields: dict[str, str]) -> None:
        size = sum(map(len, fields.values()))
        mention = read_twice(lambda: refusal(lambda: read_mention(fields)), size)
        if isinstance(mention, Mention):
            assert is_web_address(mention.source)
            assert is_web_address(mention.target)
            assert not same_place(mention.source, mention.target)

    names = st.sampled_from(("source", "target", "x"))
    feed("webmentions", st.dictionaries(names, ADDRESSES | ADDRESSES | WORDS), eat)
