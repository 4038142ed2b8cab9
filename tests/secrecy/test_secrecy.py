"""Nobody reads a word that is not for them: on no page, in no feed, file, notice, letter or search."""

import random

import pytest
from starlette.types import ASGIApp

from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs
from tests.secrecy.building import World
from tests.secrecy.crawling import Leak, Walk, walk
from tests.secrecy.making import ALL, SEEDS, a_reader, a_world
from tests.secrecy.oracle import Person

pytestmark = pytest.mark.anyio

# Of each site some of the people read, by turns, so that each kind of person reads some of the sites.
_PEOPLE, _PAGES = (4, 250) if ALL else (3, 110)
# So much of what somebody may read they do find, or the walk looks in the wrong places.
_SHARE = 0.25 if ALL else 0.2


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without limits: somebody reads a whole site at once."""
    return settings.model_copy(update={"rate_limits": "off"})


# One of a few in passing is enough for the database that has the same conditions to keep.
@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(seed, marks=[] if ALL or not seed else pytest.mark.only_on("sqlite"))
        for seed in range(SEEDS)
    ],
)
async def test_nobody_reads_a_word_that_is_not_for_them(
    seed: int, doors: Doors, settings: Settings, run_jobs: RunJobs, application: ASGIApp
) -> None:
    world, mailed = await a_world(seed, doors, settings, run_jobs)

    walks = [
        await walk(world, await a_reader(world, application, who), who, _PAGES)
        for who in _taking_turns(world)
    ]

    print(  # noqa: T201
        f"\nseed {seed}: {sum(one.pages for one in walks)} pages read by {len(walks)} people, and "
        f"{sum(one.pages for one in mailed)} letters; {len(world.words.known)} words, "
        f"{sum(one.looked_for for one in walks + mailed)} looks for one"
    )
    assert [leak for one in walks + mailed for leak in _once_each(one)] == []
    assert [failed for one in walks for failed in one.failed] == []
    assert mailed[0].seen
    for one in walks:
        may = len(world.words.for_(one.who))
        assert len(one.seen) > may * _SHARE, f"{one.who.name} finds {len(one.seen)} of {may}"


def _taking_turns(world: World) -> list[Person]:
    everyone = world.everyone
    turned = random.Random(world.seed // len(everyone)).sample(everyone, len(everyone)) * 2
    start = world.seed * _PEOPLE % len(everyone)
    return turned[start : start + min(_PEOPLE, len(everyone))]


def _once_each(found: Walk) -> list[Leak]:
    return [*{leak.word: leak for leak in found.leaks}.values()]
