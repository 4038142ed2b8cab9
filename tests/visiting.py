"""Visitors: a client that talks to the application as it stands, and a server of its own for what needs one."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx
from starlette.types import ASGIApp, Message

from tests.warm import run_warm
from tests.warm_servers import WarmServer, start_warm

ROOT = Path(__file__).parent.parent
# What the site is called in tests; nothing is ever looked up or fetched there.
BASE_URL = "http://blog.example"

# Long, for machines with much else to do: whoever is quick does not wait for it.
_READY_WITHIN = 180.0
# Below those that a system gives to whoever connects, on Linux from 32,768 on: a browser or another
# test may have one of these at any time.
_PORTS = range(20_000, 32_000)


@contextlib.asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[None]:
    """Start an application and stop it again, as a server does (ASGI's lifespan protocol)."""
    told: asyncio.Queue[Message] = asyncio.Queue()
    answers: asyncio.Queue[Message] = asyncio.Queue()
    scope: dict[str, Any] = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    living = asyncio.create_task(app(scope, told.get, answers.put))
    await told.put({"type": "lifespan.startup"})
    await _answer(living, answers, "lifespan.startup.complete")
    try:
        yield
    finally:
        await told.put({"type": "lifespan.shutdown"})
        await _answer(living, answers, "lifespan.shutdown.complete")
        await living


async def _answer(living: "asyncio.Task[None]", answers: asyncio.Queue[Message], word: str) -> None:
    hearing = asyncio.create_task(answers.get())
    await asyncio.wait((living, hearing), return_when=asyncio.FIRST_COMPLETED)
    if not hearing.done():
        hearing.cancel()
        living.result()
        raise AssertionError("the application ended before it was told to")
    assert hearing.result()["type"] == word, hearing.result()


def visiting(app: ASGIApp, **options: Any) -> httpx.AsyncClient:
    """A client whose requests go to `app` without a network."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app, **options), base_url=BASE_URL)


@dataclass(frozen=True)
class Server:
    """A running `rapport serve`: its address, its process, and what it has printed so far."""

    url: str
    process: subprocess.Popen[bytes] | WarmServer
    log: Path

    def printed(self) -> str:
        """Everything it has said."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextlib.contextmanager
def serving(
    folder: Path, environment: Mapping[str, str], *options: str, port: int = 0
) -> Iterator[Server]:
    """`rapport serve` in a process of its own, on a free port or the one given, until the block ends.

    `folder` holds its data and its log; `environment` is added to the settings that makes.
    """
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    log = folder / f"serve-{port}.log"
    settings = {"RAPPORT_DATA": str(folder), "RAPPORT_BASE_URL": url, **environment}
    with log.open("wb") as output:
        process = _started(("serve", "--port", str(port), *options), settings, output, log)
        server = Server(url, process, log)
        try:
            _wait_until_ready(server)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
            finally:
                # A process of its own that was killed leaves its children behind.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def _started(
    arguments: Sequence[str], settings: Mapping[str, str], output: IO[bytes], log: Path
) -> subprocess.Popen[bytes] | WarmServer:
    environment = os.environ | dict(settings)
    if "--workers" not in arguments:
        return start_warm(arguments, environment, log)
    # Several load the program for themselves in any case, and show that it can be.
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
    )


def rapport(
    *arguments: str, environment: Mapping[str, str], typed: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run one command of the program in a process of its own, and wait for it."""
    return run_warm(arguments, os.environ | dict(environment), typed)


def free_port() -> int:
    """A port nobody listens on, and nobody is given by chance before somebody does."""
    while True:
        # Not by `random`: property tests begin it anew at the same place in each process.
        port = secrets.choice(_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _wait_until_ready(server: Server) -> None:
    give_up = time.monotonic() + _READY_WITHIN
    # Nothing here is encrypted: what is needed for that takes longer to load than the answer.
    with httpx.Client(base_url=server.url, trust_env=False, verify=False) as client:
        while time.monotonic() < give_up:
            if server.process.poll() is not None:
                raise AssertionError(f"the server ended:\n{server.printed()}")
            with contextlib.suppress(httpx.TransportError):
                if client.get("/readyz").is_success:
                    return
            time.sleep(0.05)
    raise AssertionError(f"the server did not get ready:\n{server.printed()}")
