"""A group of ten thousand: what each of its pages costs, and posting there as in an empty one.

`python -m bench.groups` fills a database, signs a member and a moderator in and asks the application
itself, without a network between. It prints milliseconds of server time, the processor's share of
them, which says more on a machine that does other things, too, and the statements of one answer.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count, cycle
from pathlib import Path
from typing import Any, TypeAlias

import httpx
from sqlalchemy import event, select, text
from sqlalchemy.engine import Engine

from app.accounts.models import User
from app.accounts.sessions import Whereabouts, start_session
from app.core.db import open_database
from app.core.freshness.news import open_news
from app.core.schema import upgrade
from app.core.secrets import secrets_of
from app.groups.models import Group, Topic
from app.main import create_app
from app.process import spare_what_is_loaded
from app.settings import Settings
from app.web.accounts.session_cookie import cookie_name
from app.work import Doors
from bench.big_group import BIG, EMPTY, MEMBER, OWNER, Size, fill_group
from bench.words import Words
from tests.visiting import running, visiting

BASE_URL = "http://blog.example"
# The first few warm up what is made once.
WARMING = 3
_numbers = count(time.time_ns() // 1000)

Ask: TypeAlias = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


@dataclass(frozen=True)
class Row:
    """Something to ask for, again and again, and by whom."""

    name: str
    asks: Iterator[Ask]
    by: tuple[str, ...] = ("visitor", "member", "moderator")


async def main() -> None:
    """Fill, measure, print."""
    options = _parsed()
    options.data.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        _env_file=None, data=options.data, database_url=options.database, base_url=BASE_URL,
        rate_limits="off", form_min_seconds=0,
    )  # fmt: skip
    upgrade(settings.database)
    size = Size(options.members, options.replies, options.longest)
    async with _doors(settings) as doors:
        await fill_group(doors, secrets_of(settings), size)
        await _tidy(doors)
        tokens = {
            "member": await _sign_in(doors, MEMBER),
            "moderator": await _sign_in(doors, OWNER),
        }
        async with doors.reading() as db:
            small = (await db.execute(_topics_of(BIG).offset(5).limit(1))).one()
    app = create_app(settings)
    spare_what_is_loaded()
    async with running(app), visiting(app) as client:
        # Of a session that is over: shown as to every visitor, but never what is kept for them.
        cookies = {"visitor": "none", **tokens}
        last = size.longest // 50 + 1
        for row in [*_pages(size, last), *_sent(small)]:
            for who in row.by if options.only in row.name else ():
                client.cookies.set(cookie_name(settings), cookies[who], domain=settings.base_host)
                if row.name == "reply, empty group":
                    row = replace(row, asks=_replies(await _begun(client)))
                await _measure(f"{row.name} · {who}", client, row.asks, options.rounds)


@asynccontextmanager
async def _doors(settings: Settings) -> AsyncIterator[Doors]:
    database, news = open_database(settings.database), open_news(settings.database)
    yield Doors(database, news)
    await news.close()
    await database.close()


async def _tidy(doors: Doors) -> None:
    """What PostgreSQL does by itself within minutes of a million new rows: nobody writes so many at once."""
    if doors.database.writing_engine.dialect.name == "postgresql":
        async with doors.database.writing_engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM ANALYZE"))


async def _sign_in(doors: Doors, name: str) -> str:
    async with doors.unit_of_work() as db:
        person = (await db.scalars(select(User).where(User.name == name))).one()
        return await start_session(db, person, Whereabouts("203.0.113.9", "A browser"))


def _topics_of(slug: str) -> Any:
    query = select(Topic.id, Topic.slug, Topic.last_said_at).join(Group, Group.id == Topic.group_id)
    return query.where(Group.slug == slug).order_by(Topic.id)


def _pages(size: Size, last: int) -> list[Row]:
    group, inside = f"/groups/{BIG}/", ("member", "moderator")
    long = f"{group}d/1-what-i-learned-this-week/"
    middle = f"0-{int(time.time() - 40_000_000) * 1_000_000}-9"
    before = f"{int(time.time() - 100_000_000) * 1_000_000}-9"
    return [
        Row("all groups", _get("/groups/")),
        Row("group, front", _get(group)),
        Row("group, further down", _get(f"{group}?before={middle}")),
        Row("group, by a tag", _get(f"{group}?tag=salary")),
        Row("group, by a tag nobody uses", _get(f"{group}?tag=falconry")),
        Row("group, about", _get(f"{group}about/")),
        Row("members, first", _get(f"{group}members/"), inside),
        Row("members, further down", _get(f"{group}members/?before={before}"), inside),
        Row("member, kept", _get(f"{group}members/77/"), ("moderator",)),
        Row("directory, first", _get("/people/")),
        Row("directory, further down", _get("/people/?after=m07000")),
        Row("directory, by a tag", _get("/people/?tag=salary")),
        Row("directory, by a rare tag", _get("/people/?tag=falconry")),
        Row("directory, by tag and place", _get("/people/?can_help=salary&place=bonn")),
        Row("discussion, page 1", _get(long)),
        Row("discussion, in the middle", _get(f"{long}page/{max(last - 1, 2)}/")),
        Row("discussion, last page", _get(f"{long}page/{last}/")),
        Row("discussion, first unread", _get(f"{long}unread"), ("member",)),
        Row("discussion, one reply", _get(f"/groups/{BIG}/r/{size.longest - 9}")),
        Row("discussion, to be kept", _get(f"{group}d/1/keep/"), ("moderator",)),
        Row("discussion, to be begun", _get(f"{group}d/new/"), inside),
        Row("asks of the group", _get(f"{group}asks/")),
        Row("search, frequent word", _get("/search/?q=letter&type=discussion")),
        Row("search, two words", _get("/search/?q=honest+letter&type=discussion")),
        Row("search, no such word", _get("/search/?q=bado&type=discussion")),
        Row("feed of the group", _get(f"{group}feed/"), ("visitor",)),
        Row("feed of its replies", _get(f"{group}replies/feed/"), ("visitor",)),
        Row("feed of its replies, page 500", _get(f"{group}replies/feed/?page=500"), ("visitor",)),
        Row("feed of the discussion", _get(f"{long}feed/"), ("visitor",)),
        Row("its 500th page", _get(f"{long}feed/?page=500"), ("visitor",)),
        Row("feed of an empty group", _get(f"/groups/{EMPTY}/replies/feed/"), ("visitor",)),
        Row("inbox", _get("/inbox/"), ("member",)),
        Row("choices of notices", _get("/account/notices/"), ("member",)),
        Row("settings of the group", _get(f"{group}settings/"), ("moderator",)),
        Row("keeping it, with its log", _get(f"{group}keep/"), ("moderator",)),
        Row("its queue", _get("/mod/"), ("moderator",)),
        Row("somebody's page", _get("/people/m00500/")),
    ]  # fmt: skip


def _sent(small: Any) -> list[Row]:
    by: tuple[str, ...] = ("member",)
    return [
        Row("reply, empty group", iter(()), by),
        Row("reply, longest discussion", _replies(f"/groups/{BIG}/d/1/replies"), by),
        Row("reply, other discussion", _replies(f"/groups/{BIG}/d/{small.id}/replies"), by),
        Row("reply, longest discussion", _replies(f"/groups/{BIG}/d/1/replies"), ("moderator",)),
        Row("topic begun", _openings(f"/groups/{BIG}/d/"), by),
        Row("topic begun, empty group", _openings(f"/groups/{EMPTY}/d/"), by),
    ]


def _get(address: str) -> Iterator[Ask]:
    return cycle([lambda client: client.get(address)])


def _replies(action: str) -> Iterator[Ask]:
    words = Words(next(_numbers))
    while True:
        form = {"comment": f"{words.paragraph(2)} {next(_numbers)}"}
        yield lambda client, form=form: client.post(action, data=form)  # type: ignore[misc]


def _openings(action: str) -> Iterator[Ask]:
    words = Words(next(_numbers))
    while True:
        form = {"title": words.title(), "comment": f"{words.paragraph(2)} {next(_numbers)}"}
        yield lambda client, form=form: client.post(action, data=form)  # type: ignore[misc]


async def _begun(client: httpx.AsyncClient) -> str:
    """Where to answer in a discussion that somebody begins in the empty group."""
    answer = await next(_openings(f"/groups/{EMPTY}/d/"))(client)
    number = answer.headers["location"].rpartition("/d/")[2].partition("-")[0]
    return f"/groups/{EMPTY}/d/{number}/replies"


async def _measure(name: str, client: httpx.AsyncClient, asks: Iterator[Ask], rounds: int) -> None:
    statements = await _counted(client, next(asks))
    times, busy = [], []
    for number in range(rounds + WARMING):
        ask = next(asks)
        begun, worked = time.perf_counter(), time.process_time()
        answer = await ask(client)
        spent, worked = time.perf_counter() - begun, time.process_time() - worked
        if answer.status_code >= 400:
            raise SystemExit(f"{name}: {answer.status_code}")
        if number >= WARMING:
            times.append(spent * 1000)
            busy.append(worked * 1000)
    print(
        f"{name:42} {_spread('time', times)}  {_spread('processor', busy)}"
        f"  statements {statements:3}",
        flush=True,
    )


def _spread(name: str, figures: list[float]) -> str:
    ordered = sorted(figures)
    p50, p99 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return f"{name} p50 {p50:6.1f} p99 {p99:6.1f}"


async def _counted(client: httpx.AsyncClient, ask: Ask) -> int:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_of_it: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    await ask(client)
    event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.groups", description=__doc__)
    parser.add_argument("--members", type=int, default=Size.members)
    parser.add_argument("--replies", type=int, default=Size.replies)
    parser.add_argument("--longest", type=int, default=Size.longest, help="of the replies")
    parser.add_argument("--rounds", type=int, default=100, help="requests of each kind")
    parser.add_argument("--only", default="", metavar="WORD", help="rows with this in their name")
    parser.add_argument("--data", type=Path, default=Path("bench-data/groups"))
    parser.add_argument("--database", default="", help="instead of a SQLite file in that folder")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
