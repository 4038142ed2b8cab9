"""Pingback 1.0 §3: the faults by their numbers."""

import pytest

from app.linkbacks.protocols import pingback


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (0x0000, pingback.UNSAID),
        (0x0010, pingback.SOURCE_MISSING),
        (0x0011, pingback.NO_LINK),
        (0x0020, pingback.TARGET_UNKNOWN),
        (0x0021, pingback.TARGET_NOT_PINGABLE),
        (0x0030, pingback.ALREADY_REGISTERED),
        (0x0031, pingback.ACCESS_DENIED),
        (0x0032, pingback.UPSTREAM),
    ],
)
def test_a_fault_has_the_number_that_clients_know_and_a_sentence(number: int, fault: int) -> None:
    assert fault == number
    assert pingback.SENTENCES[fault].endswith(".")


def test_each_fault_says_something_else_and_nothing_of_connections() -> None:
    said = list(pingback.SENTENCES.values())

    assert len(set(said)) == len(said) == 8
    assert not [word for word in ("timed", "refused", "port", "DNS") if word in " ".join(said)]
