"""XML-RPC as bytes: what it means, and that nothing in them does any harm."""

import xmlrpc.client
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.text import clean_text
from app.core.xml_rpc import (
    DEEPEST,
    INVALID_CALL,
    MOST_ELEMENTS,
    MOST_PIECES,
    MOST_VALUES,
    NOT_WELL_FORMED,
    Call,
    Fault,
    answer,
    call,
    fault,
    read_answer,
    read_call,
)

CALL = '<?xml version="1.0"?>{dtd}<methodCall><methodName>a.b</methodName><params>{}</params></methodCall>'
PARAM = "<param><value>{}</value></param>"
BOMB = '<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
NIGHTFALL = datetime.fromisoformat("2026-11-28T21:05:09")

VALUES = st.recursive(
    st.text()
    | st.integers(-(2**31) + 1, 2**31 - 1)
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.binary()
    | st.datetimes(datetime.fromisoformat("1000-01-01")).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def body(*values: str, dtd: str = "") -> bytes:
    """A call with these values as they stand."""
    return CALL.format("".join(map(PARAM.format, values)), dtd=dtd).encode()


def as_read(value: Any) -> Any:
    """What of a value comes back: its text without what XML forbids, line ends as XML has them."""
    if isinstance(value, str):
        return clean_text(value).replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, dict):
        return {as_read(name): as_read(inner) for name, inner in value.items()}
    return [as_read(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("plain", "plain"),
        ("<string>caf\u00e9 &amp; tea</string>", "café & tea"),
        ("", ""),
        ("<int>-7</int>", -7),
        ("<i4>7</i4>", 7),
        ("<boolean>1</boolean>", True),
        ("<double>0.5</double>", 0.5),
        ("<base64>aGVs\n bG8=</base64>", b"hello"),
        ("<nil/>", None),
        ("<ex:nil/>", None),
        ("<array><data><value>a</value></data></array>", ["a"]),
        ("<struct><member><name>n</name><value><int>1</int></value></member></struct>", {"n": 1}),
        ("<dateTime.iso8601>20261128T21:05:09</dateTime.iso8601>", NIGHTFALL),
        ("<dateTime.iso8601>2026-11-28T21:05:09</dateTime.iso8601>", NIGHTFALL),
        ("<dateTime.iso8601>20261128T21:05:09Z</dateTime.iso8601>", NIGHTFALL.replace(tzinfo=UTC)),
        (
            "<dateTime.iso8601>20261128T21:05:09-03:30</dateTime.iso8601>",
            NIGHTFALL.replace(tzinfo=timezone(-timedelta(hours=3, minutes=30))),
        ),
        ("<dateTime.iso8601>00000000T00:00:00Z</dateTime.iso8601>", None),
    ],
)
def test_a_value_is_read_as_it_is_meant(written: str, value: Any) -> None:
    assert read_call(body(written)) == Call("a.b", (value,))


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", NOT_WELL_FORMED),
        (b"hello", NOT_WELL_FORMED),
        (b"<methodCall>", NOT_WELL_FORMED),
        (b"<?xml version='1.0' encoding='utf-7'?><a/>", NOT_WELL_FORMED),
        (b"<?xml version='1.0' encoding='nonesuch'?><a/>", NOT_WELL_FORMED),
        ("<methodCall>\N{LATIN SMALL LETTER E WITH ACUTE}".encode("latin-1"), NOT_WELL_FORMED),
        (body("&x;"), NOT_WELL_FORMED),
        (body("\0"), NOT_WELL_FORMED),
        (body("&b;", dtd=BOMB), NOT_WELL_FORMED),
        (body("x", dtd="<!DOCTYPE m>"), NOT_WELL_FORMED),
        (body("&x;", dtd='<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/hostname">]>'), NOT_WELL_FORMED),
        (b"<html/>", INVALID_CALL),
        (b"<methodCall/>", INVALID_CALL),
        (b"<methodCall><fault/></methodCall>", INVALID_CALL),
        (b"<methodCall><methodName/></methodCall>", INVALID_CALL),
        (answer("x"), INVALID_CALL),
        (b"<value><methodCall/></value>", INVALID_CALL),
        (body("<int>seven</int>"), INVALID_CALL),
        (body(f"<int>{'9' * 5000}</int>"), INVALID_CALL),
        (body("<boolean>yes</boolean>"), INVALID_CALL),
        (body("<base64>a</base64>"), INVALID_CALL),
        (body("<dateTime.iso8601>yesterday</dateTime.iso8601>"), INVALID_CALL),
        (body("<dateTime.iso8601>20260230T10:00:00</dateTime.iso8601>"), INVALID_CALL),
        (body("<bigdecimal>1</bigdecimal>"), INVALID_CALL),
        (body("<struct><member><name>n</name></member></struct>"), INVALID_CALL),
        (
            body("<struct><member><name>n</name><value/><value/></member></struct>"),
            INVALID_CALL,
        ),
        (body("<array><data>" * DEEPEST + "</data></array>" * DEEPEST), INVALID_CALL),
        (body(f"<array><data>{'<value/>' * MOST_VALUES}</data></array>"), INVALID_CALL),
        (b"<methodCall>" + b"<struct/>" * MOST_ELEMENTS, INVALID_CALL),
        (body("\n" * (MOST_PIECES + 9)), INVALID_CALL),
        (b"<methodCall " + b"a" * 500_000, INVALID_CALL),
        (b"<methodCall><!--" + b"a" * 500_000, INVALID_CALL),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_a_fault(sent: bytes, code: int) -> None:
    with pytest.raises(Fault) as refused:
        read_call(sent)

    assert refused.value.code == code
    assert refused.value.says


def test_a_large_file_is_read_with_lines_or_without() -> None:
    photo = bytes(range(256)) * 40_000
    without = call("wp.uploadFile", ({"bits": photo},)).replace(b"=\n", b"=").replace(b"\n", b"")

    assert read_call(call("wp.uploadFile", ({"bits": photo},))).params == ({"bits": photo},)
    assert read_call(without).params == ({"bits": photo},)


def test_a_fault_comes_back_as_one() -> None:
    with pytest.raises(Fault) as said:
        read_answer(fault(48, "Known \0already & kept"))

    assert (said.value.code, said.value.says) == (48, "Known already & kept")


@pytest.mark.parametrize("written", ["", "<value>x</value>", "<value><struct/></value>"])
def test_a_fault_that_says_nothing_is_rubbish(written: str) -> None:
    with pytest.raises(Fault) as refused:
        read_answer(f"<methodResponse><fault>{written}</fault></methodResponse>".encode())

    assert refused.value.code == INVALID_CALL


def test_a_number_of_more_than_32_bits_goes_as_text() -> None:
    assert read_answer(answer(2**40)) == str(2**40)


def refusal_of(read: Callable[[bytes], Any], sent: bytes) -> int | None:
    """By what number something is refused; None for what can be read."""
    try:
        read(sent)
    except Fault as refused:
        return refused.code
    return None


@given(st.binary() | st.text().map(lambda text: body(text)) | st.text().map(str.encode))
def test_rubbish_is_a_fault_and_nothing_worse(sent: bytes) -> None:
    assert refusal_of(read_call, sent) in (None, NOT_WELL_FORMED, INVALID_CALL)
    # The fault in an answer has whatever number it was given.
    assert isinstance(refusal_of(read_answer, sent), int | None)


@given(VALUES, st.data())
def test_a_damaged_call_is_a_fault_or_another_call(value: Any, data: st.DataObject) -> None:
    sent = bytearray(call("a.b", (value,)))
    at = data.draw(st.integers(0, len(sent) - 1))
    until = at + data.draw(st.integers(0, 40))
    sent[at:until] = data.draw(st.binary(max_size=3) | st.sampled_from((b"<value>", b"</array>")))

    assert refusal_of(read_call, bytes(sent)) in (None, NOT_WELL_FORMED, INVALID_CALL)


@given(VALUES)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert read_answer(answer(value)) == as_read(value)
    assert read_call(call("wp.x", (value, 1))) == Call("wp.x", (as_read(value), 1))


@given(VALUES)
def test_other_programs_read_what_is_written(value: Any) -> None:
    read, _ = xmlrpc.client.loads(answer(value), use_builtin_types=True)

    assert read == (as_read(value),)
