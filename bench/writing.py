"""What is not read: comments and trackbacks taken in, pages of who is signed in, and a flood that is kept out."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.contestants import Ours, Yardstick, bare_server, our_server
from bench.flood import print_flood
from bench.load import Load, drive_each, typical
from bench.loading import LoadedSite, a_copy
from bench.measuring import ROUNDS, print_load
from bench.pages import CONCURRENCIES, Asked, Page, answer_to_form, pages_signed_in
from bench.people import (
    TAKEN_IN,
    Commenters,
    Sent,
    moderators_cookie,
    on_the_wire,
    teach,
    trackbacks,
)
from bench.table import Figure, heading, load_heading, load_line

# Sent, not asked for: the yardstick is sent the same forms, and answers to them as we did.
_COMMENT = Page("comment submission", "", status=TAKEN_IN)
_TRACKBACK = Page("trackback", "")
_SENT: Mapping[Page, str] = {_COMMENT: "accepted comment", _TRACKBACK: "accepted trackback"}


def print_writing(site: LoadedSite, data: Path, seconds: int, flood_seconds: float) -> None:
    """Measure on a copy of the site, which is thrown away."""
    with a_copy(site) as copy:
        cookie = moderators_cookie(copy)
        with our_server(copy, (), data) as server:
            teach(server.running.url, copy)
        _print_console_and_what_is_sent(copy, cookie, data, seconds)
        print_flood(copy, data, flood_seconds)


def _print_console_and_what_is_sent(
    copy: LoadedSite, cookie: str, data: Path, seconds: int
) -> None:
    pages = pages_signed_in(copy.size, cookie)
    with ExitStack() as servers:
        ours = servers.enter_context(our_server(copy, pages, data))
        ours = _asked_to_take(ours)
        yardstick = servers.enter_context(bare_server(ours, (*pages, *_SENT), data))
        print_load(pages, [yardstick, ours], seconds)
        for page in _SENT:
            _print_sent(page, ours, yardstick, seconds)


def _forms(page: Page, ours: Ours) -> Iterator[Sent]:
    if page == _TRACKBACK:
        return trackbacks(ours.running.url, ours.site)
    return Commenters(ours.running.url, ours.site).comments()


def _asked_to_take(ours: Ours) -> Ours:
    """The same server, with what it answers to what is sent."""
    asked, answers = dict(ours.asked), dict(ours.answers)
    for page in _SENT:
        url, fields = next(_forms(page, ours))
        asked[page.name], answers[page.name] = Asked(url), answer_to_form(url, fields, page.status)
    return replace(ours, asked=asked, answers=answers)


def _print_sent(page: Page, ours: Ours, yardstick: Yardstick, seconds: int) -> None:
    requests = on_the_wire(_forms(page, ours))
    bare = on_the_wire(_forms(page, ours), to=yardstick.asked[page.name].url)
    print(load_heading([yardstick.name, ours.name]))
    loads = {}
    for concurrency in CONCURRENCIES:
        rounds: list[tuple[Load, Load]] = [
            (
                _driven(page, yardstick, bare, concurrency, seconds),
                _driven(page, ours, requests, concurrency, seconds),
            )
            for _ in range(ROUNDS)
        ]
        loads[concurrency] = tuple(typical(list(each)) for each in zip(*rounds, strict=True))
        print(load_line(page.name, concurrency, loads[concurrency]), flush=True)
    print(heading("processor time", ours.name, yardstick.name, "ratio"))
    for concurrency, (bare_load, load) in loads.items():
        name = f"{_SENT[page]}, at {concurrency}"
        print(Figure(name, load.cpu / 1000, "ms", bare_load.cpu / 1000).line(), flush=True)


def _driven(
    page: Page, server: Ours | Yardstick, requests: Iterator[bytes], concurrency: int, seconds: int
) -> Load:
    before = server.cpu_seconds()
    load, answered = drive_each(server.running.url, requests, concurrency, seconds, page.status)
    return replace(load, cpu=(server.cpu_seconds() - before) / answered * 1_000_000)
