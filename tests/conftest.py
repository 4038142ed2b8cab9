"""What tests may ask for. The builders they talk to it with are in `world.py`."""

import asyncio
import gc
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import hypothesis
import pytest
from playwright.async_api import Browser, Page
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp

from app.accounts.actor import Role
from app.accounts.models import User
from app.accounts.sessions import Whereabouts, start_session
from app.core import clock
from app.core.job_queue import Ended
from app.core.noting import NOTING
from app.core.secrets import new_token
from app.main import create_app
from app.process import spare_what_is_loaded
from app.settings import Settings
from app.web.accounts.session_cookie import cookie_name
from app.work import Doors
from app.worker import Worker
from tests.browsers import a_browser
from tests.choosing import pytest_addoption as pytest_addoption
from tests.choosing import pytest_collection_modifyitems as pytest_collection_modifyitems
from tests.choosing import pytest_configure as pytest_configure
from tests.compiled import ask_once, compile_once
from tests.databases import Copies, copies_of, doors_to
from tests.visiting import BASE_URL, Server, running, serving, visiting
from tests.world import a_member

Serve: TypeAlias = Callable[..., Server]
OpenPage: TypeAlias = Callable[..., Awaitable[Page]]
RunJobs: TypeAlias = Callable[..., Awaitable[list[Ended]]]
CountQueries: TypeAlias = Callable[[], AbstractContextManager[list[str]]]
SignedIn: TypeAlias = Callable[..., Awaitable[httpx.AsyncClient]]

# No test asserts a time, properties neither: a machine that is busy is slow.
hypothesis.settings.register_profile("untimed", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("untimed")

compile_once()
ask_once()

# So many objects more than were let go of; a run has memory to spare.
_LOOKED_FOR_AFTER = 50_000

# Settings of whoever runs the tests are not the tests' settings.
_OF_THE_TESTS = ("RAPPORT_TEST_", "RAPPORT_SHARED", "RAPPORT_CHROMIUM")
for _name in [name for name in os.environ if name.startswith("RAPPORT_")]:
    if not _name.startswith(_OF_THE_TESTS):
        del os.environ[_name]


def pytest_collection_finish() -> None:
    """What was loaded stays until the end: nobody need look for garbage in it, and seldom elsewhere."""
    spare_what_is_loaded()
    gc.set_threshold(_LOOKED_FOR_AFTER)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what could not run, and why: a skipped test is a promise nobody looked at."""
    reasons = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()))
    for reason, number in reasons.most_common():
        terminalreporter.write_line(f"NOT RUN: {number} × {reason}", yellow=True, bold=True)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Everything runs on asyncio, as it does under the server."""
    return "asyncio"


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgres`: which of the two this run is about."""
    kind: str = request.config.getoption("--database")
    return kind


@pytest.fixture(scope="session")
def copies(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """Migrated databases, as many as wanted."""
    with copies_of(database_kind, tmp_path_factory.mktemp("template")) as copies:
        yield copies


@pytest.fixture
def database_url(copies: Copies, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database of this test's own."""
    with copies.fresh(tmp_path) as url:
        yield url


@pytest.fixture
def empty_database_url(copies: Copies, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that was never migrated."""
    with copies.empty(tmp_path) as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings as shipped, for this test's own database."""
    return Settings(_env_file=None, data=tmp_path, database_url=database_url, base_url=BASE_URL)


@pytest.fixture
def here(settings: Settings) -> dict[str, str]:
    """The same settings as the environment of a command."""
    return {
        "RAPPORT_DATA": str(settings.data),
        "RAPPORT_DATABASE_URL": settings.database,
        "RAPPORT_BASE_URL": settings.base_url,
    }


@pytest.fixture
async def doors(settings: Settings) -> AsyncIterator[Doors]:
    """The doors to this test's database."""
    async with doors_to(settings.database) as doors:
        yield doors


@pytest.fixture
async def session(doors: Doors) -> AsyncIterator[AsyncSession]:
    """One writing session for the whole test, rolled back at its end: for rows nobody else reads."""
    database = doors.database
    async with database.session(database.writing_engine) as session:
        yield session
        await session.rollback()


@pytest.fixture
def run_jobs(doors: Doors, settings: Settings) -> RunJobs:
    """`await run_jobs()` does all that waits and is due, and what follows from it, as the worker would.

    `later=timedelta(hours=1)` does so as if it were that much later. A job that fails fails the
    test, unless it `may_fail`; what was done, and how it went, is returned in order.
    """

    async def run(*, later: timedelta = timedelta(), may_fail: bool = False) -> list[Ended]:
        worker = Worker(doors, settings, schedules=())
        with clock.moved(later):
            async with asyncio.timeout(60):
                await worker.run_until_idle()
        failed = [f"{end.taken.name}: {end.trouble}" for end in worker.ended if end.trouble]
        assert may_fail or not failed, failed
        return worker.ended

    return run


@pytest.fixture
async def application(settings: Settings) -> AsyncIterator[ASGIApp]:
    """The whole website, started."""
    app = create_app(settings)
    async with running(app):
        yield app


@pytest.fixture
async def visitor(application: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without an account; follows no redirect by itself."""
    async with visiting(application) as client:
        yield client


@pytest.fixture
async def signed_in(
    application: ASGIApp, doors: Doors, settings: Settings
) -> AsyncIterator[SignedIn]:
    """`await signed_in(Role.MODERATOR)`: a browser in which a new member with these roles is signed in,
    or, by `user=`, somebody who is there already."""
    async with AsyncExitStack() as browsers:

        async def sign_in(*roles: Role, user: User | None = None) -> httpx.AsyncClient:
            async with doors.unit_of_work() as db:
                name = " and ".join(roles) or "member"
                who = user or await a_member(db, f"The {name} {new_token()[:6]}", roles=roles)
                token = await start_session(db, who, Whereabouts("203.0.113.9", "A browser"))
            client = await browsers.enter_async_context(visiting(application))
            client.cookies.set(cookie_name(settings), token, domain=settings.base_host)
            return client

        yield sign_in


@pytest.fixture
def serve(settings: Settings, tmp_path: Path) -> Iterator[Serve]:
    """`serve(*options, **environment)` starts a real `rapport serve` on this test's database."""
    with ExitStack() as servers:

        def start(*options: str, **environment: str) -> Server:
            told = {"RAPPORT_DATABASE_URL": settings.database, **environment}
            return servers.enter_context(serving(tmp_path, told, *options))

        yield start


@pytest.fixture
def server(serve: Serve) -> Server:
    """A real `rapport serve`, as shipped."""
    return serve()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    async with a_browser() as browser:
        yield browser


@pytest.fixture
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """`await open_page(url, width=360, scheme="dark", script=False)`: a page in a window of its own."""
    async with AsyncExitStack() as windows:

        async def open_one(
            url: str, *, width: int = 1280, scheme: Any = "light", script: bool = True
        ) -> Page:
            window = await browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                java_script_enabled=script,
                reduced_motion="reduce",
            )
            windows.push_async_callback(window.close)
            page = await window.new_page()
            await page.goto(url)
            return page

        yield open_one


@pytest.fixture
def count_queries() -> CountQueries:
    """`with count_queries() as queries:` collects every statement sent to any database meanwhile.

    Not what is noted beside: it is written half a second after a page, and so before another here and there.
    """
    return _queries


def _is_noting() -> bool:
    try:
        task = asyncio.current_task()
    except RuntimeError:
        # A thread without a loop of its own.
        return False
    return task is not None and task.get_name() == NOTING


@contextmanager
def _queries() -> Iterator[list[str]]:
    statements: list[str] = []

    def remember(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN") and not _is_noting():
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", remember)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", remember)
