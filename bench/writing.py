"""What is not read: comments taken in, pages of who is signed in, and a flood that is kept out."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path

from bench.contestants import Ours, Yardstick, bare_server, our_server
from bench.flood import print_flood
from bench.load import Load, drive_each, typical
from bench.loading import LoadedSite, a_copy
from bench.measuring import ROUNDS, print_load
from bench.pages import CONCURRENCIES, Asked, Page, answer_to_form, pages_signed_in
from bench.people import TAKEN_IN, Commenters, moderators_cookie, teach
from bench.table import Figure, heading, load_heading, load_line

# Sent, not asked for: the yardstick is sent the same forms, and answers to them as we did.
_COMMENT = Page("comment submission", "", status=TAKEN_IN)


def print_writing(site: LoadedSite, data: Path, seconds: int, flood_seconds: float) -> None:
    """Measure on a copy of the site, which is thrown away."""
    with a_copy(site) as copy:
        cookie = moderators_cookie(copy)
        with our_server(copy, (), data) as server:
            teach(server.running.url, copy)
        _print_comments_and_console(copy, cookie, data, seconds)
        print_flood(copy, data, flood_seconds)


def _print_comments_and_console(copy: LoadedSite, cookie: str, data: Path, seconds: int) -> None:
    pages = pages_signed_in(copy.size, cookie)
    with ExitStack() as servers:
        ours = servers.enter_context(our_server(copy, pages, data))
        ours = _asked_to_comment(ours)
        yardstick = servers.enter_context(bare_server(ours, (*pages, _COMMENT), data))
        print_load(pages, [yardstick, ours], seconds)
        _print_comments(ours, yardstick, seconds)


def _asked_to_comment(ours: Ours) -> Ours:
    """The same server, with what it answers to a comment."""
    (url, fields), *_ = islice(Commenters(ours.running.url, ours.site).comments(), 1)
    answer = answer_to_form(url, fields, _COMMENT.status)
    return replace(
        ours,
        asked={**ours.asked, _COMMENT.name: Asked(url)},
        answers={**ours.answers, _COMMENT.name: answer},
    )


def _print_comments(ours: Ours, yardstick: Yardstick, seconds: int) -> None:
    commenters = Commenters(ours.running.url, ours.site)
    requests = commenters.requests()
    bare = commenters.requests(to=yardstick.asked[_COMMENT.name].url)
    print(load_heading([yardstick.name, ours.name]))
    loads = {}
    for concurrency in CONCURRENCIES:
        rounds: list[tuple[Load, Load]] = [
            (
                _driven(yardstick, bare, concurrency, seconds),
                _driven(ours, requests, concurrency, seconds),
            )
            for _ in range(ROUNDS)
        ]
        loads[concurrency] = tuple(typical(list(each)) for each in zip(*rounds, strict=True))
        print(load_line(_COMMENT.name, concurrency, loads[concurrency]), flush=True)
    print(heading("processor time", ours.name, yardstick.name, "ratio"))
    for concurrency, (bare_load, load) in loads.items():
        name = f"accepted comment, at {concurrency}"
        print(Figure(name, load.cpu / 1000, "ms", bare_load.cpu / 1000).line(), flush=True)


def _driven(
    server: Ours | Yardstick, requests: Iterator[bytes], concurrency: int, seconds: int
) -> Load:
    before = server.cpu_seconds()
    load, answered = drive_each(server.running.url, requests, concurrency, seconds, _COMMENT.status)
    return replace(load, cpu=(server.cpu_seconds() - before) / answered * 1_000_000)
