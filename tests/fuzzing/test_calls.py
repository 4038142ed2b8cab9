"""XML-RPC: calls of editors and of strangers, and answers to ours."""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from app.core.xml_rpc import (
    DEEPEST,
    INVALID_CALL,
    INVALID_PARAMS,
    MOST_VALUES,
    NOT_WELL_FORMED,
    Call,
    read_answer,
    read_call,
)
from app.web.rpc.methods import METHODS
from app.web.rpc.params import arranged
from tests.fuzzing.documents import ANSWERS, CALLS
from tests.fuzzing.feeding import feed, read_twice
from tests.fuzzing.sound import refusal

# What a parameter may hold: nothing else than the specification has.
_PLAIN = (str, int, float, bool, bytes, datetime, type(None))


def test_any_bytes_are_a_call_or_a_fault() -> None:
    def eat(body: bytes) -> None:
        call = read_twice(lambda: seen(refusal(lambda: read_call(body))), len(body))
        if isinstance(call, Seen):
            assert call.method == call.method.strip()
            assert call.method
        else:
            assert call[0] in (str(NOT_WELL_FORMED), str(INVALID_CALL))

    feed("XML-RPC calls", CALLS, eat)


def test_any_parameters_fit_a_method_or_are_a_fault() -> None:
    takes = sorted({method.takes for method in METHODS.values()})

    def eat(meal: tuple[str, tuple[Any, ...]]) -> None:
        taken = refusal(lambda: arranged(*meal))
        if isinstance(taken, tuple):
            assert taken[0] == str(INVALID_PARAMS)
        else:
            assert set(taken) <= {name.rstrip("?") for name in meal[0].split()}

    single = st.text() | st.integers() | st.booleans() | st.floats() | st.binary() | st.none()
    values = st.recursive(
        single | st.datetimes(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    )
    feed(
        "XML-RPC parameters",
        st.tuples(st.sampled_from(takes), st.lists(values, max_size=7).map(tuple)),
        eat,
    )


def test_any_bytes_are_an_answer_or_a_fault() -> None:
    def eat(body: bytes) -> None:
        given = read_twice(lambda: repr(refusal(lambda: [read_answer(body)])), len(body))
        assert given

    feed("XML-RPC answers", ANSWERS, eat)


class Seen(str):
    """A call as text, so that what is not equal to itself (a double may be) is like itself."""

    method: str


def seen(call: Call | tuple[str, str]) -> Seen | tuple[str, str]:
    """The call, when all in it are plain values, so many and so deep and no more."""
    if not isinstance(call, Call):
        return call
    assert count_of(call.params) <= MOST_VALUES
    result = Seen(repr(call))
    result.method = call.method
    return result


def count_of(value: Any, depth: int = 0) -> int:
    """How many values there are in one; each is plain."""
    assert depth <= DEEPEST
    if isinstance(value, dict):
        assert all(isinstance(name, str) for name in value)
        value = list(value.values())
    if isinstance(value, list | tuple):
        return sum(count_of(inner, depth + 1) for inner in value)
    assert isinstance(value, _PLAIN)
    return 1
