"""Which tests a run is about: by database, by browser, and of a table of cases all or its ends."""

import os
from collections.abc import Iterable, Iterator
from itertools import groupby

import pytest

from tests.databases import KINDS

# Where tests with a browser are: those who run them need not load all the others.
JOURNEYS = "tests/journeys/"
MARKS = (
    "only_on(kind): about what the other database has not, or need not be tried on again.",
    "each_case: its cases differ in what they ask a database.",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database postgres` runs what asks for one on the other database, `--browser without` most of it."""
    parser.addoption(
        "--database",
        choices=KINDS,
        default=os.environ.get("RAPPORT_TEST_DATABASE", "sqlite"),
        help="Which database the tests run on.",
    )
    parser.addoption(
        "--browser",
        choices=("with", "without", "only"),
        default="with",
        help="Journeys with a browser, beside the other tests or by themselves.",
    )
    parser.addoption(
        "--cases",
        choices=("all", "ends"),
        default="all",
        help="All cases of a test, or its first and its last one, unless it is marked `each_case`.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name our own marks."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run is not about: nothing of it could run, so nothing is missing."""
    kind, browser = config.getoption("--database"), config.getoption("--browser")

    def is_wanted(item: pytest.Item) -> bool:
        asked_for = getattr(item, "fixturenames", ())
        needs_browser = "browser" in asked_for
        if needs_browser and not item.nodeid.startswith(JOURNEYS):
            raise pytest.UsageError(f"{item.nodeid}: a browser is looked for in {JOURNEYS} alone.")
        fits = browser == "with" or needs_browser == (browser == "only")
        # What asks for no database is the same on both, and runs once.
        fits = fits and (kind == KINDS[0] or "copies" in asked_for)
        return fits and all(mark.args == (kind,) for mark in item.iter_markers("only_on"))

    wanted = [item for item in items if is_wanted(item)]
    if config.getoption("--cases") == "ends":
        wanted = list(ends_of(wanted))
    kept = set(wanted)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = wanted


def ends_of(items: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
    """Of a test with many cases the first and the last, unless it is marked `each_case`."""
    for _name, of_one in groupby(items, lambda item: item.nodeid.partition("[")[0]):
        cases = list(of_one)
        if len(cases) < 3 or cases[0].get_closest_marker("each_case"):
            yield from cases
        else:
            yield from (cases[0], cases[-1])
