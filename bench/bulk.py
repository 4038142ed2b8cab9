"""The largest act there is: all that wait, marked as spam by one filter, watched, and taken back.

The server as shipped does it, worker included. Printed are how long each way took, what its page
said meanwhile, how long the queue's page took then, and whether all is as it was before the act.
"""

import hashlib
import re
import time
from pathlib import Path

import httpx
from sqlalchemy import Executable, select

from app.core.db import open_database
from app.core.freshness.news import open_news
from app.discussions.models import Comment, Thread
from app.moderation.models import AuthorKey, Case, CaseCount
from app.settings import Settings
from app.web.accounts.session_cookie import cookie_name
from app.work import Doors
from bench.processes import free_port, started

# Everything an act on comments changes, but the log, which remembers both ways, and when things moved.
_KEPT: tuple[Executable, ...] = (
    select(Comment.id, Comment.status, Comment.is_shown, Comment.approved_at).order_by(Comment.id),
    select(Case.id, Case.tab).order_by(Case.id),
    select(Thread.id, Thread.comment_count, Thread.linkback_count).order_by(Thread.id),
    select(CaseCount.tab, CaseCount.kind, CaseCount.number)
    .where(CaseCount.number != 0)
    .order_by(CaseCount.tab, CaseCount.kind),
    select(AuthorKey.id, AuthorKey.pending, AuthorKey.approved, AuthorKey.spam, AuthorKey.removed)
    .order_by(AuthorKey.id),
)  # fmt: skip
# However numbers are grouped.
_NUMBER = r"\d(?:[\d\s,]*\d)?"
_SO_FAR = re.compile(
    rf"(?:Done|Taken back|Being taken back): {_NUMBER}|{_NUMBER} of {_NUMBER} so far"
)
_PATIENCE = 1800.0


async def measure_bulk(settings: Settings, token: str) -> None:
    """Mark all that wait as spam, take it back, and print; `token` is of a moderator's session."""
    before = await _all_there_is(settings)
    port = free_port()
    environment = {
        "RAPPORT_DATA": str(settings.data),
        "RAPPORT_DATABASE_URL": settings.database_url,
        "RAPPORT_BASE_URL": f"http://127.0.0.1:{port}",
        "RAPPORT_RATE_LIMITS": "off",
    }
    log, command = Path(settings.data) / "bulk.log", ("app", "serve", "--port", str(port))
    with (
        started(*command, port=port, log=log, environment=environment) as running,
        httpx.Client(base_url=running.url, timeout=60) as client,
    ):
        client.cookies.set(cookie_name(settings), token)
        act = {"verb": "spam", "scope": "filter", "back": "/mod/"}
        page = _watched(client, "/mod/batches", act, "Done")
        _watched(client, f"{page}/reversal", {}, "Taken back")
    is_same = await _all_there_is(settings) == before
    print(f"after both ways    all is {'as it was before' if is_same else 'NOT as before'}")


def _watched(client: httpx.Client, address: str, fields: dict[str, str], ends: str) -> str:
    """Begin something and look at its page, and at the queue, until it says that it is done."""
    began = time.perf_counter()
    page = client.post(address, data=fields).headers["location"]
    said: list[str] = []
    waits: list[float] = []
    while not said or not said[-1].startswith(ends):
        if time.perf_counter() > began + _PATIENCE:
            raise SystemExit(f"{page} still says: {said[-1:]}")
        time.sleep(0.1)
        found = _SO_FAR.search(client.get(page).raise_for_status().text)
        said.append(found.group() if found else "")
        asked = time.perf_counter()
        client.get("/mod/").raise_for_status()
        waits.append((time.perf_counter() - asked) * 1000)
    waits.sort()
    print(
        f"{said[-1]}: {time.perf_counter() - began:.1f} s, its page said {len(set(said))} numbers meanwhile;"
        f" the queue's page p50 {waits[len(waits) // 2]:.1f}, p99 {waits[int(len(waits) * 0.99)]:.1f} ms"
    )
    return str(page)


async def _all_there_is(settings: Settings) -> str:
    """One digest of all of it."""
    database = open_database(settings.database)
    news = open_news(settings.database)
    digest = hashlib.blake2b()
    try:
        async with Doors(database, news).reading(slow=True) as db:
            for query in _KEPT:
                async for row in await db.stream(query.execution_options(yield_per=10_000)):
                    digest.update(repr(tuple(row)).encode())
    finally:
        await news.close()
        await database.close()
    return digest.hexdigest()
