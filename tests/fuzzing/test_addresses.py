"""Addresses that strangers wrote: told apart, resolved, and asked only when they may be."""

from ipaddress import ip_address

import httpx
from hypothesis import strategies as st

from app.core.outbound.addresses import PORTS, Target, as_address, is_public, read_target
from app.core.outbound.asking import Sending
from app.core.outbound.bodies import check_headers, check_length
from app.core.outbound.redirects import Step, next_step
from app.linkbacks.addresses import is_web_address, normalised, same_place
from app.linkbacks.leading_out import MOST_LINKS, links_out
from app.linkbacks.reading.links import absolute
from tests.fuzzing.documents import HTML_TEXT
from tests.fuzzing.feeding import feed, read_twice
from tests.fuzzing.foreign import ADDRESSES, THEIRS
from tests.fuzzing.sound import assert_web, refusal

BASES = st.just(THEIRS) | ADDRESSES


def test_any_address_has_one_spelling_and_leads_to_the_web_or_nowhere() -> None:
    def eat(meal: tuple[str, str]) -> None:
        base, reference = meal
        url = read_twice(lambda: absolute(base, reference), len(reference))
        assert_web(url, 2_000)
        spelled = normalised(url)
        assert normalised(spelled) == spelled
        assert same_place(url, spelled)
        assert same_place(reference, normalised(reference))
        assert is_web_address(reference, 10**6) or normalised(reference) == reference

    feed("addresses", st.tuples(BASES, ADDRESSES), eat)


def test_any_text_of_ours_leads_out_to_the_web_only() -> None:
    def eat(html: str) -> None:
        found = read_twice(lambda: links_out(html, ["https://blog.example"]), len(html))
        assert len(found) <= MOST_LINKS
        for address, url in found.items():
            assert is_web_address(url, 10**6)
            assert address == normalised(url)

    feed("links of posts", HTML_TEXT, eat)


def test_only_public_hosts_are_asked_after_redirects_too() -> None:
    def eat(meal: tuple[str, str, int, bool]) -> None:
        url, location, status, sends = meal
        target = read_twice(lambda: refusal(lambda: read_target(url, frozenset())), len(url))
        if not isinstance(target, Target):
            return
        assert_askable(target)
        sending = Sending(b"x", "text/plain") if sends else None
        step = refusal(lambda: next_step(target, status, location, sending))
        if isinstance(step, Step):
            assert step.sends is None or step.sends == sending
            there = refusal(lambda: read_target(step.url, frozenset()))
            if isinstance(there, Target):
                assert_askable(there)

    statuses = st.sampled_from((301, 302, 303, 307, 308))
    feed("targets", st.tuples(ADDRESSES, ADDRESSES, statuses, st.booleans()), eat)


def assert_askable(target: Target) -> None:
    """On a port of web sites, at a name or a public address, with nobody's password."""
    assert target.port in PORTS
    assert target.url.scheme in ("http", "https")
    assert not target.url.userinfo
    assert target.host.isascii()
    address = as_address(target.host)
    assert is_public(ip_address(str(address))) if address else "." in target.host


def test_any_headers_are_few_enough_or_refused() -> None:
    def eat(pairs: list[tuple[bytes, bytes]]) -> None:
        headers = httpx.Headers(pairs)
        refusal(lambda: check_headers(headers))
        refusal(lambda: check_length(headers, 1000))

    names = st.sampled_from((b"content-length", b"x", b"content-type"))
    values = st.binary(max_size=60) | st.integers(0, 10**30).map(lambda n: str(n).encode())
    digits = st.sampled_from(("9" * 5000, "٣", "²", "1_0", " 1", "-1")).map(str.encode)
    feed("headers", st.lists(st.tuples(names, values | digits), max_size=5), eat)
