"""The table of moves, and the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from app.networking.introductions.moves import (
    ENDED,
    HOPED_FOR,
    MET,
    MOVES,
    WAITS_FOR_A_YES,
    Act,
    Part,
    State,
    due_after,
    moved,
    state_at,
)

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_every_state_is_one_of_three_kinds() -> None:
    assert set(State) == HOPED_FOR | MET | ENDED
    assert not WAITS_FOR_A_YES & MET
    assert not WAITS_FOR_A_YES & ENDED
    assert not MET & ENDED


def test_nothing_leads_out_of_an_end() -> None:
    assert [move for move in MOVES if move[0] in ENDED] == []


def test_nothing_leads_back_from_an_introduction() -> None:
    assert {MOVES[move] for move in MOVES if move[0] in MET} <= MET


def test_there_is_no_introduction_without_the_yes_of_the_target_or_of_both() -> None:
    into = {move for move, state in MOVES.items() if state == State.INTRODUCED}
    into = {move for move in into if move[0] != State.INTRODUCED}

    assert into == {
        (State.PASSED_ON, Act.ACCEPT, Part.TARGET),
        (State.FIRST_AGREED, Act.ACCEPT, Part.TARGET),
        (State.SECOND_AGREED, Act.ACCEPT, Part.REQUESTER),
    }


def test_what_waits_runs_out_and_can_be_taken_back_by_who_began_it() -> None:
    by_connector = {State.OFFERED, State.FIRST_AGREED, State.SECOND_AGREED}
    for state in WAITS_FOR_A_YES:
        began = Part.CONNECTOR if state in by_connector else Part.REQUESTER
        assert moved(state, Act.WITHDRAW, began) == State.WITHDRAWN
        assert moved(state, Act.RUN_OUT, Part.CLOCK) == State.EXPIRED
        for part in set(Part) - {began}:
            assert moved(state, Act.WITHDRAW, part) is None


@pytest.mark.parametrize("state", State)
def test_a_state_is_read_as_run_out_from_its_moment_on(state: State) -> None:
    runs_out_to = MOVES.get((state, Act.RUN_OUT, Part.CLOCK), state)

    assert state_at(state, NOW, NOW - timedelta(seconds=1)) == state
    assert state_at(state, NOW, NOW) == runs_out_to
    assert state_at(state, None, NOW) == state


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [
        (State.ASKED, State.PASSED_ON, 14),
        (State.PASSED_ON, State.INTRODUCED, 44),
        # One who agrees does not make the other's time longer.
        (State.OFFERED, State.FIRST_AGREED, 3),
        (State.INTRODUCED, State.INTRODUCED, 3),
        # A no is known when silence would have been one.
        (State.ASKED, State.ASKED_IN_VAIN, 3),
        (State.PASSED_ON, State.PASSED_IN_VAIN, 3),
        (State.OFFERED, State.DECLINED, None),
        (State.INTRODUCED, State.TALKED, None),
    ],
)
def test_each_step_has_its_own_time(before: State, after: State, days: int | None) -> None:
    left = NOW + timedelta(days=3)

    due = due_after(before, left, after, NOW)

    assert due == (None if days is None else NOW + timedelta(days=days))
