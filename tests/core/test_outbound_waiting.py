"""The door at a busy server: who may wait does, who may not is told when to come back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.core import clock
from app.core.errors import NotNow, Unreachable
from app.core.outbound.addresses import read_target
from app.core.outbound.asking import PAGE, WEBMENTION, Asking, Limits, a_form
from app.core.outbound.door import Door
from app.core.outbound.opening import open_door
from app.core.outbound.turns import MINUTE, Budget, TurnsInMemory
from app.core.outbound.turns_kept import TurnsInDatabase
from app.settings import Settings
from app.work import Doors
from tests.core.strangers import Stranger, a_stranger, answers, redirects_to

pytestmark = pytest.mark.anyio

TWO = Budget(a_minute=2, a_day=10)
IMPATIENT = Asking(PAGE, Limits(seconds=3), TWO, may_wait=False)


def a_door(doors: Doors, *friends: Stranger) -> Door:
    allow = frozenset(friend.server for friend in friends)
    return Door("https://ours.example", allow, turns=TurnsInDatabase(doors))


async def test_who_may_not_wait_is_told_when_and_nobody_is_asked(doors: Doors) -> None:
    async with a_stranger(answers(b"hello")) as friend:
        door = a_door(doors, friend)
        for _ in range(2):
            await door.fetch(friend.url, IMPATIENT)
        with pytest.raises(NotNow) as told:
            await door.fetch(friend.url, IMPATIENT)
        with pytest.raises(NotNow):
            await door.send(friend.url, a_form({}), IMPATIENT)

        assert friend.connections == 2
        assert 0 < (told.value.at - clock.now()).total_seconds() <= MINUTE
        assert 0 < await door.seconds_until_turn(friend.url, TWO) <= MINUTE
        assert await door.seconds_until_turn(friend.url) == 0


async def test_who_comes_back_at_the_moment_told_gets_through(doors: Doors) -> None:
    asking = [replace(IMPATIENT, kept_for=f"job {number}") for number in range(6)]
    due = dict.fromkeys(range(6), clock.now())
    rounds = []
    async with a_stranger(answers(b"hello")) as friend:
        door = a_door(doors, friend)
        while due:
            before, at = friend.connections, min(due.values())
            with clock.moved(at - clock.now() + timedelta(seconds=1)):
                for number in [number for number, moment in due.items() if moment <= at]:
                    try:
                        await door.fetch(friend.url, asking[number])
                        del due[number]
                    except NotNow as later:
                        due[number] = later.at
            rounds.append(friend.connections - before)

    assert friend.connections == 6
    assert max(rounds) <= 2


async def test_a_redirect_within_a_server_is_counted_and_needs_no_turn_of_its_own(
    doors: Doors,
) -> None:
    async with a_stranger(redirects_to("/again")) as circle:
        door = a_door(doors, circle)
        with pytest.raises(Unreachable):
            await door.fetch(circle.url, IMPATIENT)
        assert circle.connections == 6

        with pytest.raises(NotNow):
            await door.fetch(circle.url, IMPATIENT)


async def test_a_redirect_to_a_busy_server_waits_for_its_turn_there(doors: Doors) -> None:
    asking = replace(IMPATIENT, kept_for="job")
    async with (
        a_stranger(answers(b"hello")) as there,
        a_stranger(redirects_to(there.url)) as here,
    ):
        door = a_door(doors, here, there)
        for _ in range(2):
            await door.fetch(there.url, IMPATIENT)
        with pytest.raises(NotNow) as told:
            await door.fetch(here.url, asking)
        assert (here.connections, there.connections) == (1, 2)

        with clock.moved(told.value.at - clock.now()):
            assert (await door.fetch(here.url, asking)).content == b"hello"


async def test_sending_and_reading_share_their_turns(doors: Doors) -> None:
    async with a_stranger(answers(b"hello")) as friend:
        door = a_door(doors, friend)
        await door.fetch(friend.url, IMPATIENT)
        await door.send(friend.url, a_form({}), IMPATIENT)

        assert await door.seconds_until_turn(friend.url, TWO) > 0


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("http://blog.example/", "http://BLOG.example.:80/x?y"),
        ("https://bücher.example/", "https://xn--bcher-kva.example:443/"),
        ("http://1.1.1.1/", "http://0x01010101/"),
        ("http://[2606:4700::1111]/", "http://[2606:4700:0:0:0:0:0:1111]/"),
    ],
)
def test_one_server_is_counted_under_one_name(one: str, same: str) -> None:
    assert read_target(one, frozenset()).server == read_target(same, frozenset()).server


async def test_nobody_learns_of_turns_at_what_may_not_be_asked() -> None:
    door = Door("https://ours.example", turns=TurnsInMemory())

    with pytest.raises(Unreachable):
        await door.seconds_until_turn("http://127.0.0.1/")


def test_a_name_too_long_for_the_domain_name_system_is_none() -> None:
    long = ".".join(["a" * 60] * 4)

    assert read_target(f"http://{long}.example/", frozenset()).port == 80
    with pytest.raises(Unreachable):
        read_target(f"http://{long}.examples.x/", frozenset())


async def test_the_settings_say_whom_the_door_lets_through(
    settings: Settings, doors: Doors
) -> None:
    async with a_stranger(answers(b"hello")) as friend:
        allow = f"{friend.host}:{friend.port}"
        told = settings.model_copy(update={"outbound_allow": allow})
        for door in (open_door(told), open_door(told, doors)):
            assert (await door.fetch(friend.url, IMPATIENT)).content == b"hello"
        with pytest.raises(Unreachable):
            await open_door(settings, doors).fetch(friend.url, IMPATIENT)

    assert await open_door(told, doors).seconds_until_turn(friend.url, Budget(1, 1)) > 0


async def test_webmentions_of_one_source_server_do_not_outrun_its_budget(doors: Doors) -> None:
    asking = Asking(WEBMENTION, may_wait=False)
    async with a_stranger(answers(b"hello")) as friend:
        door, refused = a_door(doors, friend), 0
        for number in range(15):
            try:
                await door.fetch(f"{friend.url}{number}", asking)
            except NotNow:
                refused += 1

    assert (friend.connections, refused) == (10, 5)
