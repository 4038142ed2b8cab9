"""Moments and numbers as readers write them."""

from datetime import UTC, date, datetime

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from app.web.pages.moments import moments_in

AFTERNOON = datetime(2024, 3, 3, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "says"),
    [
        ("en-GB", "UTC", "3 March 2024, 14:05"),
        ("en-GB", "Pacific/Auckland", "4 March 2024, 03:05"),
        ("de", "Europe/Berlin", "3. März 2024, 15:05"),
        ("ja", "UTC", "2024年3月3日 14:05"),
        ("ar", "UTC", "3 مارس 2024، 2:05 م"),
        ("pt-BR", "UTC", "3 de março de 2024 14:05"),
    ],
)
def test_a_moment_is_written_as_its_readers_write_it(language: str, zone: str, says: str) -> None:
    assert moments_in(language, zone).moment(AFTERNOON) == says


@pytest.mark.parametrize(
    ("language", "number", "says"),
    [
        ("en", 0, "0"),
        ("en", 999, "999"),
        ("en", 5300, "5,300"),
        ("de", 5300, "5.300"),
        ("en", 200_000, "200,000"),
        ("xx", 1_234_567, "1,234,567"),
    ],
)
def test_a_number_is_written_as_its_readers_write_it(language: str, number: int, says: str) -> None:
    assert moments_in(language, "UTC").number(number) == says


@pytest.mark.parametrize("language", ["xx", "", "no such language", "../../etc"])
def test_an_unknown_language_reads_english(language: str) -> None:
    assert moments_in(language, "UTC").day(AFTERNOON) == "March 3, 2024"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "/etc/passwd", "../UTC"])
def test_an_unknown_zone_is_utc(zone: str) -> None:
    assert moments_in("en", zone).iso(AFTERNOON) == "2024-03-03T14:05:00+00:00"


def test_the_offset_is_that_of_the_season() -> None:
    summer = datetime(2024, 7, 3, 14, 5, tzinfo=UTC)

    assert moments_in("en", "Europe/Berlin").iso(AFTERNOON) == "2024-03-03T15:05:00+01:00"
    assert moments_in("en", "Europe/Berlin").iso(summer) == "2024-07-03T16:05:00+02:00"


def test_days_and_months_of_the_calendar_are_moved_by_no_zone() -> None:
    moments = moments_in("en-GB", "Pacific/Kiritimati")

    assert moments.calendar_day(date(2012, 1, 3)) == "3 January 2012"
    assert moments.month(2012, 1) == "January 2012"


@given(
    st.sampled_from(
        ["en", "de", "fr", "es", "pl", "ru", "ja", "zh", "ko", "ar", "he", "hi", "th", "el"]
    ),
    st.dates(date(1000, 1, 1)),
)
def test_days_read_as_babel_would_write_them(language: str, day: date) -> None:
    moments = moments_in(language, "UTC")

    assert moments.calendar_day(day) == format_date(day, "long", locale=moments.locale)
