"""Anybody does anything in any order, while the clock jumps and accounts are erased: what must hold, holds."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.blocks import block, unblock
from app.accounts.leaving import erase_account
from app.accounts.models import User
from app.core import clock
from app.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound, TooMany
from app.networking.promises.actions import Deed, act
from app.networking.promises.dates import MOST_REMINDERS
from app.networking.promises.keeping import keep_promises
from app.networking.promises.making import MOST_REQUESTS, MOST_REQUESTS_OF_ONE
from app.networking.promises.models import Promise, PromiseStep
from app.networking.promises.moves import (
    ENDED,
    MOST_MOVES,
    MOST_NOT_YETS,
    MOVES,
    Act,
    Part,
    State,
    acts_of,
    moved,
)
from app.networking.promises.queries import promises_open_to
from tests.databases import Copies, doors_to
from tests.networking.promises.promising import (
    a_done_one,
    an_open_one,
    as_,
    offered,
    requested,
    two_people,
)
from tests.world import a_member

REFUSALS = (Conflict, Forbidden, Invalid, NotFound, TooMany)
NAMES = ("ada", "bo", "cy")
PEOPLE, PICK = st.sampled_from(NAMES), st.integers(0, 9)
SIDES = st.sampled_from((Part.PROMISER, Part.PROMISEE))
SELDOM = st.integers(0, 3).map(lambda number: number == 0)
LATER: dict[State, set[State]] = {before: {before} for before in State}
for (_before, _act, _part), _after in MOVES.items():
    LATER[_before].add(_after)
LATER[State.DONE].add(State.UNRESOLVED)

Doing = Callable[[AsyncSession], Awaitable[object]]


def reachable(state: State) -> set[State]:
    """All states that a state may still come to."""
    found = {state}
    while (more := found.union(*(LATER[one] for one in found))) != found:
        found = more
    return found


class Promising(RuleBasedStateMachine):
    """Three people with a database of their own; every act is a unit of work, kept or refused."""

    copies: Copies
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner, self.life, self.clock = asyncio.Runner(), AsyncExitStack(), ExitStack()
        self.seen: dict[int, tuple[State, int]] = {}
        self.erased: set[str] = set()
        self.people: dict[str, User] = {}
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        url = self.life.enter_context(self.copies.fresh(self.folder))
        self.doors = await self.life.enter_async_context(doors_to(url))
        async with self.doors.unit_of_work() as db:
            ada, bo, cy = people = (*await two_people(db), await a_member(db, "Cy Dunn"))
            for one, other in ((ada, bo), (bo, cy), (cy, ada)):
                await an_open_one(db, one, other, days=20)
                await a_done_one(db, one, other, days=30)
            await requested(db, ada, bo)
        self.people = dict(zip(NAMES, people, strict=True))

    def teardown(self) -> None:
        self.clock.close()
        self.runner.run(self.life.aclose())
        self.runner.close()

    def _do(self, *acts: Doing) -> list[bool]:
        """Each by itself, all at once; which were done. What is refused is refused with an error of ours."""

        async def one(doing: Doing) -> bool:
            try:
                async with self.doors.unit_of_work() as db:
                    await doing(db)
            except AppError as error:
                assert isinstance(error, REFUSALS), error  # noqa: PT017
                return False
            return True

        async def together() -> list[bool]:
            return await asyncio.gather(*map(one, acts))

        return self.runner.run(together())

    def _found(self, pick: int) -> Promise | None:
        """One of those that there are."""

        async def read() -> Promise | None:
            async with self.doors.reading() as db:
                rows = (await db.scalars(select(Promise).order_by(Promise.id.desc()))).all()
            return rows[pick % len(rows)] if rows else None

        return self.runner.run(read())

    def _again(self, promise: Promise) -> Promise:
        async def read() -> Promise:
            async with self.doors.reading() as db:
                return await db.get_one(Promise, promise.id)

        return self.runner.run(read())

    def _side(self, promise: Promise, part: Part) -> str:
        """Who is on one side, by name; empty for nobody."""
        user_id = promise.promiser_id if part == Part.PROMISER else promise.promisee_id
        return next((name for name in NAMES if self.people[name].id == user_id), "")

    def _doing(self, who: str, promise: Promise, what: Act, version: int | None = None) -> Doing:
        due = (clock.now() + timedelta(days=9)).date().isoformat()
        deed = Deed(act=what, note="A word.", due=due, version=version)
        actor, number = as_(self.people[who]), promise.id
        return lambda db: act(db, actor, number, deed)

    def _may(self, promise: Promise, part: Part) -> list[Act]:
        may = acts_of(promise.state_at(clock.now()), part, promise.tally)
        return [one for one in Act if one in may]

    def _step(self, before: Promise, who: str, what: Act, version: int | None = None) -> bool:
        """Do it, and see that it was as the table says, or that nothing was done."""
        part, state = before.part_of(self.people[who].id), before.state_at(clock.now())
        (is_done,) = self._do(self._doing(who, before, what, version))
        after = self._again(before)
        if is_done:
            assert part is not None
            assert what in acts_of(state, part, before.tally)
            assert version in (None, before.version)
            assert after.state == moved(state, what, part, before.tally)
            assert after.version == before.version + 1
        else:
            assert (after.state, after.version) == (before.state, before.version)
        return is_done

    @rule(who=PEOPLE, other=PEOPLE, by_promiser=st.booleans(), days=st.integers(1, 40))
    def somebody_offers_or_asks(self, who: str, other: str, by_promiser: bool, days: int) -> None:
        if self.erased.isdisjoint((who, other)):
            one, two = self.people[who], self.people[other]
            self._do(lambda db: offered(db, one, two, by_promiser=by_promiser, days=days))

    @rule(pick=PICK, part=SIDES, choice=PICK, is_old=SELDOM)
    def a_side_does_what_it_may(self, pick: int, part: Part, choice: int, is_old: bool) -> None:
        before = self._found(pick)
        if before is not None and (may := self._may(before, part)):
            who, what = self._side(before, part), may[choice % len(may)]
            is_done = self._step(before, who, what, before.version - int(is_old))
            assert is_done != is_old or before.accepted_at is None

    @rule(pick=PICK, part=SIDES, choice=PICK)
    def it_goes_on(self, pick: int, part: Part, choice: int) -> None:
        self.a_side_does_what_it_may(pick, part, choice, is_old=False)

    @rule(pick=PICK, who=PEOPLE, what=st.sampled_from(Act))
    def somebody_tries_anything(self, pick: int, who: str, what: Act) -> None:
        before = self._found(pick)
        if before is not None and who not in self.erased:
            self._step(before, who, what)

    @rule(pick=PICK, first=PICK, second=PICK)
    def both_sides_act_at_once(self, pick: int, first: int, second: int) -> None:
        before = self._found(pick)
        if before is None:
            return
        chosen = [(Part.PROMISER, first), (Part.PROMISEE, second), (Part.PROMISER, second)]
        done = self._do(*[
            self._doing(self._side(before, part), before, may[choice % len(may)], before.version)
            for part, choice in chosen
            if (may := self._may(before, part)) and self._side(before, part)
        ])  # fmt: skip
        assert sum(done) <= 1

    @rule(who=PEOPLE, other=PEOPLE, is_so=SELDOM)
    def somebody_blocks_another_for_a_while(self, who: str, other: str, is_so: bool) -> None:
        me, you = as_(self.people[who]), self.people[other].id
        if who != other and is_so:
            self._do(lambda db: block(db, me, you, clock.now()))
        else:
            self._do(lambda db: unblock(db, me, you))

    @rule(days=st.sampled_from((1, 3, 13, 15, 40)), times=st.integers(0, 2))
    def time_passes_and_the_schedule_runs(self, days: int, times: int) -> None:
        self.clock.enter_context(clock.moved(timedelta(days=days)))
        self._do(*[lambda db: keep_promises(db, clock.now())] * times)

    @rule(pick=PICK, part=SIDES, choice=PICK, is_so=SELDOM)
    def one_side_goes_while_the_other_acts(
        self, pick: int, part: Part, choice: int, is_so: bool
    ) -> None:
        before = self._found(pick)
        if before is None or not is_so or self.erased:
            return
        other = Part.PROMISEE if part == Part.PROMISER else Part.PROMISER
        who, may = self._side(before, part), self._may(before, other)
        acts = (
            [self._doing(self._side(before, other), before, may[choice % len(may)])] if may else []
        )
        leaver = as_(self.people[who])
        self.erased.add(who)
        assert self._do(lambda db: erase_account(db, leaver, texts_go=False), *acts)[0]

    @invariant()
    def what_must_hold_holds(self) -> None:
        self.runner.run(self._look())

    async def _look(self) -> None:
        at = clock.now()
        async with self.doors.reading() as db:
            rows = {row.id: row for row in await db.scalars(select(Promise))}
            steps = Counter(await db.scalars(select(PromiseStep.promise_id)))
            for name in NAMES:
                await self._check_who_sees(db, name)
        for row in rows.values():
            self._check_row(row, steps[row.id])
        for number, (before, version) in self.seen.items():
            # Nothing comes back, and nothing becomes what no move leads to.
            if number in rows:
                assert rows[number].state_at(at) in reachable(before)
                assert rows[number].version >= version
        self.seen = {number: (row.state_at(at), row.version) for number, row in rows.items()}
        asked = Counter(
            (row.promisee_id, row.promiser_id) for row in rows.values()
            if row.promisee_id and row.state_at(at) == State.REQUESTED
        )  # fmt: skip
        assert all(number <= MOST_REQUESTS_OF_ONE for number in asked.values())
        assert all(
            sum(n for (who, _of), n in asked.items() if who == one) <= MOST_REQUESTS
            for one, _of in asked
        )

    def _check_row(self, row: Promise, steps: int) -> None:
        sides = {row.promiser_id, row.promisee_id}
        # Nobody is somebody again, and what nobody is left of is gone.
        assert sides.isdisjoint(self.people[name].id for name in self.erased)
        assert sides != {None}
        assert (row.runs_out_at is None) == (row.state in ENDED) == (row.ended_at is not None)
        begun = row.state not in (State.OFFERED, State.REQUESTED, State.VOID)
        assert not begun or row.accepted_at is not None
        assert row.state != State.KEPT or row.done_at is not None
        assert row.moves <= MOST_MOVES
        assert row.not_yets <= MOST_NOT_YETS + 1
        assert row.reminders <= MOST_REMINDERS
        # Each step is written down, once.
        assert steps == row.version - 1

    async def _check_who_sees(self, db: AsyncSession, name: str) -> None:
        actor: Any = as_(self.people[name])
        for row in await db.scalars(select(Promise).where(promises_open_to(actor))):
            maker = row.promiser_id if row.by_promiser else row.promisee_id
            assert row.part_of(actor.user_id) is not None
            assert not row.goes_nowhere or maker == actor.user_id


@pytest.mark.only_on("sqlite")
def test_whatever_anybody_does_what_must_hold_holds(copies: Copies, tmp_path: Path) -> None:
    class Here(Promising):
        pass

    Here.copies, Here.folder = copies, tmp_path
    chosen = settings(
        max_examples=5,
        stateful_step_count=35,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(Here, settings=chosen)
