"""Anybody does anything in any order, while the clock jumps and accounts are erased: what must hold, holds."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.blocks import block, unblock
from app.accounts.leaving import erase_account
from app.accounts.models import User
from app.core import clock
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
from tests.databases import Copies
from tests.networking.any_order import AnyOrder, Doing, explore, reachable
from tests.networking.promises.promising import (
    a_done_one,
    an_open_one,
    as_,
    offered,
    requested,
    two_people,
)
from tests.rounds import rounds
from tests.world import SECRETS, a_member

NAMES = ("ada", "bo", "cy")
PEOPLE, PICK = st.sampled_from(NAMES), st.integers(0, 9)
SIDES = st.sampled_from((Part.PROMISER, Part.PROMISEE))
SELDOM = st.integers(0, 3).map(lambda number: number == 0)
LATER: dict[State, set[State]] = {before: {before} for before in State}
for (_before, _act, _part), _after in MOVES.items():
    LATER[_before].add(_after)
LATER[State.DONE].add(State.UNRESOLVED)


class Promising(AnyOrder):
    """Three people who promise each other things."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[int, tuple[State, int]] = {}

    async def begin(self, db: AsyncSession) -> dict[str, User]:
        ada, bo, cy = people = (*await two_people(db), await a_member(db, "Cy Dunn"))
        for one, other in ((ada, bo), (bo, cy), (cy, ada)):
            await an_open_one(db, one, other, days=20)
            await a_done_one(db, one, other, days=30)
        await requested(db, ada, bo)
        return dict(zip(NAMES, people, strict=True))

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
        (is_done,) = self.do(self._doing(who, before, what, version))
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
            self.do(lambda db: offered(db, one, two, by_promiser=by_promiser, days=days))

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
        done = self.do(*[
            self._doing(self._side(before, part), before, may[choice % len(may)], before.version)
            for part, choice in chosen
            if (may := self._may(before, part)) and self._side(before, part)
        ])  # fmt: skip
        assert sum(done) <= 1

    @rule(who=PEOPLE, other=PEOPLE, is_so=SELDOM)
    def somebody_blocks_another_for_a_while(self, who: str, other: str, is_so: bool) -> None:
        me, you = as_(self.people[who]), self.people[other].id
        if who != other and is_so:
            self.do(lambda db: block(db, me, you, clock.now()))
        else:
            self.do(lambda db: unblock(db, me, you))

    @rule(days=st.sampled_from((1, 3, 13, 15, 40)), times=st.integers(0, 2))
    def time_passes_and_the_schedule_runs(self, days: int, times: int) -> None:
        self.wait(days)
        self.do(*[lambda db: keep_promises(db, clock.now())] * times)

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
        assert self.do(self._going(who), *acts)[0]

    def _going(self, who: str) -> Doing:
        leaver = as_(self.people[who])
        return self.erase(who, lambda db: erase_account(db, leaver, SECRETS, texts_go=False))

    @rule(who=PEOPLE, other=PEOPLE, is_so=SELDOM)
    def several_begin_at_once_and_one_of_them_may_go(
        self, who: str, other: str, is_so: bool
    ) -> None:
        if not self.erased.isdisjoint((who, other)):
            return
        one, two = self.people[who], self.people[other]
        begun: list[Doing] = [
            lambda db: offered(db, one, two),
            lambda db: requested(db, one, two),
            lambda db: requested(db, one, two),
        ]
        self.do(*begun, *([self._going(other)] if is_so and not self.erased else []))

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
                assert rows[number].state_at(at) in reachable(before, LATER)
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


def test_whatever_anybody_does_what_must_hold_holds(copies: Copies, tmp_path: Path) -> None:
    explore(Promising, copies, tmp_path, tries=rounds(5, 100), steps=35)
