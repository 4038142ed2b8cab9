"""Codes of a second factor, as RFC 6238 has them."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from app.accounts.totp import STEP_SECONDS, in_groups, new_secret, otpauth_address, step_of

# RFC 6238, appendix B, the last six of eight digits.
SECRET = b32encode(b"12345678901234567890").decode()
AT = datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)

    assert step_of(SECRET, code, at) == seconds // STEP_SECONDS


@pytest.mark.parametrize(
    ("off", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_off_by_one_step(off: int, is_right: bool) -> None:
    code = pyotp.TOTP(SECRET).at(AT + timedelta(seconds=off * STEP_SECONDS))

    assert (step_of(SECRET, code, AT) is not None) == is_right


def test_no_code_counts_twice_nor_one_before_it() -> None:
    code = pyotp.TOTP(SECRET).at(AT)
    before = pyotp.TOTP(SECRET).at(AT - timedelta(seconds=STEP_SECONDS))
    step = step_of(SECRET, code, AT)
    assert step is not None

    assert step_of(SECRET, code, AT, after=step) is None
    assert step_of(SECRET, before, AT, after=step) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "٢٨٧٠٨٢", "287 08"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert step_of(SECRET, code, datetime.fromtimestamp(59, UTC)) is None


def test_a_code_may_be_typed_with_a_gap() -> None:
    assert step_of(SECRET, " 287 082 ", datetime.fromtimestamp(59, UTC)) is not None


def test_without_a_secret_no_code_is_right() -> None:
    assert step_of("", "000000", AT) is None


def test_an_app_is_told_whose_codes_these_are() -> None:
    address = otpauth_address("ABCD", "ada@example.org", "A letter & more")

    assert address == (
        "otpauth://totp/A%20letter%20%26%20more:ada%40example.org"
        "?secret=ABCD&issuer=A%20letter%20%26%20more"
    )
    assert in_groups(new_secret()).count(" ") == 7
