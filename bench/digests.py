"""`python -m bench.digests [MEMBERS]`: digests for everybody at once, in a database made up for it.

Prints seconds, the process's peak memory, letters and statements.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core import clock, schema
from app.core.db import open_database
from app.core.freshness.news import open_news
from app.core.jobs import Tools
from app.notifications.models import Letter
from app.notifications.notices.kinds import TOPIC_BEGUN, Level
from app.notifications.notices.levels import Chosen
from app.notifications.notices.mailing import mail_notices
from app.notifications.notices.models import NoticeLevel
from app.notifications.notices.telling import News, tell_everybody
from app.settings import Settings
from app.site.queries import ensure_site
from app.work import Doors

EACH = 25


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("members", type=int, nargs="?", default=10_000)
    members = parser.parse_args().members
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), members))


async def _measure(folder: Path, members: int) -> None:
    settings = Settings(_env_file=None, data=folder)
    schema.upgrade(settings.database)
    database, news = open_database(settings.database), open_news(settings.database)
    await news.open()
    doors = Doors(database, news)
    began = time.perf_counter()
    await _fill(doors, members)
    print(f"{members} members were told {EACH} things each in {time.perf_counter() - began:.1f} s")
    statements = 0

    def count(*_of_it: Any) -> None:
        nonlocal statements
        statements += 1

    event.listen(Engine, "before_cursor_execute", count)
    began, worked = time.perf_counter(), time.process_time()
    with clock.moved(timedelta(days=1, minutes=5)):
        await mail_notices(Tools(doors, settings))
    took, worked = time.perf_counter() - began, time.process_time() - worked
    event.remove(Engine, "before_cursor_execute", count)
    async with doors.reading() as db:
        letters = await db.scalar(select(func.count(Letter.id)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{letters} digests in {took:.1f} s, {worked:.1f} s of them at work,", end=" ")
    print(f"{statements} statements, peak {peak:.0f} MB")
    await news.close()
    await database.close()


async def _fill(doors: Doors, members: int) -> None:
    async with doors.unit_of_work() as db:
        await ensure_site(db, "bench.example")
        ids = await _people(db, members)
    for number in range(EACH):
        await tell_everybody(doors, ids, _thing(number))


async def _people(db: AsyncSession, members: int) -> list[int]:
    now = clock.now()
    people = [
        {
            "login": f"m{n}", "slug": f"m{n}", "name": f"Member {n}", "email": f"m{n}@bench.example",
            "email_confirmed_at": now, "created_at": now,
        }
        for n in range(members)
    ]  # fmt: skip
    await db.execute(insert(User), people)
    ids = list(await db.scalars(select(User.id)))
    chosen: Chosen = {("groups", 0): Level.DAILY}
    rows = [
        {"user_id": user_id, "family": family, "group_id": group, "level": level}
        for user_id in ids
        for (family, group), level in chosen.items()
    ]
    await db.execute(insert(NoticeLevel), rows)
    return ids


def _thing(number: int) -> News:
    return News(
        kind=TOPIC_BEGUN,
        once=f"topic:{number}",
        about=f"topic:{number}",
        path=f"/groups/letters/d/{number}-what-i-learned/",
        facts={"name": "Ada", "title": f"What I learned in week {number}", "group": "Letters"},
    )


if __name__ == "__main__":
    main()
