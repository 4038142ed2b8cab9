"""What is not read: comments and trackbacks taken in, pages of who is signed in, and a flood that is kept out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.contestants import Ours, Yardstick, bare_server, our_server
from bench.discussing import Discussion, a_discussion
from bench.flood import print_flood
from bench.load import Load, drive, drive_each, typical
from bench.loading import LoadedSite, a_copy
from bench.measuring import ROUNDS, print_load
from bench.pages import (
    CONCURRENCIES,
    TAKEN_IN,
    Asked,
    Page,
    answer_to_form,
    pages_signed_in,
)
from bench.people import (
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
_SENT: Mapping[str, str] = {
    _COMMENT.name: "accepted comment",
    _TRACKBACK.name: "accepted trackback",
    "reply in a group": "accepted reply in a group",
}


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
    talk = a_discussion(copy)
    pages = (*pages_signed_in(copy.size, cookie), *talk.pages)
    with ExitStack() as servers:
        ours = servers.enter_context(our_server(copy, pages, data))
        sent = _sent(ours, talk)
        ours = _asked_to_take(ours, sent)
        yardstick = servers.enter_context(bare_server(ours, (*pages, *sent), data))
        print_load(pages, [yardstick, ours], seconds)
        _print_processor(pages, ours, yardstick, seconds)
        for page, forms in sent.items():
            _print_sent(page, forms, ours, yardstick, seconds)


def _sent(ours: Ours, talk: Discussion) -> Mapping[Page, Callable[[], Iterator[Sent]]]:
    """What is sent, each time something else."""
    server = ours.running.url
    return {
        _COMMENT: lambda: Commenters(server, ours.site).comments(),
        talk.reply: lambda: talk.replies(server),
        # Last, as the worker is busy with those for a while.
        _TRACKBACK: lambda: trackbacks(server, ours.site),
    }


def _asked_to_take(ours: Ours, sent: Mapping[Page, Callable[[], Iterator[Sent]]]) -> Ours:
    """The same server, with what it answers to what is sent."""
    asked, answers = dict(ours.asked), dict(ours.answers)
    for page, forms in sent.items():
        url, fields = next(forms())
        asked[page.name] = Asked(url)
        answers[page.name] = answer_to_form(url, fields, page.status, page.cookie)
    return replace(ours, asked=asked, answers=answers)


def _print_processor(pages: Sequence[Page], ours: Ours, yardstick: Yardstick, seconds: int) -> None:
    """What pages cost that are made for each who asks, and those of groups."""
    print(heading("processor time", ours.name, yardstick.name, "ratio"))
    for page in pages:
        costs = []
        for server in (ours, yardstick):
            asked, before = server.asked[page.name], server.cpu_seconds()
            load = drive(asked.url, asked.headers, 1, seconds)
            costs.append((server.cpu_seconds() - before) / (load.rate * seconds) * 1000)
        print(Figure(page.name, costs[0], "ms", costs[1]).line(), flush=True)


def _print_sent(
    page: Page,
    forms: Callable[[], Iterator[Sent]],
    ours: Ours,
    yardstick: Yardstick,
    seconds: int,
) -> None:
    requests = on_the_wire(forms(), cookie=page.cookie)
    bare = on_the_wire(forms(), to=yardstick.asked[page.name].url, cookie=page.cookie)
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
        name = f"{_SENT[page.name]}, at {concurrency}"
        print(Figure(name, load.cpu / 1000, "ms", bare_load.cpu / 1000).line(), flush=True)


def _driven(
    page: Page, server: Ours | Yardstick, requests: Iterator[bytes], concurrency: int, seconds: int
) -> Load:
    before = server.cpu_seconds()
    load, answered = drive_each(server.running.url, requests, concurrency, seconds, page.status)
    return replace(load, cpu=(server.cpu_seconds() - before) / answered * 1_000_000)
