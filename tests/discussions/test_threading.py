"""Places and boundaries: pure functions that every thread stands on."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.discussions.threading import (
    MAX_DEPTH,
    PAGE_BURSTS,
    PAGE_ROOTS,
    SEGMENT,
    Boundary,
    boundaries,
    depth_of,
    place_of,
    wants_splitting,
)

NOON = datetime(2010, 3, 1, 12, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)


def test_answers_stand_below_what_they_answer_and_before_the_next_conversation() -> None:
    first = place_of(NOON, 1)
    second = place_of(NOON + timedelta(hours=1), 2)
    answer = place_of(NOON + timedelta(days=900), 3, first)

    assert sorted([second, answer, first]) == [first, answer, second]


def test_two_of_the_same_second_stand_in_the_order_of_their_numbers() -> None:
    assert place_of(NOON, 9) < place_of(NOON, 10)


def test_deeper_than_five_answers_stand_beside_each_other() -> None:
    place = None
    for number in range(1, 12):
        place = place_of(NOON + timedelta(hours=number), number, place)
        assert depth_of(place) == min(number, MAX_DEPTH)


@given(MOMENTS, MOMENTS, st.integers(1, 2**47), st.integers(1, 2**47))
def test_places_sort_as_time_and_number_do(a: datetime, b: datetime, m: int, n: int) -> None:
    a, b = a.replace(microsecond=0), b.replace(microsecond=0)

    assert (place_of(a, m) < place_of(b, n)) == ((a, m) < (b, n))


def test_a_page_holds_fifty_conversations() -> None:
    places = [place_of(NOON + timedelta(minutes=n), n) for n in range(1, 102)]

    assert [page.size for page in boundaries(places)] == [PAGE_ROOTS, PAGE_ROOTS, 1]


def test_one_endless_conversation_is_cut() -> None:
    root = place_of(NOON, 1)
    answers = [place_of(NOON + timedelta(minutes=n), n, root) for n in range(2, 1000)]

    pages = boundaries([root, *answers])

    assert [page.size for page in pages] == [PAGE_BURSTS, PAGE_BURSTS, PAGE_BURSTS, 99]
    assert [page.roots for page in pages] == [1, 0, 0, 0]


def test_only_the_last_page_is_kept_short() -> None:
    full = Boundary(b"", PAGE_ROOTS + 1, PAGE_ROOTS + 1)

    assert wants_splitting(full, is_last=True)
    assert not wants_splitting(full, is_last=False)


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 20)), max_size=400))
def test_boundaries_hold_everything_once_and_in_order(tree: list[tuple[int, int]]) -> None:
    places: list[bytes] = []
    for number, (minutes, back) in enumerate(tree, 1):
        parent = places[-back] if 0 < back <= len(places) else None
        places.append(place_of(NOON + timedelta(minutes=minutes), number, parent))
    places.sort()

    pages = boundaries(places)

    assert sum(page.size for page in pages) == len(places)
    assert sum(page.roots for page in pages) == sum(len(place) == SEGMENT for place in places)
    starts = [places.index(page.first_place) for page in pages]
    assert starts == [sum(page.size for page in pages[:n]) for n in range(len(pages))]
    assert all(page.size <= PAGE_BURSTS and page.roots <= PAGE_ROOTS for page in pages)
