"""The way through lists in parts: which numbers are shown, and where they lead."""

from collections.abc import Callable
from dataclasses import dataclass

# This many numbers on either side of the present one; the first and the last are always there.
REACH = 2


@dataclass(frozen=True, slots=True)
class NumberedPage:
    """One number of a row of pages, or the gap where some are left out."""

    number: int
    url: str = ""
    is_current: bool = False

    @property
    def is_gap(self) -> bool:
        """Whether numbers are left out here."""
        return not self.url


@dataclass(frozen=True, slots=True)
class Pages:
    """Where in a list by age a page stands, and the addresses beside it."""

    number: int
    last: int
    newer: str = ""
    older: str = ""


def numbered_pages(current: int, last: int, url: Callable[[int], str]) -> list[NumberedPage]:
    """The numbers to show, in order; none where there is one page only."""
    if last < 2:
        return []
    near = {n for n in range(current - REACH, current + REACH + 1) if 1 <= n <= last} | {1, last}
    # A gap of a single number takes as much room as the number.
    near |= {n for n in range(2, last) if n - 1 in near and n + 1 in near}
    row: list[NumberedPage] = []
    for number in sorted(near):
        if row and number > row[-1].number + 1:
            row.append(NumberedPage(number - 1))
        row.append(NumberedPage(number, url(number), number == current))
    return row


def pages_of(number: int, last: int, url: Callable[[int], str]) -> Pages:
    """The pages beside page `number` of a list of `last` pages, newest first."""
    return Pages(
        number=number,
        last=last,
        newer=url(number - 1) if number > 1 else "",
        older=url(number + 1) if number < last else "",
    )
