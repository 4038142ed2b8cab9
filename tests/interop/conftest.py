"""One WordPress for all tests here, and two new Rapport sites for each: nobody is asked too often."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.databases import Copies
from tests.interop.programs import WordPress, a_wordpress
from tests.journeys.sites import Site, sites


@dataclass(frozen=True)
class World:
    """Two Rapport sites and a WordPress, which let each other through."""

    gwen: Site
    tom: Site
    wordpress: WordPress


@pytest.fixture(scope="session")
def wordpress() -> Iterator[WordPress]:
    """A new WordPress, which ends with the tests, also where those are told to end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with a_wordpress() as site:
        yield site


@pytest.fixture
def world(copies: Copies, tmp_path: Path, wordpress: WordPress) -> Iterator[World]:
    """The three sites."""
    titles = {"title": "Gwen writes"}, {"title": "Tom's notes"}
    with sites(copies, tmp_path, *titles, others=[wordpress.host]) as (gwen, tom):
        yield World(gwen, tom, wordpress)
