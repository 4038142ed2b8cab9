"""Servers that behave as badly as they can: each costs little time and memory, and says nothing."""

import gzip
import itertools
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest
from anyio.abc import SocketStream

from app.core.errors import Unreachable
from app.core.outbound.asking import PAGE, Asking, Limits, a_form
from app.core.outbound.bodies import TooLong, check_length
from app.core.outbound.door import Door
from app.core.outbound.turns import Budget
from tests.core.strangers import Behaviour, Stranger, a_stranger, answers, redirects_to, sends

pytestmark = pytest.mark.anyio

QUICK = Asking(PAGE, Limits(max_bytes=100_000, seconds=1.5), budget=Budget(1000, 1000))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def a_door(*friends: Stranger, **options: Any) -> Door:
    return Door("https://ours.example", allow=frozenset(f.server for f in friends), **options)


@asynccontextmanager
async def within_bounds(seconds: float = 10.0, most_bytes: int = 8_000_000) -> AsyncIterator[None]:
    """What happens inside takes no more; the servers' own buffers are in this process, too."""
    tracemalloc.start()
    try:
        with anyio.fail_after(seconds):
            yield
        assert tracemalloc.get_traced_memory()[1] < most_bytes
    finally:
        tracemalloc.stop()


async def drips(stream: SocketStream) -> None:
    await stream.send(HEAD + b"\r\n")
    while True:
        await stream.send(b"x")
        await anyio.sleep(0.05)


async def drips_headers(stream: SocketStream) -> None:
    await stream.send(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        await stream.send(b"X-%d: y\r\n" % number)
        await anyio.sleep(0.05)


async def says_continue_for_ever(stream: SocketStream) -> None:
    while True:
        await stream.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


async def says_nothing(_stream: SocketStream) -> None:
    await anyio.sleep_forever()


async def never_ends(stream: SocketStream) -> None:
    await stream.send(HEAD + b"\r\n")
    while True:
        await stream.send(b"x" * 65536)


async def never_ends_in_chunks(stream: SocketStream) -> None:
    await stream.send(CHUNKED)
    while True:
        await stream.send(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")


async def sends_crumbs(stream: SocketStream) -> None:
    await stream.send(CHUNKED)
    while True:
        await stream.send(b"1\r\nx\r\n" * 10_000)


async def drips_tls(stream: SocketStream) -> None:
    # A handshake of 16 KB is announced.
    await stream.send(b"\x16\x03\x03\x40\x00")
    while True:
        await stream.send(b"\x00")
        await anyio.sleep(0.05)


async def drips_one_chunk(stream: SocketStream) -> None:
    await stream.send(CHUNKED + b"7fffffff\r\n")
    while True:
        await stream.send(b"x")
        await anyio.sleep(0.05)


async def never_ends_its_headers(stream: SocketStream) -> None:
    await stream.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await stream.send(b"X-Long: " + b"y" * 60_000 + b"\r\n")


def squeezed(size: int, layers: int = 1) -> bytes:
    """A gzip bomb: `size` zero bytes, squeezed so many times."""
    squeeze = zlib.compressobj(9, wbits=31)
    bomb = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(size >> 20)) + squeeze.flush()
    for _ in range(layers - 1):
        bomb = gzip.compress(bomb)
    return bomb


BAD = {
    "drips": drips,
    "drips headers": drips_headers,
    "says continue for ever": says_continue_for_ever,
    "says nothing": says_nothing,
    "never ends": never_ends,
    "never ends in chunks": never_ends_in_chunks,
    "drips one endless chunk": drips_one_chunk,
    "sends crumbs": sends_crumbs,
    "never ends its headers": never_ends_its_headers,
    "never ends its trailers": sends(CHUNKED + b"1\r\nx\r\n0\r\n" + b"X-Y: z\r\n" * 50_000),
    "counts its chunks wrong": sends(CHUNKED + b"-1\r\nx\r\n0\r\n\r\n"),
    "announces chunks without end": sends(CHUNKED + b"f" * 20 + b"\r\nx"),
    "leads to another protocol": redirects_to("gopher://127.0.0.1/"),
    "leads to a file": redirects_to("file:///etc/passwd"),
    "leads in circles": redirects_to("/again"),
    "300 large headers": answers(b"", *(f"X-{n}: {'y' * 2000}" for n in range(300))),
    "300 headers": answers(b"", *(f"X-{n}: y" for n in range(300))),
    "bomb": answers(squeezed(60 << 20), "Content-Encoding: gzip"),
    "bomb in a bomb": answers(squeezed(60 << 20, 2), "Content-Encoding: gzip, gzip"),
    "unasked encoding": answers(b"\x8b\x00\x80x\x03", "Content-Encoding: br"),
    "damaged gzip": answers(b"not gzip", "Content-Encoding: gzip"),
    "half a gzip": answers(gzip.compress(b"x" * 5000)[:20], "Content-Encoding: gzip"),
    "announces too much": answers(b"x", "Content-Length: 100001"),
    "announces more than it sends": answers(b"x", "Content-Length: 100"),
    "announces a length of 5000 digits": answers(b"x", f"Content-Length: {'9' * 5000}"),
    "announces a negative length": answers(b"x", "Content-Length: -1"),
    "announces two lengths": answers(b"x" * 9, "Content-Length: 9", "Content-Length: 5"),
    "hangs up": sends(b""),
    "breaks a chunk off": answers(b"8000\r\nxx", "Transfer-Encoding: chunked"),
    "speaks something else": sends(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "sends a video": answers(b"x", "Content-Type: video/mp4"),
}


@pytest.mark.parametrize("behaviour", BAD.values(), ids=BAD.keys())
async def test_bad_servers_cost_little_time_and_memory(behaviour: Behaviour) -> None:
    async with a_stranger(behaviour) as bad, within_bounds():
        with pytest.raises(Unreachable):
            await a_door(bad).fetch(bad.url, QUICK)


@pytest.mark.parametrize("behaviour", BAD.values(), ids=BAD.keys())
async def test_their_replies_to_what_is_sent_cost_no_more(behaviour: Behaviour) -> None:
    """Some of them are taken for an answer: what was sent has arrived, whatever is said to it."""
    async with a_stranger(behaviour) as bad, within_bounds():
        try:
            got = await a_door(bad).send(bad.url, a_form({}), QUICK)
        except Unreachable:
            return
    assert len(got.content) <= 1024


async def test_others_have_their_turn_while_a_server_sends_crumbs() -> None:
    pauses: list[float] = []

    async def look_at_the_clock() -> None:
        while True:
            before = time.monotonic()
            await anyio.lowlevel.checkpoint()
            pauses.append(time.monotonic() - before)

    async with a_stranger(sends_crumbs) as bad, anyio.create_task_group() as tasks:
        tasks.start_soon(look_at_the_clock)
        with pytest.raises(Unreachable, match="little pieces"):
            await a_door(bad).fetch(bad.url, QUICK)
        tasks.cancel_scope.cancel()

    # All of one read at once would be ten thousand pieces.
    assert len(pauses) > 30


async def test_a_server_that_never_speaks_tls_is_not_waited_for() -> None:
    async with a_stranger(says_nothing) as silent, a_stranger(drips_tls) as slow, within_bounds():
        for bad in (silent, slow):
            with pytest.raises(Unreachable):
                await a_door(bad).fetch(bad.url.replace("http:", "https:"), QUICK)
            assert bad.requests[0].startswith(b"\x16")


async def test_the_time_is_that_of_all_redirects_together() -> None:
    async def thinks_for_a_while(stream: SocketStream) -> None:
        await anyio.sleep(0.6)
        await redirects_to("/again")(stream)

    async with a_stranger(thinks_for_a_while) as slow, within_bounds():
        with pytest.raises(Unreachable, match="too long"):
            await a_door(slow).fetch(slow.url, QUICK)

    assert len(slow.requests) <= 3


async def test_a_name_that_nobody_looks_up_in_time_is_given_up() -> None:
    async def never_answers(_host: str, _port: int) -> Sequence[str]:
        await anyio.sleep_forever()
        return []

    async with within_bounds():
        with pytest.raises(Unreachable, match="too long"):
            await a_door(resolve=never_answers).fetch("http://slow.example/", QUICK)


async def test_bombs_behind_redirects_are_no_worse() -> None:
    async with (
        a_stranger(BAD["bomb"]) as bomb,
        a_stranger(redirects_to(bomb.url)) as here,
        within_bounds(),
    ):
        with pytest.raises(Unreachable):
            await a_door(here, bomb).fetch(here.url, QUICK)


def test_an_announced_length_of_thousands_of_digits_is_too_long() -> None:
    with pytest.raises(TooLong):
        check_length(httpx.Headers({"content-length": "9" * 5000}), 100)


async def test_a_page_in_many_small_chunks_is_read() -> None:
    chunks = b"".join(b"14\r\n%020d\r\n" % number for number in range(2000)) + b"0\r\n\r\n"
    async with a_stranger(sends(CHUNKED + chunks)) as friend:
        got = await a_door(friend).fetch(friend.url, QUICK)

    assert len(got.content) == 40_000
    assert got.content.endswith(b"01999")
