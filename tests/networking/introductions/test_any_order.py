"""Anybody does anything in any order, while the clock jumps and accounts are erased: what must hold, holds."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import block, unblock
from app.accounts.models import User
from app.core import clock
from app.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound, TooMany
from app.networking.connections.actions import forget_connections_of
from app.networking.conversations.actions import forget_conversations_of
from app.networking.conversations.models import Conversation, OwnerKind, Party
from app.networking.introductions import answering
from app.networking.introductions.asking import Offer, offer
from app.networking.introductions.choosing import never_introduce
from app.networking.introductions.erasing import forget_introductions_of
from app.networking.introductions.keeping import keep_introductions
from app.networking.introductions.limits import MOST_OPEN
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import ENDED, MET, MOVES, WAITS_FOR_A_YES, Part, State
from app.networking.introductions.queries import introductions_open_to
from app.networking.thanks.actions import forget_thanks_of
from tests.databases import Copies, doors_to
from tests.networking.introductions.meeting import Three, as_, asked, three_people

REFUSALS = (Conflict, Forbidden, Invalid, NotFound, TooMany)
LATER = {before: {before} for before in State}
for (_before, _act, _part), _after in MOVES.items():
    LATER[_before].add(_after)

_CONVERSATIONS = select(Conversation).where(Conversation.owner_kind == OwnerKind.INTRODUCTION)
_PARTIES = select(Party)

PEOPLE = st.sampled_from(("ada", "bo", "cy", "dee"))
NUMBERS = st.integers(1, 4)
Act = Callable[[AsyncSession], Awaitable[object]]


def reachable(state: State) -> set[State]:
    """All states that a state may still come to."""
    found = {state}
    while True:
        more = found.union(*(LATER[one] for one in found))
        if more == found:
            return found
        found = more


class Introducing(RuleBasedStateMachine):
    """Four people with a database of their own; every act is a unit of work, kept or refused."""

    copies: Copies
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.life = AsyncExitStack()
        self.clock = ExitStack()
        self.seen: dict[int, State] = {}
        self.erased: set[str] = set()
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        url = self.life.enter_context(self.copies.fresh(self.folder))
        self.doors = await self.life.enter_async_context(doors_to(url))
        async with self.doors.unit_of_work() as db:
            self.three: Three = await three_people(db)

    def teardown(self) -> None:
        self.clock.close()
        self.runner.run(self.life.aclose())
        self.runner.close()

    def _who(self, name: str) -> Any:
        return getattr(self.three, name)

    def _do(self, *acts: Act) -> None:
        """Each act by itself, all at once; what is refused is refused with an error of ours."""

        async def one(act: Act) -> None:
            try:
                async with self.doors.unit_of_work() as db:
                    await act(db)
            except AppError as error:
                assert isinstance(error, REFUSALS), error  # noqa: PT017

        async def together() -> None:
            await asyncio.gather(*map(one, acts))

        self.runner.run(together())

    @rule()
    def ada_asks_bo_for_cy(self) -> None:
        if "ada" not in self.erased:
            self._do(lambda db: asked(db, self.three))

    @rule()
    def ada_asks_bo_for_somebody_without_an_account(self) -> None:
        if "ada" not in self.erased:
            self._do(lambda db: asked(db, self.three, target_id=None, target_name="Eve"))

    @rule()
    def bo_offers_cy_and_ada_to_each_other(self) -> None:
        made = Offer(
            first_id=self.three.cy.id, second_id=self.three.ada.id,
            note_to_first="A", note_to_second="C",
        )  # fmt: skip
        if not self.erased:
            self._do(lambda db: offer(db, as_(self.three.bo), made))

    @rule(
        who=PEOPLE, number=NUMBERS,
        act=st.sampled_from(("accept", "decline", "withdraw", "forward_by_hand")),
    )  # fmt: skip
    def somebody_answers(self, who: str, number: int, act: str) -> None:
        self._do(lambda db: getattr(answering, act)(db, as_(self._who(who)), number))

    @rule(who=PEOPLE, number=NUMBERS)
    def somebody_passes_on(self, who: str, number: int) -> None:
        self._do(lambda db: answering.pass_on(db, as_(self._who(who)), number, "A note."))

    @rule(who=PEOPLE, number=NUMBERS, talked=st.booleans())
    def somebody_says_whether_they_talked(self, who: str, number: int, talked: bool) -> None:
        say = answering.say_whether_we_talked
        self._do(lambda db: say(db, as_(self._who(who)), number, talked=talked))

    @rule(number=NUMBERS)
    def bo_passes_on_while_ada_takes_back_and_bo_declines(self, number: int) -> None:
        ada, bo = as_(self.three.ada), as_(self.three.bo)
        self._do(
            lambda db: answering.pass_on(db, bo, number, "A note."),
            lambda db: answering.withdraw(db, ada, number),
            lambda db: answering.decline(db, bo, number),
        )

    @rule(number=NUMBERS)
    def cy_accepts_twice_while_ada_takes_back(self, number: int) -> None:
        ada, cy = as_(self.three.ada), as_(self.three.cy)
        self._do(
            lambda db: answering.accept(db, cy, number),
            lambda db: answering.withdraw(db, ada, number),
            lambda db: answering.accept(db, cy, number),
        )

    @rule(who=PEOPLE, other=PEOPLE, back=st.booleans())
    def somebody_blocks_another(self, who: str, other: str, back: bool) -> None:
        me, you = as_(self._who(who)), self._who(other).id
        if who != other and not back:
            self._do(lambda db: block(db, me, you, clock.now()))
        self._do(lambda db: unblock(db, me, you))

    @rule()
    def cy_never_wants_to_meet_ada(self) -> None:
        self._do(lambda db: never_introduce(db, as_(self.three.cy), self.three.ada.id))

    @rule(days=st.sampled_from((1, 13, 15, 31, 181)))
    def time_passes(self, days: int) -> None:
        self.clock.enter_context(clock.moved(timedelta(days=days)))

    @rule(times=st.integers(1, 2))
    def the_schedule_runs(self, times: int) -> None:
        self._do(*[lambda db: keep_introductions(db, clock.now())] * times)

    @rule(who=st.sampled_from(("ada", "bo", "cy")))
    def somebody_erases_their_account(self, who: str) -> None:
        async def erase(db: AsyncSession) -> None:
            for forget in (
                forget_introductions_of,
                forget_connections_of,
                forget_conversations_of,
                forget_thanks_of,
            ):
                await forget(db, self._who(who).id)
            user = await db.get_one(User, self._who(who).id)
            user.email_confirmed_at = None

        self.erased.add(who)
        self._do(erase)

    @invariant()
    def what_must_hold_holds(self) -> None:
        self.runner.run(self._look())

    async def _look(self) -> None:
        at = clock.now()
        async with self.doors.reading() as db:
            rows = {row.id: row for row in await db.scalars(select(Introduction))}
            conversations = {row.owner_id: row.id for row in await db.scalars(_CONVERSATIONS)}
            parties = {(row.conversation_id, row.user_id) for row in await db.scalars(_PARTIES)}
            for name in ("ada", "bo", "cy", "dee"):
                await self._check_who_sees(db, as_(self._who(name)))
        for row in rows.values():
            self._check_row(row)
            three = {row.requester_id, row.connector_id, row.target_id} - {None}
            # Nobody is somebody again.
            assert three.isdisjoint(self._who(name).id for name in self.erased)
            assert (row.id in conversations) == (row.state in MET)
            if row.id in conversations:
                assert {(conversations[row.id], person) for person in three} <= parties
        states = {number: row.state_at(at) for number, row in rows.items()}
        for number, before in self.seen.items():
            # Nothing comes back, and nothing becomes what no move leads to.
            assert number not in states or states[number] in reachable(before)
        self.seen = states
        waiting = [
            row for row in rows.values()
            if not row.by_connector and row.requester_id and row.state_at(at) in WAITS_FOR_A_YES
        ]  # fmt: skip
        assert len(waiting) <= MOST_OPEN

    def _check_row(self, row: Introduction) -> None:
        assert (row.introduced_at is not None) == (row.state in MET)
        assert (row.due_at is not None) == (row.state in WAITS_FOR_A_YES | {State.INTRODUCED})
        if row.state in ENDED:
            assert row.ended_at is not None
        if row.state == State.TALKED and not self.erased:
            assert row.requester_talked is not None or row.target_talked is not None

    async def _check_who_sees(self, db: AsyncSession, actor: Actor) -> None:
        for row in await db.scalars(select(Introduction).where(introductions_open_to(actor))):
            part = row.part_of(actor.user_id)
            assert part is not None
            # Nobody but who began it sees what goes nowhere, and the target nothing before its time.
            began = Part.CONNECTOR if row.by_connector else Part.REQUESTER
            assert not row.goes_nowhere or part == began
            assert part != Part.TARGET or row.passed_on_at is not None


@pytest.mark.only_on("sqlite")
def test_whatever_anybody_does_what_must_hold_holds(copies: Copies, tmp_path: Path) -> None:
    class Here(Introducing):
        pass

    Here.copies, Here.folder = copies, tmp_path
    chosen = settings(
        max_examples=5,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(Here, settings=chosen)
