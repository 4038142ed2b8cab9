"""`rapport serve` and `rapport worker`."""

import os
import sys
from typing import Annotated

import typer
from uvicorn.main import main as uvicorn

from app.accounts.queries import has_owner
from app.accounts.set_up import offer_set_up
from app.cli.context import load_settings, prepare_schema, run_prepared, say
from app.cli.demo_sign_in import find_sign_in
from app.settings import Settings
from app.work import Doors


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes.", min=1, max=64)] = 1,
    no_jobs: Annotated[
        bool, typer.Option("--no-jobs", help="Leave the jobs to `rapport worker`.")
    ] = False,
) -> None:
    """Serve the website.

    Example: rapport serve --host 0.0.0.0 --port 8080 --workers 2
    """
    settings = _settings_for(port)
    prepare_schema(settings)
    say(f"Rapport serves {settings.base_url} (listening on {host}:{port})")
    _say_how_to_get_in(settings)
    if settings.rate_limits == "off":
        say("Rate limits are off: that is for load tests only.")
    if workers > 1 and not no_jobs:
        os.spawnv(
            os.P_NOWAIT, sys.executable, [sys.executable, "-m", "app.worker", str(os.getpid())]
        )
    application = "from_environment" if no_jobs else "with_jobs" if workers == 1 else "beside_jobs"
    arguments = _for_uvicorn(settings, application, host, port, workers)
    if workers == 1:
        # What was loaded until here is what the website is made of: nobody loads it twice.
        uvicorn(arguments)
    # In place of this process: who only watches over others needs none of it in memory.
    os.execv(sys.executable, [sys.executable, "-m", "uvicorn", *arguments])


def worker() -> None:
    """Do the jobs and keep the schedules, beside a website that is served with --no-jobs.

    Example: rapport worker
    """
    prepare_schema(load_settings())
    say("Rapport does the jobs.")
    os.execv(sys.executable, [sys.executable, "-m", "app.worker"])


def _say_how_to_get_in(settings: Settings) -> None:
    """The demo's sign-in, or how to become the owner of a site that has none."""
    if demo := find_sign_in(settings):
        say("Demo sign-in, until somebody changes it:")
        say(f"  {settings.base_url}/account/sign-in")
        say(f"  {demo.email}  {demo.password}")
    if code := run_prepared(_offer_set_up, settings):
        say("This site has no owner yet. Become the owner here:")
        say(f"  {settings.base_url}/admin/setup?code={code}")


async def _offer_set_up(doors: Doors, _settings: Settings) -> str | None:
    async with doors.reading() as db:
        if await has_owner(db):
            return None
    async with doors.unit_of_work() as db:
        return await offer_set_up(db)


def _for_uvicorn(
    settings: Settings, application: str, host: str, port: int, workers: int
) -> list[str]:
    """How the server is told what to serve, and where."""
    proxies = ["--no-proxy-headers"]
    if settings.trusted_proxies:
        proxies = ["--proxy-headers", "--forwarded-allow-ips", settings.trusted_proxies]
    return [
        f"app.main:{application}", "--factory",
        "--host", host, "--port", str(port), "--workers", str(workers),
        "--no-access-log", "--no-server-header", "--log-level", "warning",
        "--timeout-graceful-shutdown", "10", *proxies,
    ]  # fmt: skip


def _settings_for(port: int) -> Settings:
    settings = load_settings()
    if "base_url" not in settings.model_fields_set:
        # Worker processes read their settings themselves.
        os.environ["RAPPORT_BASE_URL"] = f"http://127.0.0.1:{port}"
        settings = load_settings()
    return settings
