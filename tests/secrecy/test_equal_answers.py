"""Not there and not yours: the same answer, by the same bytes, after the same questions to the database."""

import re
from collections.abc import Iterator

import pytest
from starlette.types import ASGIApp

from app.settings import Settings
from app.work import Doors
from tests.conftest import CountQueries, RunJobs
from tests.secrecy.building import World
from tests.secrecy.crawling import API, API_READ, Answer
from tests.secrecy.making import a_reader, a_world
from tests.secrecy.oracle import Circle, Person
from tests.web.test_every_route import READ, WRITE

pytestmark = pytest.mark.anyio

_NOWHERE = "9999999"
_PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
_OF_GROUPS = [("GET", path) for path in READ if path.startswith("/groups/{slug}/")] + [
    (method, path) for method, path in WRITE if path.startswith("/groups/{slug}/")
]
_FOR_PROGRAMS = [path for path in API_READ if path.startswith(f"{API}/groups/{{slug}}")]
# Of the moment, and of the very bytes, which are compared without the address.
_UNEQUAL = (b"date", b"etag", b"last-modified", b"content-length")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without limits: somebody asks for a lot."""
    return settings.model_copy(update={"rate_limits": "off"})


@pytest.mark.parametrize("seed", [pytest.param(0, marks=pytest.mark.only_on("sqlite")), 3])
async def test_what_is_hidden_answers_like_what_never_was(
    seed: int,
    doors: Doors,
    settings: Settings,
    run_jobs: RunJobs,
    application: ASGIApp,
    count_queries: CountQueries,
) -> None:
    world, _letters = await a_world(seed, doors, settings, run_jobs)
    unlike, asked = [], 0

    for who in world.everyone:
        reader = await a_reader(world, application, who)
        for method, hidden, never in _pairs(world, who):
            # Once before, so that what is prepared once is prepared.
            await reader.get(never, method)
            told = []
            for address in (hidden, never):
                with count_queries() as queries:
                    answer = await reader.get(address, method)
                told.append((_plain(answer, address), len(queries)))
            asked += 1
            if told[0] != told[1]:
                unlike.append((who.name, method, hidden, _difference(told[0], told[1])))

    assert asked > 100
    assert unlike == []


def _pairs(world: World, who: Person) -> Iterator[tuple[str, str, str]]:
    """Addresses of what somebody may not know of, each beside one of the same shape that leads nowhere."""
    for circle in world.circles:
        if not circle.is_known_to(who) and not circle.is_before_moderators:
            yield from _of_group(world, circle)
    for word in world.chance.sample(sorted(world.words.known.keys() - world.words.for_(who)), 8):
        yield "GET", f"/search/?q={word}", f"/search/?q={world.words.unknown()}"
    for kind, path in (("promise_id", "promises"), ("introduction_id", "intros")):
        for number in world.places.get(kind, [])[:2]:
            if who.name not in world.parties[path, number]:
                yield "GET", f"/{path}/{number}/", f"/{path}/{_NOWHERE}/"


def _of_group(world: World, circle: Circle) -> Iterator[tuple[str, str, str]]:
    unknown = re.sub(r"kw[a-z]{9}", world.words.unknown(), circle.slug)
    topics = [one for one in world.topics if one[0] is circle]
    _circle, topic_id, name, first = topics[0]
    there = {
        "slug": circle.slug,
        "topic_id": str(topic_id),
        "name": name,
        "comment_id": str(first),
        "reply_id": str(first),
    }
    nowhere = {
        "slug": unknown, "topic_id": _NOWHERE, "comment_id": _NOWHERE, "reply_id": _NOWHERE,
        "name": re.sub(r"kw[a-z]{9}", world.words.unknown(), name.replace(str(topic_id), _NOWHERE, 1)),
    }  # fmt: skip
    for_programs = [("GET", path) for path in _FOR_PROGRAMS]
    for method, written in [*world.chance.sample(_OF_GROUPS, 12), *for_programs]:
        hidden, never = (
            _PLACE.sub(lambda place, these=these: these.get(place[1], "1"), written)
            for these in (there, nowhere)
        )
        yield method, hidden, never
    # In a group that everybody may look into, by the number of what stands in another.
    public = world.circles[2].slug
    yield "GET", f"/groups/{public}/r/{first}", f"/groups/{public}/r/{_NOWHERE}"
    yield "GET", f"/groups/{public}/d/{topic_id}/", f"/groups/{public}/d/{_NOWHERE}/"
    yield "GET", f"/report/?comment={first}", f"/report/?comment={_NOWHERE}"
    yield "GET", f"/mod/comments/{first}", f"/mod/comments/{_NOWHERE}"
    for part in ("comments", "moderation/comments", f"groups/{public}/topics"):
        number = topic_id if part.endswith("topics") else first
        yield "GET", f"{API}/{part}/{number}", f"{API}/{part}/{_NOWHERE}"


def _plain(answer: Answer, address: str) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """An answer without the address it was asked at, and without the word in that."""
    own = [address.partition("?")[0], *re.findall(r"kw[a-z]{9}", address), address.split("=")[-1]]

    def without(said: bytes) -> bytes:
        for word in own:
            said = said.replace(word.encode(), b"*")
        return said

    headers = [(name, without(value)) for name, value in answer.headers if name not in _UNEQUAL]
    return answer.status, headers, without(answer.body)


def _difference(one: object, other: object) -> str:
    first, second = repr(one), repr(other)
    at = next((i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), 0)
    return f"{first[max(at - 60, 0) : at + 60]} ≠ {second[max(at - 60, 0) : at + 60]}"
