"""Any order of acts and of time: a promise never goes where its table does not lead."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.networking.promises.actions import Step, become
from app.networking.promises.models import Promise, SourceKind
from app.networking.promises.moves import ENDED, MOST_MOVES, MOST_NOT_YETS, Act, Part, State, moved


class _Nowhere:
    """Steps are written down elsewhere."""

    def add(self, _row: object) -> None:
        return


class AnyOrder(RuleBasedStateMachine):
    """Both sides and the clock do whatever they like, whenever they like."""

    def __init__(self) -> None:
        super().__init__()
        self.at = datetime(2027, 1, 1, 12, tzinfo=UTC)
        self.promise = Promise(
            id=1, promiser_id=1, promisee_id=2, by_promiser=True, text="A", zone="Europe/Berlin",
            due_on=(self.at + timedelta(days=20)).date(), source_kind=SourceKind.NONE, version=1,
            state=State.OFFERED, made_at=self.at, runs_out_at=self.at + timedelta(days=14),
            moves=0, not_yets=0, reminders=0,
        )  # fmt: skip
        self.over: State | None = None

    @rule(act=st.sampled_from(Act), part=st.sampled_from([Part.PROMISER, Part.PROMISEE]))
    def somebody_acts(self, act: Act, part: Part) -> None:
        before, version = self.promise.state_at(self.at), self.promise.version
        after = moved(before, act, part, self.promise.tally)
        if after is None:
            return
        assert before not in ENDED
        due_on = (self.at + timedelta(days=9)).date() if act == Act.MOVE else None
        become(_Nowhere(), self.promise, after, Step(act, part, self.at, due_on=due_on))  # type: ignore[arg-type]
        assert self.promise.version == version + 1

    @rule(days=st.integers(0, 40))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule()
    def the_schedule_runs(self) -> None:
        runs_out_at = self.promise.runs_out_at
        if runs_out_at is None or runs_out_at > self.at:
            return
        said = self.promise.state_at(self.at)
        become(_Nowhere(), self.promise, said, Step(Act.RUN_OUT, Part.CLOCK, runs_out_at))  # type: ignore[arg-type]
        assert self.promise.state == said
        assert self.promise.ended_at == runs_out_at

    @invariant()
    def what_is_over_stays_so(self) -> None:
        state = self.promise.state_at(self.at)
        assert self.over in (None, state)
        self.over = state if state in ENDED else None
        assert (self.promise.runs_out_at is None) == (self.promise.state in ENDED)

    @invariant()
    def nothing_begins_without_a_yes_nor_is_done_too_often(self) -> None:
        begun = self.promise.state not in (State.OFFERED, State.VOID)
        assert not begun or self.promise.accepted_at is not None
        assert self.promise.moves <= MOST_MOVES
        assert self.promise.not_yets <= MOST_NOT_YETS + 1


AnyOrder.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestAnyOrder = AnyOrder.TestCase
