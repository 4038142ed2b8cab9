"""What all machines that try anything in any order have in common: people, a database of their own, a clock.

On PostgreSQL what is done at once overlaps: each act has begun its transaction before any goes on. On SQLite
there is one pen, and they queue for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import AsyncExitStack, ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core import clock
from app.core.errors import (
    AppError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    SignInNeeded,
    TooMany,
)
from app.work import Doors
from tests.databases import Copies, doors_to

Doing = Callable[[AsyncSession], Awaitable[object]]
State = TypeVar("State", bound=Hashable)

REFUSALS = (Conflict, Forbidden, Invalid, NotFound, SignInNeeded, TooMany)


class AnyOrder(RuleBasedStateMachine):
    """People with a database of their own; every act is a unit of work, kept or refused."""

    copies: Copies
    folder: Path
    doors: Doors

    def __init__(self) -> None:
        super().__init__()
        self.runner, self.life, self.clock = asyncio.Runner(), AsyncExitStack(), ExitStack()
        self.people: dict[str, User] = {}
        self.erased: set[str] = set()
        self.runner.run(self._open())

    async def _open(self) -> None:
        url = self.life.enter_context(self.copies.fresh(self.folder))
        self.doors = await self.life.enter_async_context(doors_to(url))
        async with self.doors.unit_of_work() as db:
            self.people = await self.begin(db)

    async def begin(self, db: AsyncSession) -> dict[str, User]:
        """What is there at first: people by name."""
        raise NotImplementedError

    def teardown(self) -> None:
        self.clock.close()
        self.runner.run(self.life.aclose())
        self.runner.close()

    def wait(self, days: int) -> None:
        """Let time pass."""
        self.clock.enter_context(clock.moved(timedelta(days=days)))

    def erase(self, who: str, doing: Doing) -> Doing:
        """`doing`, after which somebody is nobody; once it is kept."""

        async def go(db: AsyncSession) -> None:
            await doing(db)
            self.erased.add(who)

        return go

    def do(self, *acts: Doing) -> list[bool]:
        """Each by itself, all at once; which were done. What is refused is refused with an error of ours."""
        overlaps = not self.doors.database.is_sqlite and len(acts) > 1
        have_begun = asyncio.Barrier(len(acts)) if overlaps else None

        async def one(doing: Doing) -> bool:
            try:
                async with self.doors.unit_of_work() as db:
                    if have_begun is not None:
                        await db.execute(select(1))
                        await have_begun.wait()
                    await doing(db)
            except AppError as error:
                assert isinstance(error, REFUSALS), error  # noqa: PT017
                return False
            return True

        async def together() -> list[bool]:
            return await asyncio.gather(*map(one, acts))

        return self.runner.run(together()) if acts else []


def reachable(state: State, later: Mapping[State, set[State]]) -> set[State]:
    """All states that a state may still come to, by what each may become next."""
    found = {state}
    while (more := found.union(*(later.get(one, set()) for one in found))) != found:
        found = more
    return found


def explore(
    machine: type[AnyOrder], copies: Copies, folder: Path, *, tries: int, steps: int
) -> None:
    """Try that often, so many steps each; the same ones each time."""

    class Here(machine):  # type: ignore[misc, valid-type]
        pass

    Here.copies, Here.folder = copies, folder
    chosen = settings(
        max_examples=tries,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(Here, settings=chosen)
