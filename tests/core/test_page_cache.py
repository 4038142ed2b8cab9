"""What the cache keeps, what it lets go of, and what it must never hand out."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from app.core import page_cache
from app.core.page_cache import EVERYTHING, PageCache


def kept(pages: PageCache[str], address: str, *tags: str, weight: int = 1) -> bool:
    return pages.keep(
        address, f"page of {address}", frozenset(tags), weight=weight, since=pages.changes
    )


def test_a_page_is_found_where_it_was_kept() -> None:
    pages = PageCache[str]()
    kept(pages, "/a/", "post:1")

    assert pages.find("/a/") == "page of /a/"
    assert pages.find("/b/") is None


def test_exactly_the_pages_that_show_what_changed_are_forgotten() -> None:
    pages = PageCache[str]()
    kept(pages, "/", "post:1", "post:2", "site")
    kept(pages, "/one/", "post:1", "site")
    kept(pages, "/two/", "post:2", "site")

    pages.forget(["post:1"])

    assert pages.find("/") is None
    assert pages.find("/one/") is None
    assert pages.find("/two/") is not None


def test_everything_is_forgotten_at_once() -> None:
    pages = PageCache[str]()
    kept(pages, "/one/", "post:1")
    kept(pages, "/about/")

    pages.forget([EVERYTHING])

    assert len(pages) == 0
    assert pages.weight == 0


def test_what_was_rendered_before_a_change_is_not_kept_after_it() -> None:
    pages = PageCache[str]()
    began = pages.changes

    pages.forget(["post:1"])

    assert not pages.keep("/one/", "old", frozenset({"post:1"}), weight=1, since=began)
    assert pages.keep("/two/", "new", frozenset({"post:2"}), weight=1, since=began)
    assert pages.find("/one/") is None


def test_what_was_rendered_before_everything_changed_is_not_kept() -> None:
    pages = PageCache[str]()
    began = pages.changes

    pages.forget([EVERYTHING])

    assert not pages.keep("/about/", "old", frozenset(), weight=1, since=began)


def test_a_change_too_long_ago_to_be_remembered_may_have_touched_any_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_cache, "_TAGS_REMEMBERED", 2)
    pages = PageCache[str]()
    began = pages.changes

    pages.forget(["post:1", "post:2", "post:3"])

    assert not pages.keep("/nine/", "old", frozenset({"post:9"}), weight=1, since=began)
    assert kept(pages, "/one/", "post:1")


def test_the_page_used_longest_ago_makes_room() -> None:
    pages = PageCache[str](limit=10)
    kept(pages, "/a/", weight=4)
    kept(pages, "/b/", weight=4)
    pages.find("/a/")

    kept(pages, "/c/", weight=4)

    assert pages.find("/a/") is not None
    assert pages.find("/b/") is None
    assert pages.weight == 8


def test_a_page_larger_than_the_cache_is_not_kept_and_pushes_nothing_out() -> None:
    pages = PageCache[str](limit=10)
    kept(pages, "/a/", weight=4)

    kept(pages, "/huge/", weight=11)

    assert pages.find("/huge/") is None
    assert pages.find("/a/") is not None


def test_a_newer_page_takes_the_place_of_the_older() -> None:
    pages = PageCache[str]()
    kept(pages, "/a/", "post:1", weight=4)
    kept(pages, "/a/", "post:2", weight=6)

    pages.forget(["post:1"])

    assert pages.find("/a/") is not None
    assert pages.weight == 6


TAGS = st.sampled_from("abcd")
ADDRESSES = {"/b": "b", "/cd": "cd", "/": "abcd", "/none": ""}


class AnyOrderOfEvents(RuleBasedStateMachine):
    """Renders that begin, changes, tellings and answers in any order: no answer is ever older.

    `truth` counts the changes of each tag; a page is a copy of the counts it shows. A change is
    committed first and heard of later; whoever asks hears everything first, as the door does.
    """

    renders = Bundle("renders")

    def __init__(self) -> None:
        super().__init__()
        self.truth = dict.fromkeys("abcd", 0)
        self.pages = PageCache[dict[str, int]](limit=7)
        self.unheard: list[list[str]] = []

    @rule(tags=st.lists(TAGS, min_size=1, max_size=3))
    def something_is_committed(self, tags: list[str]) -> None:
        for tag in tags:
            self.truth[tag] += 1
        self.unheard.append(tags)

    @rule()
    def everything_is_committed(self) -> None:
        self.truth = {tag: count + 1 for tag, count in self.truth.items()}
        self.unheard.append([EVERYTHING])

    @rule()
    def it_is_heard_of(self) -> None:
        for tags in self.unheard:
            self.pages.forget(tags)
        self.unheard.clear()

    @rule(target=renders, address=st.sampled_from(sorted(ADDRESSES)), heard=st.booleans())
    def a_page_is_begun(self, address: str, heard: bool) -> tuple[str, int, dict[str, int]]:
        if heard:
            self.it_is_heard_of()
        since = self.pages.changes
        return address, since, {tag: self.truth[tag] for tag in ADDRESSES[address]}

    @rule(render=renders)
    def a_page_is_done(self, render: tuple[str, int, dict[str, int]]) -> None:
        address, since, page = render
        self.it_is_heard_of()
        self.pages.keep(address, page, frozenset(ADDRESSES[address]), weight=2, since=since)
        self.somebody_asks(address)

    @rule(address=st.sampled_from(sorted(ADDRESSES)))
    def somebody_asks(self, address: str) -> None:
        self.it_is_heard_of()
        page = self.pages.find(address)
        assert page is None or page == {tag: self.truth[tag] for tag in ADDRESSES[address]}

    @invariant()
    def it_never_holds_more_than_it_may(self) -> None:
        assert self.pages.weight == 2 * len(self.pages) <= 7


TestAnyOrderOfEvents = AnyOrderOfEvents.TestCase
TestAnyOrderOfEvents.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
