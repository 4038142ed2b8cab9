"""The servers in the table: the program on a loaded site, the yardstick, and maybe somebody else's."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.loading import LoadedSite
from bench.pages import Asked, Page, ask_for
from bench.processes import Running, free_port, started
from bench.yardstick import Answer, write_answers


@dataclass(frozen=True)
class Contestant:
    """A server, and how it is asked for each page, by the page's name."""

    name: str
    asked: Mapping[str, Asked]

    def cpu_seconds(self) -> float:
        """Processor time it has used so far; nothing is known of one that we did not start."""
        return 0.0


@dataclass(frozen=True)
class Yardstick(Contestant):
    """The bare function."""

    running: Running

    def cpu_seconds(self) -> float:
        """Processor time it has used so far."""
        return self.running.cpu_seconds()


@dataclass(frozen=True)
class Ours(Contestant):
    """`rapport serve` on a loaded site, and what it answered."""

    running: Running
    site: LoadedSite
    answers: Mapping[str, Answer]

    def cpu_seconds(self) -> float:
        """Processor time it has used so far."""
        return self.running.cpu_seconds()


@contextmanager
def our_server(site: LoadedSite, pages: Sequence[Page], data: Path) -> Iterator[Ours]:
    """The program as shipped, until the block ends; each page was asked for once."""
    port = free_port()
    command = ("app", "serve", "--port", str(port))
    environment = site.environment(port)
    with started(*command, port=port, log=data / "serve.log", environment=environment) as running:
        came = {page.name: ask_for(page, running.url) for page in pages}
        yield Ours(
            name=f"{site.size.comments:,} comments",
            asked={name: asked for name, (asked, _) in came.items()},
            running=running,
            site=site,
            answers={name: answer for name, (_, answer) in came.items()},
        )


@contextmanager
def bare_server(ours: Ours, pages: Sequence[Page], data: Path) -> Iterator[Yardstick]:
    """The yardstick giving our answers; raises SystemExit if what comes is not the same, byte by byte."""
    answers, port = data / "answers.json", free_port()
    write_answers(answers, [ours.answers[page.name] for page in pages])
    command = ("bench.yardstick", str(answers), str(port))
    with started(*command, port=port, log=data / "yardstick.log", first="/0") as running:
        asked = {
            page.name: Asked(f"{running.url}/{number}", ours.asked[page.name].headers)
            for number, page in enumerate(pages)
        }
        for page in pages:
            same, answer = ask_for(Page(page.name, "", status=page.status), asked[page.name].url)
            if answer != ours.answers[page.name]:
                raise SystemExit(f"the yardstick answers something else at {same.url}: {page.name}")
        yield Yardstick("yardstick", asked, running)


def other_server(url_map: Path, pages: Sequence[Page]) -> Contestant:
    """A server that runs already: `url_map` is a JSON file of names of pages and their URLs there."""
    urls = json.loads(url_map.read_text())
    there = [page for page in pages if page.name in urls]
    return Contestant(
        url_map.stem, {page.name: ask_for(page, urls[page.name], path="")[0] for page in there}
    )
