"""Who may be asked. Nothing here connects to anybody: the resolver is a stub."""

import json
from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from app.core.errors import Unreachable
from app.core.outbound.addresses import (
    host_of,
    is_public,
    public_addresses,
    read_allowed,
    read_target,
)
from app.core.outbound.asking import Sending
from app.core.outbound.redirects import next_step
from tests.shared import shared_file

pytestmark = pytest.mark.anyio

PUBLIC = "93.184.215.14"


async def resolves_all(_host: str, _port: int) -> Sequence[str]:
    return [PUBLIC]


async def is_let_through(url: str) -> bool:
    try:
        return await public_addresses(read_target(url, frozenset()), resolves_all) == [PUBLIC]
    except Unreachable:
        return False


async def test_every_address_of_the_attack_list_is_judged_as_it_should_be() -> None:
    rows = json.loads(shared_file("data/attacks/ssrf.json").read_text("utf-8"))

    judged = {row["payload"]: await is_let_through(row["payload"]) for row in rows}

    assert judged == {row["payload"]: row["allow"] for row in rows}


@pytest.mark.parametrize(
    "url",
    [
        "http://intranet/",
        "http://db.localhost/",
        "http://LOCALHOST./",
        "http://127.0.0.1.:80/",
        "http://0x7f.1/",
        "http://0x/",
        "http://127.0.0.1.5/",
        "http://4294967296/",
        "http://127%2e0.0.1/",
        "http://[::1%25lo]/",
        "http://a..example/",
        "http://-.example/ x",
        "http://blog.example:0/",
        "http://blog.example:99999/",
        "http://name:secret@blog.example/",
        "http://blog.example/\r\nHost: other.example",
        "http://blog.example/\x00",
        "http://" + "a" * 5000 + ".example/",
        "",
        "blog.example",
        "//blog.example/",
    ],
)
async def test_odd_addresses_are_refused_even_if_the_resolver_would_take_them(url: str) -> None:
    assert not await is_let_through(url)


@pytest.mark.parametrize(
    "address",
    [
        "224.0.0.1",
        "ff02::1",
        "ff0e::1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::224.0.0.1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:808:808::",
        "2001::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "fec0::1",
        "192.88.99.1",
        "192.0.0.9",
        "5f00::1",
        "0.0.0.0",
        "fe80::1%eth0",
    ],
)
def test_what_python_calls_global_is_not_always_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "64:ff9b::5db8:d70e", "1.1.1.1"])
def test_addresses_of_web_sites_are_public(address: str) -> None:
    assert is_public(ip_address(address))


async def test_only_the_public_addresses_of_a_name_are_kept() -> None:
    async def resolves_both(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1", "::1", PUBLIC, "fe80::1%eth0", PUBLIC]

    found = await public_addresses(read_target("http://a.example", frozenset()), resolves_both)

    assert found == [PUBLIC]


async def test_a_name_that_is_unknown_sounds_like_one_that_is_private() -> None:
    async def resolves_none(_host: str, _port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    async def resolves_private(_host: str, _port: int) -> Sequence[str]:
        return ["10.0.0.1"]

    sentences = set()
    for resolver in (resolves_none, resolves_private):
        with pytest.raises(Unreachable) as refusal:
            await public_addresses(read_target("http://a.example", frozenset()), resolver)
        sentences.add(refusal.value.detail)

    assert len(sentences) == 1


def test_what_the_owner_allowed_is_excepted_from_the_rules_about_host_and_port() -> None:
    allow = read_allowed("127.0.0.1:9000, wordpress:80,[::1]:8080,")

    assert allow == {("127.0.0.1", 9000), ("wordpress", 80), ("::1", 8080)}
    assert read_target("http://127.0.0.1:9000/x", allow).port == 9000
    assert read_target("http://wordpress/", allow).host == "wordpress"
    with pytest.raises(Unreachable):
        read_target("http://127.0.0.1:9001/x", allow)
    with pytest.raises(Unreachable):
        read_target("gopher://wordpress:80/", allow)


@pytest.mark.parametrize("setting", ["localhost", ":80", "a:b", "a:0", "a:700000", "a:80 b:80"])
def test_a_wrong_exception_is_named(setting: str) -> None:
    with pytest.raises(ValueError, match="RAPPORT_OUTBOUND_ALLOW"):
        read_allowed(setting)


@pytest.mark.parametrize("location", ["//a.example:x/", "\x00"])
def test_a_redirect_to_no_address_leads_nowhere(location: str) -> None:
    with pytest.raises(Unreachable, match="no address"):
        next_step(read_target("https://blog.example/", frozenset()), 301, location, None)


def test_a_name_that_spells_no_letters_is_a_name_all_the_same() -> None:
    """httpx reads punycode whenever it is asked for the host, and raises for such as this."""
    target = read_target("https://xn--a.example/", frozenset())

    assert host_of("https://xn--a.example/") == target.host == "xn--a.example"
    assert next_step(target, 301, "/there", Sending(b"", "text/plain")).sends
