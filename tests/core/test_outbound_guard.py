"""Nothing of our own machine or network is asked: canaries on loopback, whom nobody may ever visit."""

import itertools
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import unquote

import anyio
import pytest
from anyio.abc import SocketStream

from app.core.errors import Unreachable
from app.core.outbound import addresses
from app.core.outbound import door as door_module
from app.core.outbound.addresses import read_allowed
from app.core.outbound.asking import PAGE, Asking, Limits, a_form
from app.core.outbound.door import Door
from app.core.outbound.turns import Budget
from tests.core.strangers import Stranger, a_stranger, answers, redirects_to
from tests.shared import payloads, shared_file

pytestmark = pytest.mark.anyio

ASKING = Asking(PAGE, Limits(seconds=1.5), Budget(10_000, 10_000))
PUBLIC = "93.184.215.14"
KINDS = (301, 302, 303, 307, 308)
SPELLINGS = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0x7F.0.0.0x1",
    "017700000001", "127.0.0.1.", "0", "0.0.0.0", "localhost", "LOCALHOST.", "a.localhost", "loc%61lhost",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:0:7f00:1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "user@127.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "127%2e0.0.1",
    "blog.example\\@127.0.0.1", "blog.example@127.0.0.1", "127.0.0.1\\@blog.example", "named.example",
    "127.0.0.2", "127.2", "2130706434", "0x7f000002", "[::ffff:127.0.0.2]",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::1%25lo]", "[::]",
)  # fmt: skip

Ask: TypeAlias = Callable[[Door, str], Awaitable[object]]


async def reads(door: Door, url: str) -> object:
    return await door.fetch(url, ASKING)


async def sends(door: Door, url: str) -> object:
    return await door.send(url, a_form({"source": "x"}), ASKING)


@dataclass
class Canaries:
    """Servers on every address of our own, at one port, that are never to be visited."""

    port: int
    birds: list[Stranger]

    @property
    def connections(self) -> int:
        return sum(bird.connections for bird in self.birds)

    def door(self, *friends: Stranger, **options: Any) -> Door:
        """A door to which their port is that of a web site, and every name leads to them."""
        options = {"resolve": leads_to(*(bird.host for bird in self.birds)), **options}
        allow = frozenset(friend.server for friend in friends)
        return Door("https://ours.example", allow, ports=frozenset({self.port}), **options)


def leads_to(*found: str) -> addresses.Resolver:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return found

    return resolve


@pytest.fixture
async def canaries() -> AsyncIterator[Canaries]:
    async with AsyncExitStack() as cage:
        first = await cage.enter_async_context(a_stranger(answers(b"secret")))
        birds = [first]
        for host in ("127.0.0.2", "::1"):
            bird = a_stranger(answers(b"secret"), host=host, port=first.port)
            birds.append(await cage.enter_async_context(bird))
        yield Canaries(first.port, birds)


@pytest.fixture
async def hop() -> AsyncIterator[Stranger]:
    """A friend that redirects to wherever its address says: `/301/http%3A%2F%2F…`."""

    async def redirects(stream: SocketStream) -> None:
        found = re.match(rb"\w+ /(30\d)/(\S+)", friend.requests[-1])
        if found is None:
            await answers(b"", status="404 Not Found")(stream)
        else:
            await redirects_to(unquote(found[2].decode()), int(found[1]))(stream)

    async with a_stranger(redirects) as friend:
        yield friend


def over(hop: Stranger, status: int, location: str) -> str:
    """An address of the friend's that leads there."""
    quoted = "".join(f"%{byte:02X}" for byte in location.encode())
    return f"{hop.url}{status}/{quoted}"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("ask", [reads, sends])
async def test_nothing_of_our_own_machine_is_touched_however_it_is_spelled(
    canaries: Canaries, ask: Ask, scheme: str
) -> None:
    for spelling in SPELLINGS:
        with pytest.raises(Unreachable):
            await ask(canaries.door(), f"{scheme}://{spelling}:{canaries.port}/")

    assert canaries.connections == 0


@pytest.mark.parametrize(
    ("ask", "status"), [*((reads, status) for status in KINDS), (sends, 303), (sends, 307)]
)
async def test_no_redirect_leads_to_our_own_machine(
    canaries: Canaries, hop: Stranger, ask: Ask, status: int
) -> None:
    door = canaries.door(hop)
    for spelling in SPELLINGS:
        location = f"http://{spelling}:{canaries.port}/"
        with pytest.raises(Unreachable):
            await ask(door, over(hop, status, location))

    assert canaries.connections == 0
    assert len(hop.requests) == len(SPELLINGS)


@pytest.mark.parametrize("status", KINDS)
async def test_a_chain_of_redirects_is_guarded_to_its_end(
    canaries: Canaries, hop: Stranger, status: int
) -> None:
    chain = over(hop, 302, over(hop, 301, over(hop, status, canaries.birds[0].url)))

    with pytest.raises(Unreachable):
        await reads(canaries.door(hop), chain)

    assert len(hop.requests) == 3
    assert canaries.connections == 0


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"], ["::1"], ["127.0.0.2", "::1"], ["::ffff:127.0.0.1"], ["0.0.0.0"], ["::"],
        ["fe80::1%lo"], ["10.0.0.1"], ["169.254.169.254"], ["64:ff9b::7f00:1"], ["not an address"], [],
    ],
)  # fmt: skip
async def test_a_name_that_leads_to_us_leads_nowhere(canaries: Canaries, found: list[str]) -> None:
    door = canaries.door(resolve=leads_to(*found))

    with pytest.raises(Unreachable):
        await reads(door, f"http://named.example:{canaries.port}/")

    assert canaries.connections == 0


Reached: TypeAlias = list[tuple[str, int]]


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> Reached:
    """Whom the door would have connected to; only this machine is really reached."""
    reached: Reached = []
    really_connect = anyio.connect_tcp

    async def connects(remote_host: str, remote_port: int, **options: Any) -> Any:
        if remote_host.startswith("127."):
            return await really_connect(remote_host, remote_port, **options)
        reached.append((remote_host, remote_port))
        raise OSError("nobody is really asked")

    monkeypatch.setattr(anyio, "connect_tcp", connects)
    return reached


@pytest.mark.parametrize("is_redirect", [False, True])
async def test_a_name_that_changes_its_answer_is_asked_for_once_and_reached_by_number(
    canaries: Canaries, hop: Stranger, reached: Reached, is_redirect: bool
) -> None:
    looked_up = itertools.chain([[PUBLIC]], itertools.repeat(["127.0.0.1"]))

    async def changes_its_mind(_host: str, _port: int) -> Sequence[str]:
        return next(looked_up)

    door = canaries.door(hop, resolve=changes_its_mind)
    url = f"http://rebinds.example:{canaries.port}/"
    for _again in range(2):
        with pytest.raises(Unreachable):
            await reads(door, over(hop, 307, url) if is_redirect else url)

    assert reached == [(PUBLIC, canaries.port)]
    assert canaries.connections == 0


async def test_of_several_addresses_the_public_ones_alone_are_tried(
    canaries: Canaries, reached: Reached
) -> None:
    door = canaries.door(resolve=leads_to("127.0.0.1", PUBLIC, "::1", "10.0.0.1", "1.1.1.1"))

    with pytest.raises(Unreachable):
        await reads(door, f"http://named.example:{canaries.port}/")

    assert reached == [(PUBLIC, canaries.port), ("1.1.1.1", canaries.port)]


async def test_the_connection_is_checked_again_where_the_first_check_is_blind(
    canaries: Canaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "public_addresses", door_module.addresses_of)

    with pytest.raises(Unreachable):
        await reads(canaries.door(), f"http://named.example:{canaries.port}/")

    assert canaries.connections == 0


@pytest.mark.parametrize("status", [None, 302])
async def test_of_the_attack_list_only_what_is_harmless_is_connected_to(
    hop: Stranger, reached: Reached, status: int | None
) -> None:
    rows = json.loads(shared_file("data/attacks/ssrf.json").read_text("utf-8"))
    door = Door("https://ours.example", frozenset({hop.server}), leads_to(PUBLIC))
    connected = {}
    for row in rows:
        url = row["payload"]
        if status is not None and url.startswith("//"):
            continue  # as a redirect it is the address of a public host, with the scheme left out
        reached.clear()
        with suppress(Unreachable):
            await reads(door, url if status is None else over(hop, status, url))
        connected[url] = bool(reached)

    assert connected == {
        row["payload"]: row["allow"] for row in rows if row["payload"] in connected
    }


async def test_no_trick_with_redirects_leads_to_our_own_machine(
    canaries: Canaries, hop: Stranger
) -> None:
    door = canaries.door(hop)
    for payload in payloads("redirect"):
        # Some stay on the friend's own server, where nothing is found.
        with suppress(Unreachable):
            await reads(door, over(hop, 302, " ".join(payload.split())))

    assert canaries.connections == 0


async def test_what_the_owner_allowed_is_reached_by_redirects_too(hop: Stranger) -> None:
    async with a_stranger(answers(b"hello"), host="127.0.0.2") as friend:
        allow = read_allowed(f"127.0.0.1:{hop.port}, localhost:{friend.port}")
        door = Door("https://ours.example", allow, leads_to("127.0.0.2"))
        url = f"http://localhost:{friend.port}/"
        for status in KINDS:
            assert (await door.fetch(over(hop, status, url), ASKING)).content == b"hello"


@pytest.mark.parametrize("status", KINDS)
async def test_what_the_owner_allowed_is_one_host_and_port_by_its_name(
    canaries: Canaries, hop: Stranger, status: int
) -> None:
    allow = frozenset({hop.server, ("127.0.0.2", hop.port)})
    door = Door("https://ours.example", allow, ports=frozenset({canaries.port, hop.port}))
    for host in ("127.0.0.1", "127.0.0.2", "[::1]", "localhost"):
        with pytest.raises(Unreachable):
            await reads(door, over(hop, status, f"http://{host}:{canaries.port}/"))
    visits = len(hop.requests)
    with pytest.raises(Unreachable):
        await reads(door, over(hop, status, f"http://127.1:{hop.port}/"))

    assert canaries.connections == 0
    assert len(hop.requests) == visits + 1
