"""The tables of moves, the clock, and any order in which people may act."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings as how
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.networking.asks.moves import (
    ASK_MOVES,
    ASKS_LISTED,
    HELP_MOVES,
    OFFER_MOVES,
    OFFERS_LISTED,
    STAYS_FOR,
    Act,
    AskState,
    HelpState,
    OfferState,
    Part,
    ask_moved,
    ask_state_at,
    help_moved,
    offer_moved,
    offer_state_at,
)

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_nothing_leads_out_of_an_end() -> None:
    over = {AskState.MET, AskState.CLOSED, AskState.WITHDRAWN}

    assert [move for move in ASK_MOVES if move[0] in over] == []
    assert [move for move in OFFER_MOVES if move[0] not in OFFERS_LISTED] == []
    assert [move for move in HELP_MOVES if move[0] in (HelpState.KEPT, HelpState.DECLINED)] == []


def test_only_whoever_asked_says_how_it_went() -> None:
    ends = {state for state in AskState if state not in ASKS_LISTED} - {AskState.EXPIRED}

    assert {part for (_s, _a, part), after in ASK_MOVES.items() if after in ends} == {Part.OWNER}


@pytest.mark.parametrize("state", AskState)
def test_an_ask_runs_out_at_its_moment_unless_a_promise_is_open(state: AskState) -> None:
    after = AskState.EXPIRED if state == AskState.OPEN else state

    assert ask_state_at(state, NOW, NOW - timedelta(seconds=1)) == state
    assert ask_state_at(state, NOW, NOW) == after


@pytest.mark.parametrize("state", OfferState)
def test_an_offer_runs_out_at_its_moment_full_or_not(state: OfferState) -> None:
    after = OfferState.EXPIRED if state in OFFERS_LISTED else state

    assert offer_state_at(state, NOW, NOW) == after


def test_an_ask_is_extended_once_from_where_it_may_be() -> None:
    may = {state for state in AskState if ask_moved(state, Act.EXTEND, Part.OWNER)}

    assert may == {AskState.OPEN, AskState.EXPIRED}
    assert not any(ask_moved(state, Act.EXTEND, Part.OWNER, is_extended=True) for state in AskState)


class AnAsk(RuleBasedStateMachine):
    """An ask with three who may help, in any order of acts; what the actions do, without a database."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.at = AskState.OPEN, NOW
        self.expires_at, self.is_extended = NOW + STAYS_FOR, False
        self.helpers: list[HelpState | None] = [None, None, None]
        self.ended = False

    @property
    def now(self) -> AskState:
        return ask_state_at(self.state, self.expires_at, self.at)

    def act(self, act: Act, part: Part = Part.OWNER) -> bool:
        after = ask_moved(self.now, act, part, is_extended=self.is_extended)
        if after is not None:
            self.state = after
        return after is not None

    def move(self, number: int, act: Act, part: Part) -> bool:
        before = self.helpers[number]
        after = help_moved(before, act, part) if before else None
        if after is not None:
            self.helpers[number] = after
        return after is not None

    @precondition(lambda self: self.now in ASKS_LISTED)
    @rule()
    def somebody_offers(self) -> None:
        for number, state in enumerate(self.helpers):
            if state is None:
                self.helpers[number] = HelpState.WAITING
                return
            if self.move(number, Act.ANSWER_AGAIN, Part.HELPER):
                return

    @precondition(lambda self: self.now in ASKS_LISTED)
    @rule()
    def the_asker_accepts(self) -> None:
        for number in range(3):
            if self.move(number, Act.ACCEPT, Part.OWNER):
                assert self.act(Act.ACCEPT)
                return

    @rule()
    def the_asker_declines(self) -> None:
        self.move(0, Act.DECLINE, Part.OWNER)

    @rule()
    def a_helper_takes_it_back(self) -> None:
        self.move(1, Act.TAKE_BACK, Part.HELPER)

    @rule()
    def a_promise_is_kept(self) -> None:
        self.move(1, Act.KEEP, Part.PROMISE)

    @rule()
    def a_promise_ends(self) -> None:
        for number in range(3):
            if self.move(number, Act.END, Part.PROMISE):
                held = (HelpState.PROMISED, HelpState.KEPT)
                if not any(state in held for state in self.helpers):
                    self.act(Act.LOSE_LAST, Part.PROMISE)
                return

    @rule()
    def it_is_extended(self) -> None:
        if self.act(Act.EXTEND):
            self.is_extended, self.expires_at = True, self.at + STAYS_FOR

    @rule()
    def it_was_met(self) -> None:
        self.ended = self.act(Act.SAY_MET) or self.ended

    @rule()
    def it_was_not_met(self) -> None:
        self.ended = self.act(Act.SAY_NOT_MET) or self.ended

    @rule()
    def it_is_withdrawn(self) -> None:
        self.ended = self.act(Act.WITHDRAW) or self.ended

    @rule()
    def a_week_goes_by(self) -> None:
        self.at += timedelta(days=7)

    @rule()
    def the_clock_writes_it_down(self) -> None:
        self.state = self.now

    @invariant()
    def in_hand_is_what_somebody_promised(self) -> None:
        held = any(state in (HelpState.PROMISED, HelpState.KEPT) for state in self.helpers)
        if self.now == AskState.IN_HAND:
            assert held
        if self.now == AskState.OPEN:
            assert HelpState.PROMISED not in self.helpers

    @invariant()
    def what_ended_stays_ended(self) -> None:
        if self.ended:
            assert self.now in (AskState.MET, AskState.CLOSED, AskState.WITHDRAWN)


class AnOffer(RuleBasedStateMachine):
    """An offer that can be had twice, and four who would like it."""

    TIMES = 2

    def __init__(self) -> None:
        super().__init__()
        self.state, self.at, self.expires_at = OfferState.OPEN, NOW, NOW + timedelta(days=30)
        self.taken = 0
        self.wishes = [HelpState.WAITING] * 4

    @property
    def now(self) -> OfferState:
        return offer_state_at(self.state, self.expires_at, self.at)

    @precondition(lambda self: self.now == OfferState.OPEN)
    @rule()
    def a_wish_is_accepted(self) -> None:
        for number, state in enumerate(self.wishes):
            after = help_moved(state, Act.ACCEPT, Part.OWNER)
            if after is None:
                continue
            self.wishes[number] = after
            self.taken += 1
            act = Act.ACCEPT_LAST if self.taken == self.TIMES else Act.ACCEPT
            moved = offer_moved(self.now, act, Part.OWNER)
            assert moved is not None
            self.state = moved
            return

    @rule()
    def a_promise_is_kept(self) -> None:
        for number, state in enumerate(self.wishes):
            after = help_moved(state, Act.KEEP, Part.PROMISE)
            if after is not None:
                self.wishes[number] = after
                return

    @rule()
    def a_promise_ends(self) -> None:
        for number, state in enumerate(self.wishes):
            after = help_moved(state, Act.END, Part.PROMISE)
            if after is not None:
                self.wishes[number] = after
                self.taken -= 1
                self.state = offer_moved(self.state, Act.END, Part.PROMISE) or self.state
                return

    @rule()
    def somebody_wants_it_again(self) -> None:
        self.wishes = [
            help_moved(state, Act.ANSWER_AGAIN, Part.HELPER) or state for state in self.wishes
        ]

    @rule()
    def it_is_closed(self) -> None:
        self.state = offer_moved(self.now, Act.CLOSE, Part.OWNER) or self.state

    @rule()
    def ten_days_go_by(self) -> None:
        self.at += timedelta(days=10)

    @invariant()
    def nobody_gets_more_than_there_is(self) -> None:
        held = [s for s in self.wishes if s in (HelpState.PROMISED, HelpState.KEPT)]
        assert self.taken == len(held) <= self.TIMES

    @invariant()
    def full_is_what_has_no_room(self) -> None:
        if self.now in OFFERS_LISTED:
            assert (self.now == OfferState.FULL) == (self.taken == self.TIMES)


AnAsk.TestCase.settings = how(max_examples=80, stateful_step_count=25, deadline=None)
AnOffer.TestCase.settings = how(max_examples=80, stateful_step_count=25, deadline=None)
TestAnAsk = AnAsk.TestCase
TestAnOffer = AnOffer.TestCase
