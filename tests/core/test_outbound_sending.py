"""What is sent to another server: a form or XML, to whom it was meant for and to nobody else."""

from typing import Any

import anyio
import pytest
from anyio.abc import SocketStream

from app.core.errors import Unreachable
from app.core.outbound.addresses import Target, read_target
from app.core.outbound.asking import PINGBACK, WEBMENTION, Asking, Limits, a_form, some_xml
from app.core.outbound.door import Door, Fetched
from app.core.outbound.redirects import Step, next_step
from tests.core.strangers import Behaviour, Stranger, a_stranger, answers, redirects_to

pytestmark = pytest.mark.anyio

ASKING = Asking(WEBMENTION, Limits(seconds=1.5))
FORM = a_form({"source": "https://ours.example/é?a=b&c", "target": "https://theirs.example/"})
PASSED_ON = (307, 308)
MAYBE_PASSED_ON = (301, 302)


def a_door(*friends: Stranger, **options: Any) -> Door:
    return Door("https://ours.example", allow=frozenset(f.server for f in friends), **options)


async def sent_to(behaviour: Behaviour) -> Fetched:
    async with a_stranger(behaviour) as endpoint:
        return await a_door(endpoint).send(endpoint.url, FORM, ASKING)


async def test_a_form_arrives_as_one_from_a_web_page() -> None:
    answer = answers(b"", "Location: /status/7", "Content-Type: image/gif", status="201 Created")
    async with a_stranger(answer) as endpoint:
        got = await a_door(endpoint).send(endpoint.url + "in?key=1", FORM, ASKING)

    assert (got.status, got.headers["location"]) == (201, "/status/7")
    head, _blank, body = endpoint.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /in?key=1 HTTP/1.1\r\n")
    assert b"content-type: application/x-www-form-urlencoded\r\n" in head.lower()
    assert b"; Webmention)" in head
    assert body == (
        b"source=https%3A%2F%2Fours.example%2F%C3%A9%3Fa%3Db%26c"
        b"&target=https%3A%2F%2Ftheirs.example%2F"
    )


def test_a_form_names_its_charset_to_whoever_wants_it() -> None:
    named = a_form({"title": "é"}, charset="utf-8").content_type

    assert named == "application/x-www-form-urlencoded; charset=utf-8"


async def test_xml_arrives_as_it_is() -> None:
    async with a_stranger(answers(b"<methodResponse/>", "Content-Type: text/xml")) as endpoint:
        got = await a_door(endpoint).send(endpoint.url, some_xml(b"<?xml?>"), Asking(PINGBACK))

    assert got.content == b"<methodResponse/>"
    assert endpoint.requests[0].endswith(b"\r\n\r\n<?xml?>")
    assert b"content-type: text/xml; charset=utf-8\r\n" in endpoint.requests[0].lower()


async def test_of_a_long_reply_the_first_kilobyte_is_kept() -> None:
    assert (await sent_to(answers(b"x" * 500_000))).content == b"x" * 1024


async def test_a_reply_without_end_is_left_after_64_kilobytes() -> None:
    async def never_ends(stream: SocketStream) -> None:
        await stream.send(b"HTTP/1.1 202 Accepted\r\n\r\n")
        while True:
            await stream.send(b"x" * 65536)

    assert (await sent_to(never_ends)).status == 202


async def test_a_reply_that_never_comes_is_not_waited_for() -> None:
    async def says_nothing(_stream: SocketStream) -> None:
        await anyio.sleep_forever()

    async with a_stranger(says_nothing) as endpoint:
        with pytest.raises(Unreachable, match="too long"):
            await a_door(endpoint).send(endpoint.url, FORM, ASKING)


@pytest.mark.parametrize("status", [*MAYBE_PASSED_ON, *PASSED_ON])
async def test_what_moved_within_a_server_is_sent_again(status: int) -> None:
    async def moved(stream: SocketStream) -> None:
        is_first = len(endpoint.requests) == 1
        await (redirects_to("/new", status) if is_first else answers(b"thanks"))(stream)

    async with a_stranger(moved) as endpoint:
        got = await a_door(endpoint).send(endpoint.url, FORM, ASKING)

    assert got.content == b"thanks"
    first, second = endpoint.requests
    assert second.startswith(b"POST /new ")
    assert first.partition(b"\r\n\r\n")[2] == second.partition(b"\r\n\r\n")[2] == FORM.content


async def test_after_see_other_the_answer_is_only_read() -> None:
    async with (
        a_stranger(answers(b"thanks")) as there,
        a_stranger(redirects_to(there.url, 303)) as endpoint,
    ):
        got = await a_door(endpoint, there).send(endpoint.url, FORM, ASKING)

    assert got.content == b"thanks"
    assert there.requests[0].startswith(b"GET / HTTP/1.1\r\n")
    assert b"source" not in there.requests[0]


@pytest.mark.parametrize("status", MAYBE_PASSED_ON)
async def test_what_was_sent_is_not_sent_to_another_host_unasked(status: int) -> None:
    async with (
        a_stranger(answers(b"mine now"), host="127.0.0.2") as there,
        a_stranger(redirects_to(there.url, status)) as endpoint,
    ):
        with pytest.raises(Unreachable, match="elsewhere"):
            await a_door(endpoint, there).send(endpoint.url, FORM, ASKING)

    assert there.connections == 0


@pytest.mark.parametrize("status", PASSED_ON)
async def test_a_redirect_that_keeps_the_body_is_guarded_as_any_other(status: int) -> None:
    async with (
        a_stranger(answers(b"secret")) as canary,
        a_stranger(redirects_to(canary.url, status)) as endpoint,
    ):
        door = a_door(endpoint, ports=frozenset({canary.port}))
        with pytest.raises(Unreachable):
            await door.send(endpoint.url, FORM, ASKING)

    assert canary.connections == 0


HTTP, HTTPS = "http://blog.example/x", "https://blog.example/x"


@pytest.mark.parametrize(
    ("url", "status", "location", "there"),
    [
        (HTTP, 301, HTTPS, HTTPS),
        (HTTP, 302, "https://blog.example:8080/", "https://blog.example:8080/"),
        (HTTP, 301, "/y?z", "http://blog.example/y?z"),
        (HTTP, 301, "http://BLOG.example:80/y", "http://blog.example/y"),
        (HTTP, 307, "http://other.example/", "http://other.example/"),
        (HTTPS, 308, "https://other.example/", "https://other.example/"),
        (HTTP, 301, "http://blog.example:8080/x", None),
        (HTTP, 302, "https://www.blog.example/x", None),
        (HTTPS, 301, HTTP, None),
        (HTTPS, 307, HTTP, None),
        (HTTPS, 308, "gopher://blog.example/x", None),
    ],
)  # fmt: skip
def test_a_body_goes_on_to_the_same_host_or_where_it_was_told_to_and_never_in_the_clear(
    url: str, status: int, location: str, there: str | None
) -> None:
    assert where_it_goes(read_target(url, frozenset()), status, location) == there


def where_it_goes(target: Target, status: int, location: str) -> str | None:
    try:
        step = next_step(target, status, location, FORM)
    except Unreachable:
        return None
    assert step.sends == FORM
    return step.url


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_is_only_read_may_lead_anywhere(status: int) -> None:
    here = read_target(HTTPS, frozenset())

    assert next_step(here, status, "http://other.example/", None) == Step("http://other.example/")


def test_strangers_have_half_a_minute_at_most() -> None:
    with pytest.raises(ValueError, match="30 seconds"):
        Asking(WEBMENTION, Limits(seconds=31))
