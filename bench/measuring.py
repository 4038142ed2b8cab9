"""The parts of the table: load, first renderings, and what is not counted in requests."""

from collections.abc import Sequence
from dataclasses import replace

from bench.contestants import Contestant, Ours, Yardstick
from bench.first_view import first_view
from bench.load import Load, drive, typical
from bench.pages import CONCURRENCIES, Asked, Page
from bench.rendering import an_editor, cpu_of_rendering
from bench.site import HOT, plan
from bench.table import Figure, heading, load_heading, load_line

ROUNDS = 5


def print_load(pages: Sequence[Page], contestants: Sequence[Contestant], seconds: int) -> None:
    """Requests a second, and how long half and 99 of 100 waited."""
    print(load_heading([contestant.name for contestant in contestants]))
    for page in pages:
        for concurrency in CONCURRENCIES if page.is_driven else ():
            loads = _loads(page, contestants, concurrency, seconds)
            print(load_line(page.name, concurrency, loads), flush=True)


def _loads(
    page: Page, contestants: Sequence[Contestant], concurrency: int, seconds: int
) -> list[Load | None]:
    # In turn, not one after the other: what else the machine does then falls on all of them.
    rounds: dict[str, list[Load]] = {contestant.name: [] for contestant in contestants}
    for _ in range(ROUNDS):
        for contestant in contestants:
            asked = contestant.asked.get(page.name)
            if asked is not None:
                rounds[contestant.name].append(_driven(contestant, asked, concurrency, seconds))
    return [typical(loads) if loads else None for loads in rounds.values()]


def _driven(contestant: Contestant, asked: Asked, concurrency: int, seconds: int) -> Load:
    before = contestant.cpu_seconds()
    load = drive(asked.url, asked.headers, concurrency, seconds)
    spent, answered = contestant.cpu_seconds() - before, load.rate * seconds
    # A second may be too short for a single answer; then nobody knows what one costs.
    return replace(load, cpu=spent / answered * 1_000_000) if answered else load


def print_first_renderings(
    pages: Sequence[Page], ours: Ours, yardstick: Yardstick, rounds: int
) -> None:
    """Processor time of pages that something on them was changed of just now, so that none is kept."""
    print(heading("first rendering", ours.name, "yardstick", "ratio"))
    with an_editor(ours.site.database_url) as editor:
        for page in pages:
            if page.tags:
                spent, bare_spent = cpu_of_rendering(
                    editor,
                    page.tags,
                    (ours.running, ours.asked[page.name]),
                    (yardstick.running, yardstick.asked[page.name]),
                    rounds,
                )
                print(
                    Figure(page.name, spent, "ms of processor time", bare_spent).line(), flush=True
                )


def print_rest(ours: Ours, yardstick: Yardstick) -> None:
    """Starting, memory, what a first view weighs, and what the import took."""
    print(heading("the program", ours.name, "yardstick", "ratio"))
    hot = next(post for post in plan(ours.site.size) if post.slug == HOT)
    view = first_view(ours.running.url + hot.path)
    figures = (
        Figure("cold start", ours.running.cold_start, "s", yardstick.running.cold_start),
        Figure(
            "peak memory while driven",
            ours.running.peak_memory(),
            "MB",
            yardstick.running.peak_memory(),
        ),
        Figure("first view, compressed", view.total / 1024, f"KB in {view.requests} requests"),
        Figure("the same beyond the article", view.beyond_the_article / 1024, "KB"),
        *ours.site.figures,
    )
    for figure in figures:
        print(figure.line())
