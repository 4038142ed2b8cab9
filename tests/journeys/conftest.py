"""The demo site on a real server, for all journeys that only read."""

from collections.abc import Iterator

import pytest

from tests.databases import Copies
from tests.visiting import Server, rapport, serving


@pytest.fixture(scope="session")
def demo_server(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`rapport demo`, then `rapport serve`."""
    folder = tmp_path_factory.mktemp("demo")
    with copies.fresh(folder) as url:
        settings = {"RAPPORT_DATA": str(folder), "RAPPORT_DATABASE_URL": url}
        built = rapport("demo", environment=settings)
        assert built.returncode == 0, built.stderr
        with serving(folder, {**settings, "RAPPORT_RATE_LIMITS": "off"}) as server:
            yield server
