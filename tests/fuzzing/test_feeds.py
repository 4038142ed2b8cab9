"""Feeds of commenters' websites, and the pages that name them."""

from hypothesis import strategies as st

from app.discussions.latest_posts.feeds import LONGEST_TEXT, MOST_ITEMS, newest, read_feed
from app.discussions.latest_posts.finding import is_same_host
from app.discussions.latest_posts.pages import feed_of_page
from tests.fuzzing.documents import FEEDS, PAGES
from tests.fuzzing.feeding import feed, read_twice
from tests.fuzzing.foreign import ADDRESSES, THEIRS
from tests.fuzzing.sound import assert_storable


def test_any_bytes_are_a_feed_or_none() -> None:
    def eat(meal: tuple[bytes, str]) -> None:
        content, url = meal
        items = read_twice(lambda: read_feed(content, url), len(content)) or ()

        assert len(items) <= MOST_ITEMS
        for item in items:
            assert item.url
            assert_storable(item.title)
            assert len(item.title) <= LONGEST_TEXT
            assert "\n" not in item.title
            assert item.at is None or item.at.utcoffset() is not None
        last = newest(items)
        assert (last is None) == (not items)
        # What is kept goes through this.
        assert last is None or is_same_host(last.url, THEIRS) in (True, False)

    feed("feeds", st.tuples(FEEDS, st.just(THEIRS) | ADDRESSES), eat)


def test_any_page_names_a_feed_or_none() -> None:
    def eat(meal: tuple[bytes, str]) -> None:
        content, url = meal
        named = read_twice(lambda: feed_of_page(content, url), len(content))
        assert isinstance(named, str)

    feed("pages that name feeds", st.tuples(PAGES, st.just(THEIRS) | ADDRESSES), eat)
