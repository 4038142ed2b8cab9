"""The way through lists in parts."""

import pytest

from app.web.pages.paging import numbered_pages, pages_of


@pytest.mark.parametrize(
    ("current", "last", "shows"),
    [
        (1, 1, ""),
        (1, 0, ""),
        (1, 2, "[1] 2"),
        (2, 3, "1 [2] 3"),
        (1, 9, "[1] 2 3 … 9"),
        (5, 9, "1 2 3 4 [5] 6 7 8 9"),
        (7, 40, "1 … 5 6 [7] 8 9 … 40"),
        (40, 40, "1 … 38 39 [40]"),
    ],
)
def test_numbers_near_the_present_one_are_shown(current: int, last: int, shows: str) -> None:
    row = numbered_pages(current, last, lambda number: f"/{number}/")

    words = ["…" if p.is_gap else f"[{p.number}]" if p.is_current else str(p.number) for p in row]
    assert " ".join(words) == shows


def test_the_newest_page_has_nothing_newer_and_the_oldest_nothing_older() -> None:
    first, last = pages_of(1, 3, lambda n: f"/page/{n}/"), pages_of(3, 3, lambda n: f"/page/{n}/")

    assert (first.newer, first.older) == ("", "/page/2/")
    assert (last.newer, last.older) == ("/page/2/", "")
