"""The console at full size: a million comments, a hundred thousand in spam, twenty thousand that wait.

`python -m bench.console` fills a database, signs a moderator in and asks the application itself,
without a network between: what it prints is server time, in milliseconds, and the processor's share
of it, which says more on a machine that does other things, too.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import httpx
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.sessions import Whereabouts, start_session
from app.core.db import open_database
from app.core.freshness.news import open_news
from app.core.schema import upgrade
from app.discussions.models import Comment, CommentStatus
from app.main import create_app, spare_what_is_loaded
from app.settings import Settings
from app.web.accounts.session_cookie import cookie_name
from app.work import Doors
from bench.bulk import measure_bulk
from bench.crowd import MODERATOR, fill
from tests.visiting import running, visiting

Ask: TypeAlias = Callable[[], Awaitable[httpx.Response]]

BASE_URL = "http://blog.example"
IN_PLACE = {"HX-Request": "true"}
# Words of different commonness, as moderators look for them.
WORDS = ("letter", "invoice", "honest letter", "colleague thursday", "elsewhere", "bado", "the")


async def main() -> None:
    """Fill, measure, print."""
    options = _parsed()
    options.data.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        _env_file=None, data=options.data, database_url=options.database, base_url=BASE_URL
    )
    upgrade(settings.database)
    database = open_database(settings.database)
    news = open_news(settings.database)
    doors = Doors(database, news)
    await fill(doors, options.comments)
    async with doors.unit_of_work() as db:
        moderator = (await db.scalars(select(User).where(User.name == MODERATOR))).one()
        token = await start_session(db, moderator, Whereabouts("203.0.113.9", "A browser"))
    async with doors.reading() as db:
        waits = select(Comment.id).where(Comment.status == CommentStatus.PENDING)
        waiting = list(await db.scalars(waits.limit(options.rounds * 2)))
    await news.close()
    await database.close()
    app = create_app(settings)
    spare_what_is_loaded()
    async with running(app), visiting(app) as client:
        client.cookies.set(cookie_name(settings), token, domain=settings.base_host)
        for name, asks in _rows(client, waiting).items():
            await _measure(name, asks, options.rounds)
    if options.bulk:
        await measure_bulk(settings, token)


def _rows(client: httpx.AsyncClient, waiting: list[int]) -> dict[str, Iterator[Ask]]:
    return {
        "queue page": _each(client, ["/mod/"]),
        "tab change": _each(client, [f"/mod/?tab={tab}" for tab in ("spam", "recent", "mistakes", "removed")]),
        "one decision": _decisions(client, waiting),
        "search in queue": _each(
            client,
            [f"/mod/?q={words}{tab}" for words in WORDS for tab in ("", "&tab=spam", "&tab=recent")],
        ),
        "filter by post": _each(client, [f"/mod/?tab=spam&post={post}" for post in range(1, 200, 7)]),
        "filter by author": _each(client, [f"/mod/?tab=spam&author={key}" for key in range(1, 200, 7)]),
    }  # fmt: skip


def _each(client: httpx.AsyncClient, addresses: list[str]) -> Iterator[Ask]:
    at = 0
    while True:
        address = addresses[at % len(addresses)]
        at += 1
        yield lambda address=address: client.get(address)  # type: ignore[misc]


def _decisions(client: httpx.AsyncClient, waiting: list[int]) -> Iterator[Ask]:
    chance = random.Random(1)
    for comment_id in waiting:
        noun = chance.choice(("approval", "spam", "removal"))
        address = f"/mod/comments/{comment_id}/{noun}"
        yield lambda address=address: client.post(  # type: ignore[misc]
            address, data={"back": "/mod/"}, headers=IN_PLACE
        )


async def _measure(name: str, asks: Iterator[Ask], rounds: int) -> None:
    times, cpu = [], 0.0
    for number in range(rounds + 5):
        ask = next(asks)
        begun, worked = time.perf_counter(), time.process_time()
        answer = await ask()
        spent, worked = time.perf_counter() - begun, time.process_time() - worked
        if not answer.is_success:
            raise SystemExit(f"{name}: {answer.status_code}")
        # The first few warm up what is made once.
        if number >= 5:
            times.append(spent * 1000)
            cpu += worked * 1000
    times.sort()
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    busy = cpu / len(times)
    print(
        f"{name:18} p50 {p50:7.1f}  p99 {p99:7.1f}  worst {times[-1]:7.1f}  processor {busy:6.1f}"
    )


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.console", description=__doc__)
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200, help="requests of each kind")
    parser.add_argument(
        "--bulk", action="store_true", help="then decide all that wait at once, and back"
    )
    parser.add_argument("--data", type=Path, default=Path("bench-data/console"))
    parser.add_argument("--database", default="", help="instead of a SQLite file in that folder")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
