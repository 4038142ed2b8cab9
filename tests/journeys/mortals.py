"""A site whose processes die without warning, and the people who use it all the while.

Whoever gets no answer asks again, as people do, until they have one: what they were told by then
is what must be there.
"""

import asyncio
import os
import random
import re
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Self, TypeAlias

import httpx

from tests.visiting import free_port
from tests.warm_servers import WarmServer, start_warm

# Which programs make up a site, each with its options.
Programs: TypeAlias = tuple[tuple[str, ...], ...]

# Long, for machines with much else to do.
_WITHIN = 60.0
_BECOMES = {"approval": "approved", "spam": "spam", "removal": "removed"}


class MortalSite:
    """`rapport serve`, maybe with `rapport worker` beside it, each with all its own processes in one group."""

    def __init__(self, folder: Path, environment: Mapping[str, str], programs: Programs) -> None:
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._folder = folder
        self._environment = {
            "RAPPORT_DATA": str(folder),
            "RAPPORT_BASE_URL": self.url,
            "RAPPORT_RATE_LIMITS": "off",
            **environment,
        }
        self._programs = programs
        self._running: list[WarmServer] = []

    @property
    def log(self) -> Path:
        """What all of them say."""
        return self._folder / "mortals.log"

    async def start(self) -> None:
        """Start all of it, and wait until it answers."""
        self._running = [self._process(name, *options) for name, *options in self._programs]
        await self._until(answering=True)

    def _process(self, name: str, *options: str) -> WarmServer:
        where = ("--port", str(self._port)) if name == "serve" else ()
        return start_warm((name, *where, *options), os.environ | self._environment, self.log)

    async def kill(self) -> None:
        """SIGKILL to all of them: none can finish anything."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask all of them to end, and wait until they have."""
        await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> None:
        for process in self._running:
            if process.poll() is None:
                os.killpg(process.pid, number)
        while self._running:
            await asyncio.to_thread(self._running.pop().wait, _WITHIN)
        await self._until(answering=False)

    async def _until(self, *, answering: bool) -> None:
        give_up = time.monotonic() + _WITHIN
        # Nothing here is encrypted: what is needed for that takes longer to load than the answer.
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, verify=False) as client:
            while await _is_answering(client) != answering:
                ended = any(process.poll() is not None for process in self._running)
                assert not ended, self.log.read_text(errors="replace")
                assert time.monotonic() < give_up, self.log.read_text(errors="replace")
                await asyncio.sleep(0.02)


class MortalWorker:
    """`rapport worker`, beside a site that lives on."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.log = folder / "worker.log"
        self._environment = {"RAPPORT_DATA": str(folder), **environment}
        self._living: WarmServer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._living:
            self._living.kill()
            self._living.wait(_WITHIN)

    def start(self) -> None:
        """Begin a life."""
        self._living = start_warm(("worker",), os.environ | self._environment, self.log)

    async def kill(self) -> None:
        """SIGKILL: it can finish nothing."""
        assert self._living
        self._living.kill()
        await asyncio.to_thread(self._living.wait, _WITHIN)


async def _is_answering(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).is_success
    except httpx.TransportError:
        return False


@dataclass
class Crowd:
    """Guests who comment and moderators who decide, until `is_over`; all they tried and all they were told."""

    url: str
    paths: Sequence[str]
    is_over: bool = False
    # Comments by their texts, with the number their author was told; None while they were told nothing.
    said: dict[str, int | None] = field(default_factory=dict)
    # Comments that were decided, by whom and what became of them, as the moderator was told.
    decided: dict[int, tuple[int, str]] = field(default_factory=dict)
    # Comments nobody has decided about yet, as far as anybody was told.
    waiting: list[int] = field(default_factory=list)
    # Answers nobody should get.
    wrong: list[str] = field(default_factory=list)
    # How often a server died over a request.
    broken_off: int = 0
    _numbers: Iterator[int] = field(default_factory=count)

    async def comment(self, name: str) -> None:
        """Say one thing after the other."""
        async with self._browser() as browser:
            while not self.is_over:
                text = f"Remark {next(self._numbers)} of {name}."
                self.said[text] = None
                typed = {"author": name, "email": f"{name}@example.org", "comment": text}
                path = f"{random.choice(self.paths)}comment"
                answer, tries = await self._ask(browser, path, typed)
                # Said already: only whoever has asked before may hear that.
                if answer and self._is_right(answer, 303, *((409,) if tries > 1 else ())):
                    self.said[text] = _number_in(answer)
                    self.waiting.append(_number_in(answer))

    async def moderate(self, user_id: int, token: str) -> None:
        """Decide about one comment after the other; another may be about it at the same time."""
        async with self._browser() as browser:
            browser.cookies.set("session", token)
            while not self.is_over:
                if not self.waiting:
                    await asyncio.sleep(0.02)
                    continue
                number, noun = random.choice(self.waiting), random.choice(list(_BECOMES))
                path = f"/mod/comments/{number}/{noun}"
                answer, _ = await self._ask(browser, path, {"version": "1"})
                if answer and self._is_right(answer, 303, 409) and number in self.waiting:
                    self.waiting.remove(number)
                if answer and answer.status_code == 303:
                    self.decided[number] = (user_id, _BECOMES[noun])

    async def _ask(
        self, browser: httpx.AsyncClient, path: str, fields: Mapping[str, str]
    ) -> tuple[httpx.Response | None, int]:
        """The answer, and how often it was asked for; None where all was over before there was one."""
        for tries in count(1):
            try:
                return await browser.post(path, data=fields), tries
            except httpx.ConnectError:
                await asyncio.sleep(0.25)
            except httpx.TransportError:
                self.broken_off += 1
            if self.is_over:
                break
        return None, tries

    def _is_right(self, answer: httpx.Response, *statuses: int) -> bool:
        if answer.status_code in statuses:
            return True
        self.wrong.append(f"{answer.request.url} {answer.status_code} {answer.text[:2000]}")
        return False

    def _browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=60)


def _number_in(answer: httpx.Response) -> int:
    """The comment's number: in the address one is sent to, or in the link to what was said before."""
    words = answer.headers.get("location") or answer.text
    found = re.search(r"/c/(\d+)/|#comment-(\d+)", words)
    assert found, words
    return int(found[1] or found[2])
