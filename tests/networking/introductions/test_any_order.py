"""Anybody does anything in any order, while the clock jumps and accounts are erased: what must hold, holds."""

from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import block, unblock
from app.accounts.leaving import erase_account
from app.accounts.models import User
from app.core import clock
from app.networking.conversations.models import Conversation, OwnerKind, Party
from app.networking.introductions import answering
from app.networking.introductions.asking import Offer, offer
from app.networking.introductions.choosing import choose, introduce_again, never_introduce
from app.networking.introductions.keeping import keep_introductions
from app.networking.introductions.limits import MOST_OPEN
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import ENDED, HOPED_FOR, MET, MOVES, Part, State
from app.networking.introductions.queries import introductions_open_to
from tests.databases import Copies
from tests.networking.any_order import AnyOrder, Doing, explore, reachable
from tests.networking.introductions.meeting import Three, as_, asked, three_people
from tests.rounds import rounds
from tests.world import SECRETS, the_site

LATER: dict[State, set[State]] = {before: {before} for before in State}
for (_before, _act, _part), _after in MOVES.items():
    LATER[_before].add(_after)

_CONVERSATIONS = select(Conversation).where(Conversation.owner_kind == OwnerKind.INTRODUCTION)
_PARTIES = select(Party)

NAMES = ("ada", "bo", "cy", "dee")
PEOPLE, NUMBERS = st.sampled_from(NAMES), st.integers(1, 4)
ANSWERS = ("accept", "decline", "withdraw", "forward_by_hand", "pass_on", "say yes", "say no")
AMONG_TWO = ("block", "unblock", "never", "again")
BEGINNINGS = ("ask", "ask for Eve", "offer")
# Somebody, what they do, and to which introduction or whom.
DEEDS = st.tuples(
    PEOPLE, st.sampled_from((*ANSWERS, *AMONG_TWO, *BEGINNINGS, "choose", "keep")), NUMBERS, PEOPLE
)
SELDOM = st.integers(0, 5).map(lambda number: number == 0)


class Introducing(AnyOrder):
    """Ada, who knows Bo, who knows Cy; and Dee, who has nothing to do with it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[int, State] = {}

    async def begin(self, db: AsyncSession) -> dict[str, User]:
        await the_site(db)
        self.three: Three = await three_people(db)
        return {name: getattr(self.three, name) for name in NAMES}

    def _doing(self, who: str, what: str, number: int, other: str) -> Doing:
        me, you = as_(self.people[who]), self.people[other].id
        say, three, at = answering.say_whether_we_talked, self.three, clock.now()
        made = Offer(
            first_id=three.cy.id, second_id=three.ada.id, note_to_first="A", note_to_second="C"
        )
        doings: dict[str, Doing] = {
            "ask": lambda db: asked(db, three),
            "ask for Eve": lambda db: asked(db, three, target_id=None, target_name="Eve"),
            "offer": lambda db: offer(db, as_(three.bo), made),
            "pass_on": lambda db: answering.pass_on(db, me, number, "A note."),
            "say yes": lambda db: say(db, me, number, talked=True),
            "say no": lambda db: say(db, me, number, talked=False),
            "block": lambda db: block(db, me, you, at),
            "unblock": lambda db: unblock(db, me, you),
            "never": lambda db: never_introduce(db, me, you),
            "again": lambda db: introduce_again(db, me, you),
            "choose": lambda db: choose(db, me, a_month=number + 5),
            "keep": lambda db: keep_introductions(db, at),
        }
        return doings.get(what) or (lambda db: getattr(answering, what)(db, me, number))

    def _begins(self, what: str) -> str:
        """Who does what only one of them does."""
        return {"ask": "ada", "ask for Eve": "ada", "offer": "bo"}.get(what, "")

    def _all(self, deeds: list[tuple[str, str, int, str]]) -> list[Doing]:
        """What those do who are still somebody."""
        return [
            self._doing(*deed)
            for deed in deeds
            if (self._begins(deed[1]) or deed[0]) not in self.erased
        ]

    @rule(what=st.sampled_from(BEGINNINGS))
    def something_begins(self, what: str) -> None:
        self.do(*self._all([("dee", what, 1, "ada")]))

    @rule(who=PEOPLE, number=NUMBERS, what=st.sampled_from(ANSWERS))
    def somebody_answers(self, who: str, number: int, what: str) -> None:
        self.do(*self._all([(who, what, number, "dee")]))

    @rule(deeds=st.lists(DEEDS, min_size=2, max_size=3))
    def several_act_at_once(self, deeds: list[tuple[str, str, int, str]]) -> None:
        self.do(*self._all(deeds))

    @rule(number=NUMBERS, first=st.sampled_from(ANSWERS), again=st.sampled_from(ANSWERS))
    def bo_passes_on_while_ada_takes_back(self, number: int, first: str, again: str) -> None:
        self.do(*self._all([
            ("bo", first, number, "cy"), ("ada", "withdraw", number, "cy"), ("bo", again, number, "cy"),
        ]))  # fmt: skip

    @rule(number=NUMBERS)
    def cy_accepts_twice_while_ada_takes_back(self, number: int) -> None:
        cys = ("cy", "accept", number, "ada")
        self.do(*self._all([cys, ("ada", "withdraw", number, "bo"), cys]))

    @rule(who=PEOPLE, other=PEOPLE, what=st.sampled_from(AMONG_TWO))
    def somebody_blocks_another_for_a_while(self, who: str, other: str, what: str) -> None:
        self.do(*self._all([(who, what, 1, other)] * 2))
        self.do(*self._all([(who, "unblock", 1, other)]))

    @rule(days=st.sampled_from((1, 13, 15, 31, 181)), times=st.integers(0, 2))
    def time_passes_and_the_schedule_runs(self, days: int, times: int) -> None:
        self.wait(days)
        self.do(*self._all([("dee", "keep", 1, "ada")] * times))

    @rule(who=st.sampled_from(("ada", "bo", "cy")), is_so=SELDOM, deeds=st.lists(DEEDS, max_size=2))
    def somebody_goes_while_others_act(
        self, who: str, is_so: bool, deeds: list[tuple[str, str, int, str]]
    ) -> None:
        if is_so and who not in self.erased:
            leaver = as_(self.people[who])
            goes = self.erase(who, lambda db: erase_account(db, leaver, SECRETS, texts_go=False))
            self.do(goes, *self._all(deeds))

    @invariant()
    def what_must_hold_holds(self) -> None:
        self.runner.run(self._look())

    async def _look(self) -> None:
        at = clock.now()
        async with self.doors.reading() as db:
            rows = {row.id: row for row in await db.scalars(select(Introduction))}
            conversations = {row.owner_id: row.id for row in await db.scalars(_CONVERSATIONS)}
            parties = {(row.conversation_id, row.user_id) for row in await db.scalars(_PARTIES)}
            for name in NAMES:
                await self._check_who_sees(db, as_(self.people[name]))
        for row in rows.values():
            self._check_row(row)
            three = {row.requester_id, row.connector_id, row.target_id} - {None}
            # Nobody is somebody again.
            assert three.isdisjoint(self.people[name].id for name in self.erased)
            assert (row.id in conversations) == (row.state in MET)
            if row.id in conversations:
                assert {(conversations[row.id], person) for person in three} <= parties
        states = {number: row.state_at(at) for number, row in rows.items()}
        for number, before in self.seen.items():
            # Nothing comes back, and nothing becomes what no move leads to.
            assert number not in states or states[number] in reachable(before, LATER)
        self.seen = states
        waiting = [
            row for row in rows.values()
            if not row.by_connector and row.requester_id and row.state_at(at) in HOPED_FOR
        ]  # fmt: skip
        assert len(waiting) <= MOST_OPEN

    def _check_row(self, row: Introduction) -> None:
        assert (row.introduced_at is not None) == (row.state in MET)
        assert (row.due_at is not None) == (row.state in HOPED_FOR | {State.INTRODUCED})
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


def test_whatever_anybody_does_what_must_hold_holds(copies: Copies, tmp_path: Path) -> None:
    explore(Introducing, copies, tmp_path, tries=rounds(5, 100), steps=30)
