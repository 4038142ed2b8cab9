"""Passwords: kept by Argon2id (RFC 9106), recognised as WordPress kept them until their next sign-in.

Each look costs a tenth of a second of a processor and 64 MB: in a thread, few at once, and never
while a transaction is open.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from functools import cache, partial

import anyio.to_thread
import bcrypt
from anyio import CapacityLimiter
from passlib.hash import phpass
from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST = 10
LONGEST = 200

_AT_ONCE = 2
# bcrypt reads no further: PHP leaves the rest out in silence, this library refuses it.
_BCRYPT_READS = 72
_ARGON = PasswordHash((Argon2Hasher(),))


@dataclass(frozen=True)
class Verdict:
    """Whether a password is right; `new_hash` replaces one that is not as we keep them."""

    is_right: bool
    new_hash: str = ""


async def hash_password(password: str) -> str:
    """A password as it is kept."""
    return await anyio.to_thread.run_sync(_ARGON.hash, password, limiter=_room())


async def check_password(password: str, kept: str) -> Verdict:
    """Compare; takes as long where nobody has the account, or it has no password (`kept` is empty)."""
    return await anyio.to_thread.run_sync(partial(_check, password, kept), limiter=_room())


def is_known_kind(kept: str) -> bool:
    """Whether a hash is of a kind that somebody could sign in with."""
    return kept.startswith(("$argon2id$", "$P$", "$H$", "$wp$2y$", "$2y$", "$2b$", "$2a$"))


def _check(password: str, kept: str) -> Verdict:
    if kept.startswith("$argon2id$"):
        return _compare(password, kept)
    is_right = _is_wordpress(password, kept)
    if is_right:
        return Verdict(is_right, _ARGON.hash(password))
    # Whoever guesses learns nothing from how long it took.
    _ARGON.verify(password, _nobodys())
    return Verdict(False)


def _compare(password: str, kept: str) -> Verdict:
    try:
        is_right, new_hash = _ARGON.verify_and_update(password, kept)
    except PwdlibError:
        return Verdict(False)
    return Verdict(is_right, new_hash or "")


def _is_wordpress(password: str, kept: str) -> bool:
    typed = password.encode()
    try:
        if kept.startswith("$wp$2y$"):
            # As WordPress 6.8 keeps them: a digest first, as bcrypt reads 72 bytes only.
            digest = hmac.new(b"wp-sha384", typed, hashlib.sha384).digest()
            return bcrypt.checkpw(base64.b64encode(digest), kept.removeprefix("$wp").encode())
        if kept.startswith(("$2y$", "$2b$", "$2a$")):
            return bcrypt.checkpw(typed[:_BCRYPT_READS], kept.encode())
        if kept.startswith(("$P$", "$H$")):
            return bool(phpass.verify(password, kept))
    except (ValueError, IndexError):
        # Cut off, or not a hash at all.
        return False
    return False


@cache
def _nobodys() -> str:
    """A hash to compare with where there is none."""
    return _ARGON.hash("nobody's password")


@cache
def _room() -> CapacityLimiter:
    return CapacityLimiter(_AT_ONCE)
