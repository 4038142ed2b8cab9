"""The door itself, against servers of ours that behave as badly as they can."""

import gzip
from typing import Any

import pytest

from app.core.errors import Unreachable
from app.core.outbound.asking import MEDIA, PAGE, Asking, Limits
from app.core.outbound.door import Door
from app.core.outbound.turns import Budget, HostPort, TurnsInMemory
from tests.core.strangers import Stranger, a_stranger, answers, redirects_to

pytestmark = pytest.mark.anyio

QUICK = Asking(PAGE, Limits(max_bytes=100_000, seconds=1.5), budget=Budget(1000, 1000))
# Where nothing is slow on purpose, a machine that is busy may be.
PATIENT = Asking(PAGE, Limits(max_bytes=100_000, seconds=20), budget=Budget(1000, 1000))
PUBLIC = "93.184.215.14"


def a_door(*friends: Stranger, **options: Any) -> Door:
    return Door("https://ours.example", allow=frozenset(f.server for f in friends), **options)


async def refusal(url: str, door: Door, asking: Asking = QUICK) -> str:
    with pytest.raises(Unreachable) as refused:
        await door.fetch(url, asking)
    assert refused.value.status == 502
    return refused.value.detail


async def test_an_allowed_server_is_asked_and_told_who_asks_and_why() -> None:
    asking = Asking(PAGE, asked_by="2001:db8::7")
    async with a_stranger(answers(b"<p>Hello", "Set-Cookie: a=b")) as friend:
        got = await a_door(friend).fetch(friend.url + "a?b#c", asking)

    assert (got.status, got.content, got.content_type) == (200, b"<p>Hello", "text/html")
    request = friend.requests[0].decode().lower()
    assert request.startswith("get /a?b http/1.1\r\n")
    assert "rapport (+https://ours.example; page; asked by 2001:db8::7)" in request
    assert f"host: 127.0.0.1:{friend.port}\r\n" in request


async def test_a_404_is_an_answer_too() -> None:
    async with a_stranger(answers(b"no", status="404 Not Found")) as friend:
        got = await a_door(friend).fetch(friend.url, QUICK)
    assert (got.status, got.content) == (404, b"no")


async def test_redirects_are_followed_without_cookies_and_not_for_ever() -> None:
    async with a_stranger(answers(b"there")) as there:
        hop = answers(b"", "Set-Cookie: a=b", f"Location: {there.url}x", status="301 Moved")
        async with a_stranger(hop) as here:
            got = await a_door(here, there).fetch(here.url, QUICK)
    assert (got.url, got.content) == (there.url + "x", b"there")
    assert b"cookie" not in there.requests[0].lower()

    async with a_stranger(redirects_to("/again")) as circle:
        assert "redirect" in await refusal(circle.url, a_door(circle))
    assert len(circle.requests) == 6


@pytest.mark.parametrize(
    "location",
    [
        "gopher://127.0.0.1:{port}/",
        "file:///etc/passwd",
        "http://[",
        "javascript:x",
        "ftp://a.b/",
        "http://a.b:70000000/",
        "http://xn--\u00ff.example/",
        "http://[::1/",
        "https://" + "a" * 70 + ".example/",
        "http://%00/",
        "mailto:a@b",
    ],
)
async def test_redirects_to_what_is_no_web_address_end_there(location: str) -> None:
    async with a_stranger(redirects_to("/")) as friend:
        pass
    async with a_stranger(redirects_to(location.format(port=friend.port))) as here:
        await refusal(here.url, a_door(here), PATIENT)
    assert len(here.requests) == 1


async def test_a_fetch_held_to_some_hosts_does_not_leave_them() -> None:
    only_here = Asking(PAGE, QUICK.limits, QUICK.budget, hosts=frozenset({"127.0.0.1"}))
    async with (
        a_stranger(answers(b"cdn"), host="127.0.0.2") as elsewhere,
        a_stranger(redirects_to(elsewhere.url)) as here,
    ):
        assert "another site" in await refusal(here.url, a_door(here, elsewhere), only_here)
    assert elsewhere.connections == 0


async def test_only_the_announced_length_is_read() -> None:
    async with a_stranger(answers(b"right and wrong", "Content-Length: 5")) as friend:
        assert (await a_door(friend).fetch(friend.url, QUICK)).content == b"right"


async def test_gzip_is_undone() -> None:
    page = b"<p>" + b"word " * 15_000
    async with a_stranger(answers(gzip.compress(page), "Content-Encoding: gzip")) as friend:
        assert (await a_door(friend).fetch(friend.url, QUICK)).content == page


async def test_a_refused_connection_sounds_like_a_private_address() -> None:
    async with a_stranger(answers(b"")) as gone:
        pass
    door = a_door(gone)
    assert await refusal(gone.url, door) == await refusal("http://127.0.0.9/", door)


async def test_media_may_be_anything_but_a_page() -> None:
    asking = Asking(MEDIA, QUICK.limits, QUICK.budget)
    async with a_stranger(answers(b"GIF89a", "Content-Type: image/gif")) as friend:
        assert (await a_door(friend).fetch(friend.url, asking)).content == b"GIF89a"
    async with a_stranger(answers(b"<h1>Not found")) as friend:
        assert "kind of content" in await refusal(friend.url, a_door(friend), asking)


async def test_waiting_for_a_turn_does_not_count_against_the_time() -> None:
    waited = []

    class Later(TurnsInMemory):
        async def reserve(self, server: HostPort, budget: Budget) -> float:
            waited.append(server)
            return 0.4

    asking = Asking(PAGE, Limits(seconds=0.3), Budget(1, 1))
    async with a_stranger(answers(b"late")) as friend:
        got = await a_door(friend, turns=Later()).fetch(friend.url, asking)

    assert got.content == b"late"
    assert waited == [friend.server]


async def test_what_fails_inside_the_block_stays_what_it_is() -> None:
    async with a_stranger(answers(b"fine")) as friend:
        with pytest.raises(OSError, match="disk full"):
            async with a_door(friend).open(friend.url, QUICK):
                raise OSError("disk full")
