"""A site in the test's own process, so that its clock is the test's: what comes due in a month comes due now."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta

import uvicorn
from starlette.types import ASGIApp

from app.core import clock
from app.settings import Settings
from app.work import Doors
from app.worker import Worker
from tests.notifications.post_office import PostOffice, text_of


@dataclass(frozen=True)
class MovableSite:
    """A served site, its mail server, and its worker, which works when it is told to."""

    settings: Settings
    doors: Doors
    office: PostOffice

    @property
    def url(self) -> str:
        """Where it is."""
        return self.settings.base_url

    async def work(self) -> None:
        """Do all that is due by now, and what the schedules make due."""
        worker = Worker(self.doors, self.settings)
        async with asyncio.timeout(60):
            await worker.run_until_idle()
        failed = [f"{end.taken.name}: {end.trouble}" for end in worker.ended if end.trouble]
        assert not failed, failed

    def link_for(self, address: str, path: str) -> str:
        """The newest mailed link that begins with `path`."""
        pattern = re.escape(self.url + path) + r"\S+"
        mails = self.office.to(address)
        found = [link for mail in mails for link in re.findall(pattern, text_of(mail))]
        assert found, [mail["Subject"] for mail in self.office.mails]
        return found[-1]

    def subjects(self, address: str) -> list[str]:
        """What somebody was mailed, by subject, in order."""
        return [str(mail["Subject"]) for mail in self.office.to(address)]


@contextlib.contextmanager
def later(days: float) -> Iterator[None]:
    """The clock is ahead for the length of a block, and then where it was."""
    with clock.moved(timedelta(days=days)):
        yield


@contextlib.asynccontextmanager
async def served(app: ASGIApp, port: int) -> AsyncIterator[None]:
    """The application on a port of this machine, in this process."""
    server = uvicorn.Server(
        uvicorn.Config(
            app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=2
        )
    )
    # Signals are for the tests' runner.
    server.install_signal_handlers = lambda: None  # type: ignore[method-assign]
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it says so nowhere else
        await asyncio.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        await serving
