"""Sites that know of each other: each is a `rapport serve` with data of its own, and does what commands tell it."""

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import anyio
import httpx
from lxml import html
from sqlalchemy import select

from app.discussions.models import Comment
from app.linkbacks.models import Linkback
from app.site.queries import ensure_site
from tests.databases import Copies, doors_to
from tests.visiting import Server, free_port, rapport, serving

# What an owner decides of the site's row: `title`, `takes_webmentions`, …
Wishes: TypeAlias = Mapping[str, object]

# Long, for machines with much else to do: whoever is quick does not wait for it.
_WITHIN = 60.0


@dataclass(frozen=True)
class ShownLink:
    """One of the links from elsewhere, as a visitor sees it below a post."""

    url: str
    title: str
    excerpt: str


@dataclass(frozen=True)
class Site:
    """A site that is served, and the commands it is given."""

    server: Server
    settings: Mapping[str, str]

    @property
    def url(self) -> str:
        """Its address, without a slash."""
        return self.server.url

    def write(self, title: str, text: str, *options: str) -> str:
        """Publish a post; its address."""
        return self.tell("post", "add", "--title", title, "--body", "-", *options, typed=text)

    def change(self, url: str, *options: str, text: str) -> None:
        """Give a post another text."""
        self.tell("post", "edit", _slug(url), "--body", "-", *options, typed=text)

    def delete(self, url: str) -> None:
        """Put a post into the trash."""
        self.tell("post", "delete", _slug(url))

    def told_of(self, url: str) -> list[tuple[str, str, str]]:
        """Whom a post's links were announced to: kind, state, and to which page or address."""
        return [(told["kind"], told["state"], told["target"]) for told in self.announcements(url)]

    def announcements(self, url: str) -> list[dict[str, Any]]:
        """The same with all that is known of them."""
        told: list[dict[str, Any]] = json.loads(self.tell("post", "links", _slug(url), "--json"))
        return told

    def waiting(self) -> list[dict[str, Any]]:
        """What was looked at, and waits for a person."""
        waiting: list[dict[str, Any]] = json.loads(self.tell("moderate", "list", "--json"))
        return waiting

    def kinds_waiting(self) -> list[str]:
        """By which ways it came."""
        return sorted(item["kind"] for item in self.waiting())

    def links_kept(self) -> list[tuple[str, str, str]]:
        """All that were sent, in order: kind, what was decided, and what their page was seen to say."""
        return anyio.run(_links_kept, self.settings["RAPPORT_DATABASE_URL"])

    def approve_all(self) -> None:
        """Let everybody read what waits."""
        self.tell("moderate", "approve", "--all-pending")

    def links_shown(self, url: str) -> list[ShownLink]:
        """What stands under "Other links to this post"."""
        page: Any = html.document_fromstring(read(url))
        return [
            ShownLink(
                url="".join(link.xpath(".//a[contains(@class, 'u-url')]/@href")),
                title=_text(link, "linkback__title"),
                excerpt=_text(link, "linkback__excerpt"),
            )
            for link in page.xpath("//section[@id='linkbacks']//article")
        ]

    def tell(self, *arguments: str, typed: str = "") -> str:
        """Give it a command, which must be done; what was printed."""
        done = rapport(*arguments, environment=self.settings, typed=typed)
        assert done.returncode == 0, (arguments, done.stderr, self.server.printed()[-2000:])
        return done.stdout.strip()


@contextmanager
def sites(
    copies: Copies, folder: Path, *wishes: Wishes, others: Collection[str] = ()
) -> Iterator[list[Site]]:
    """New sites, each as its owner wishes, let through to each other and to `others` on loopback."""
    ports = [free_port() for _ in wishes]
    friends = ",".join((*(f"127.0.0.1:{port}" for port in ports), *others))
    with ExitStack() as open_sites:
        plans = []
        for port, wish in zip(ports, wishes, strict=True):
            data = folder / f"{port}"
            data.mkdir()
            database = open_sites.enter_context(copies.fresh(data))
            anyio.run(_grant, database, wish)
            plans.append(_settings(data, database, port, friends))
        with ThreadPoolExecutor(len(plans)) as beside:
            started = beside.map(open_sites.enter_context, map(_served, plans, ports))
            servers = list(started)
        yield [Site(server, plan) for server, plan in zip(servers, plans, strict=True)]


def read(url: str, status: int = 200) -> str:
    """A page as anybody gets it."""
    answer = httpx.get(url, trust_env=False, timeout=_WITHIN)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.text


def until(look: Callable[[], object], wanted: object, within: float = _WITHIN) -> None:
    """Look again and again until it is as wanted, or long enough."""
    give_up = time.monotonic() + within
    while (seen := look()) != wanted and time.monotonic() < give_up:
        time.sleep(0.2)
    assert seen == wanted, f"{seen!r} instead of {wanted!r}"


def _settings(data: Path, database: str, port: int, friends: str) -> dict[str, str]:
    return {
        "RAPPORT_DATA": str(data),
        "RAPPORT_DATABASE_URL": database,
        "RAPPORT_BASE_URL": f"http://127.0.0.1:{port}",
        "RAPPORT_OUTBOUND_ALLOW": friends,
    }


def _served(settings: Mapping[str, str], port: int) -> AbstractContextManager[Server]:
    return serving(Path(settings["RAPPORT_DATA"]), settings, port=port)


async def _grant(database: str, wishes: Wishes) -> None:
    async with doors_to(database) as doors, doors.unit_of_work() as db:
        site = await ensure_site(db, "127.0.0.1")
        for name, value in wishes.items():
            setattr(site, name, value)


async def _links_kept(database: str) -> list[tuple[str, str, str]]:
    kept = select(Comment.kind, Comment.status, Linkback.state).join(
        Linkback, Linkback.comment_id == Comment.id
    )
    async with doors_to(database) as doors, doors.reading() as db:
        rows = await db.execute(kept.order_by(Comment.id))
        return [(str(kind), str(status), str(state)) for kind, status, state in rows]


def _slug(url: str) -> str:
    return unquote(urlsplit(url).path).strip("/").rpartition("/")[2]


def _text(node: Any, name: str) -> str:
    found = node.xpath(f".//p[contains(@class, '{name}')]")
    return " ".join(found[0].text_content().split()) if found else ""
