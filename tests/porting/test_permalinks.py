"""The permalink structure of a site is told from where its posts stood."""

from datetime import datetime

import pytest

from app.porting.wordpress.importing.permalinks import Standing, infer_scheme, scheme_of
from app.porting.wordpress.texts.old_site import OldSite
from app.site.models import Permalinks

DAY = datetime(2012, 1, 3, 11)  # noqa: DTZ001 - the site's wall clock


def standing(path: str, slug: str = "a-post") -> Standing:
    return Standing(path, slug, 7, DAY, ("news", "local"))


@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        ("/2012/01/a-post/", Permalinks.MONTH),
        ("/2012/01/a-post", Permalinks.MONTH),
        ("/2012/01/03/a-post/", Permalinks.DAY),
        ("/a-post/", Permalinks.NAME),
        ("/news/a-post/", Permalinks.CATEGORY),
        ("/news/local/a-post/", Permalinks.CATEGORY),
        ("/archives/7", Permalinks.NUMBER),
        ("/archives/8", None),
        ("/2013/01/a-post/", None),
        ("/2012/01/another/", None),
        ("/blog/a-post/", None),
        ("/", None),
    ],
)
def test_a_path_tells_its_scheme(path: str, scheme: Permalinks | None) -> None:
    assert scheme_of(standing(path)) == scheme


def test_the_scheme_of_most_posts_is_the_site_s() -> None:
    monthly, named, odd = standing("/2012/01/a-post/"), standing("/a-post/"), standing("/x/y/")

    assert infer_scheme([monthly, monthly, named]) == Permalinks.MONTH
    assert infer_scheme([odd, odd, named]) is None
    assert infer_scheme([monthly, named]) is None
    assert infer_scheme([]) is None


@pytest.mark.parametrize(
    ("base", "url", "path"),
    [
        ("https://a.example", "http://www.a.example/x/?p=1", None),
        ("https://a.example", "http://www.a.example/x/", "/x/"),
        ("https://a.example", "https://a.example", "/"),
        ("https://a.example", "https://a.example/caf%C3%A9/", "/café/"),
        ("https://a.example", "https://a.example//x//y/", "/x/y/"),
        ("https://a.example/blog", "https://a.example/blog/x/", "/blog/x/"),
        ("https://a.example/blog", "https://a.example/blogs/x/", None),
        ("https://a.example", "https://a.example.evil/x/", None),
        ("https://a.example", "https://[::1/x/", None),
        ("https://a.example", "javascript:alert(1)", None),
        ("https://a.example:99999", "https://a.example/x", None),
    ],
)
def test_only_paths_of_the_old_site_are_its_own(base: str, url: str, path: str | None) -> None:
    assert OldSite((base,)).path_of(url) == path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.example/wp-content/uploads/2010/05/a%20b.jpg", "2010/05/a b.jpg"),
        (
            "https://a.example/blog/wp-content/uploads/sites/3/2010/05/a.jpg",
            "sites/3/2010/05/a.jpg",
        ),
        ("https://a.files.wordpress.com/2010/05/a.jpg?w=3", "2010/05/a.jpg"),
        ("https://a.example/files/2010/05/a.jpg", "2010/05/a.jpg"),
        ("https://a.example/pic.jpg", "pic.jpg"),
        ("https://a.example/wp-content/uploads/../../etc/passwd", None),
        ("https://a.example/wp-content/uploads/%2e%2e/x", None),
        ("https://a.example/wp-content/uploads/.htaccess", None),
        ("https://a.example/wp-content/uploads/a%00b.jpg", None),
        ("https://a.example/wp-content/uploads/a\\b.jpg", None),
        ("https://a.example/", None),
        ("file:///etc/passwd", None),
    ],
)
def test_a_file_gets_a_safe_place(url: str, path: str | None) -> None:
    assert OldSite(("https://a.example",)).upload_path(url) == path
