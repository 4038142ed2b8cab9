"""What an address may mean, and where posts stand."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.posts.addresses import Asked, View, address, page_path, permalink, readings
from app.site.models import Permalinks

POST = "/2012/01/a-slug/"


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/2012/01/a-slug/", Asked(POST)),
        ("/2012/01/a-slug", Asked(POST)),
        ("/2012/01/a-slug/2/", Asked(POST, View.PAGE, 2)),
        ("/2012/01/a-slug/comment-page-3/", Asked(POST, View.COMMENT_PAGE, 3)),
        ("/2012/01/a-slug/feed/", Asked(POST, View.FEED)),
        ("/2012/01/a-slug/feed/atom/", Asked(POST, View.FEED, feed="atom")),
        ("/2012/01/a-slug/trackback/", Asked(POST, View.TRACKBACK)),
        ("/2012/01/a-slug/embed", Asked(POST, View.EMBED)),
    ],
)
def test_an_address_is_read_as_a_post_and_what_of_it(path: str, meant: Asked) -> None:
    assert meant in list(readings(path))


def test_the_most_literal_reading_comes_first() -> None:
    # With the scheme /archives/12 the number belongs to the post, not to a page of it.
    assert next(readings("/archives/12/")) == Asked("/archives/12/")


@pytest.mark.parametrize(
    "path",
    ["/a/0/", "/a/007/", "/a/comment-page-0/", "/a/comment-page-x/", "/a/feed/xml/", "/a/٣/"],
)
def test_odd_endings_mean_nothing_but_themselves(path: str) -> None:
    assert {asked.view for asked in readings(path)} == {View.PAGE}
    assert {asked.number for asked in readings(path)} == {1}


@given(st.text(max_size=60))
def test_any_path_has_readings_and_none_leads_off_the_site(path: str) -> None:
    meant = list(readings(path))

    assert meant
    assert all(asked.path.startswith("/") and not asked.path.startswith("//") for asked in meant)


@pytest.mark.parametrize(
    ("scheme", "path"),
    [
        (Permalinks.MONTH, "/2012/01/a-slug/"),
        (Permalinks.DAY, "/2012/01/03/a-slug/"),
        (Permalinks.NAME, "/a-slug/"),
        (Permalinks.CATEGORY, "/job-search/interviews/a-slug/"),
        (Permalinks.NUMBER, "/archives/7/"),
    ],
)
def test_each_scheme_has_its_place(scheme: Permalinks, path: str) -> None:
    at = datetime(2012, 1, 3, 23, 30)  # noqa: DTZ001 - the site's wall clock

    assert (
        permalink(scheme, slug="a-slug", post_id=7, at=at, category="job-search/interviews") == path
    )


def test_a_page_stands_under_its_parent() -> None:
    assert page_path("child", "/about/") == "/about/child/"
    assert page_path("about") == "/about/"


@pytest.mark.parametrize(
    ("path", "suffix", "written"),
    [
        ("/2012/01/a-slug/", "", "/2012/01/a-slug/"),
        ("/ελληνικά/", "feed/", "/%CE%B5%CE%BB%CE%BB%CE%B7%CE%BD%CE%B9%CE%BA%CE%AC/feed/"),
        ("/old.html", "comment-page-2/", "/old.html/comment-page-2/"),
        ("/a?b#c/", "", "/a%3Fb%23c/"),
    ],
)
def test_a_path_in_a_link_is_percent_encoded(path: str, suffix: str, written: str) -> None:
    assert address(path, suffix) == written
