"""Work that takes minutes, on a thread with an event loop and connections of its own.

Beside the website it would hold up every answer from one row to the next. It is a writer like a
command at the terminal: the database keeps the two apart.
"""

import asyncio
import contextvars
import threading
from concurrent.futures import Future
from dataclasses import replace

from app.core.db import open_database
from app.core.freshness.news import open_news
from app.core.jobs import Task, Tools
from app.work import YieldingDoors


async def do_apart(tools: Tools, task: Task) -> None:
    """Do `task` there; it is handed tools whose doors are its own. Whoever is cancelled here cancels it."""
    ended: Future[None] = Future()
    begun: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = []

    async def opened() -> None:
        current = asyncio.current_task()
        assert current is not None
        begun.append((asyncio.get_running_loop(), current))
        await _with_own_doors(tools, task)

    def run() -> None:
        try:
            asyncio.run(opened())
        except asyncio.CancelledError:
            ended.cancel()
        except BaseException as error:  # noqa: BLE001 - whoever waits for it is told
            ended.set_exception(error)
        else:
            ended.set_result(None)

    # A daemon, so that no process waits for it: what it had not committed is as if never begun.
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name="apart", daemon=True).start()
    try:
        await asyncio.shield(asyncio.wrap_future(ended))
    except asyncio.CancelledError:
        for loop, inner in begun:
            loop.call_soon_threadsafe(inner.cancel)
        raise


async def _with_own_doors(tools: Tools, task: Task) -> None:
    settings = tools.settings
    database, news = open_database(settings.database), open_news(settings.database)
    try:
        doors = YieldingDoors(database, news, has_hub=bool(settings.websub_hub))
        await task(replace(tools, work=doors))
    finally:
        await news.close()
        await database.close()
