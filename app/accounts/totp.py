"""The second factor: codes that an app shows for half a minute (RFC 6238). Pure; no code counts twice."""

import hmac
import re
from datetime import datetime
from urllib.parse import quote

import pyotp

STEP_SECONDS = 30
# A clock may be that many steps off, either way.
_LENIENT = 1
_CODE = re.compile(r"\d{6}")


def new_secret() -> str:
    """160 random bits in Base32, as apps take them."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, at: datetime, *, after: int = 0) -> int | None:
    """The time step that a code is right for; None when it is wrong, or not later than the one used last."""
    code = "".join(code.split())
    if not secret or not _CODE.fullmatch(code):
        return None
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    fitting = [
        step
        for step in range(now - _LENIENT, now + _LENIENT + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
    ]
    return next((step for step in fitting if step > after), None)


def otpauth_address(secret: str, email: str, site: str) -> str:
    """What an app reads, typed or as a link: whose codes these are, and where."""
    return f"otpauth://totp/{quote(site)}:{quote(email)}?secret={secret}&issuer={quote(site)}"


def in_groups(secret: str) -> str:
    """A secret as a person can type it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
