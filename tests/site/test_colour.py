"""Whatever colour an owner chooses, words in it can be read, by day and by night."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.site.colour import accent_of, contrast, read_colour
from app.site.look import sheet_address, sheet_of
from app.site.models import ReadingWidth
from app.site.queries import unwritten_site
from tests.visiting import ROOT

TOKENS = (ROOT / "frontend" / "css" / "tokens.css").read_text()
DAY, NIGHT = ("#fbfaf7", "#f3f0ea"), ("#121417", "#191c20")

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours)
def test_words_in_any_colour_stand_out_from_the_paper(chosen: str) -> None:
    accent = accent_of(chosen)

    for colour, papers in (
        (accent.day, DAY), (accent.day_ink, DAY), (accent.night, NIGHT), (accent.night_ink, NIGHT),
    ):  # fmt: skip
        assert all(contrast(colour, paper) >= 4.5 for paper in papers), (chosen, colour)


@pytest.mark.parametrize(
    "chosen", ["#ffff00", "#ffffff", "#000000", "#ff69b4", "#0000ff", "#808080"]
)
def test_a_colour_that_nobody_could_read_gives_way_in_lightness(chosen: str) -> None:
    accent = accent_of(chosen)

    assert contrast(accent.day, DAY[0]) >= 4.5
    assert contrast(accent.night, NIGHT[0]) >= 4.5


def test_a_colour_that_can_be_read_stays_as_it_was_chosen() -> None:
    assert accent_of("#1f6f54").day == "#1f6f54"


def test_by_night_nothing_but_colours_is_different() -> None:
    """What a page is and where it stands is looked at by day alone: see `tests/journeys/looking.py`."""
    sheets = {path.name: path.read_text() for path in (ROOT / "frontend" / "css").rglob("*.css")}
    [night] = re.findall(
        r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}\s*\}", TOKENS, re.DOTALL
    )
    told = re.findall(r"([\w-]+): *([^;]+);", night)

    # Letters are read elsewhere.
    assert {name for name, sheet in sheets.items() if "prefers-color-scheme" in sheet} == {
        "tokens.css", "mail.css",
    }  # fmt: skip
    assert len(told) == night.count(";")
    for name, value in told:
        assert name.startswith("--"), name
        assert name == "--shadow" or re.match(r"(oklch|color-mix)\(", value), name


def test_the_papers_that_are_reckoned_with_are_those_of_the_tokens() -> None:
    source = (ROOT / "app" / "site" / "colour.py").read_text()
    reckoned = re.findall(r"_lch\(([\d.]+), ([\d.]+), (\d+)\)", source)
    written = re.findall(r"--paper(?:-sunk)?: oklch\(([\d.]+) ([\d.]+) (\d+)\)", TOKENS)

    assert sorted(reckoned) == sorted(written)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("#8F3F60", "#8f3f60"), ("8f3f60", "#8f3f60"), ("#abc", "#aabbcc"), (" #abc ", "#aabbcc"),
     ("red", None), ("", None), ("#12345", None), ("#8f3f60;}", None), ("url(x)", None)],
)  # fmt: skip
def test_a_colour_is_six_digits_and_nothing_else(typed: str, kept: str | None) -> None:
    assert read_colour(typed) == kept


def test_a_site_as_it_comes_has_no_sheet_of_its_own_and_each_look_has_another_address() -> None:
    site = unwritten_site()
    assert (sheet_of(site), sheet_address(site)) == ("", "")

    addresses = set()
    for accent, width in (
        ("#1f6f54", ReadingWidth.NORMAL), ("#1f6f54", ReadingWidth.WIDE), ("", ReadingWidth.NARROW),
    ):  # fmt: skip
        site.accent, site.reading_width = accent, width
        addresses.add(sheet_address(site))
    assert len(addresses) == 3
