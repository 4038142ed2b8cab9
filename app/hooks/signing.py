"""Secrets of hooks, and what is signed with them.

No secret is kept: each is made of the site's own (see `core.secrets`) and of random bits in the
hook's row, so that whoever reads the database alone can sign nothing.
"""

import hashlib
import hmac

from app.core.secrets import Secrets
from app.hooks.models import Hook

_PURPOSE = "web hook"


def secret_of(secrets: Secrets, hook: Hook) -> str:
    """The secret that the hook's receiver was given: 256 bits, in hex."""
    return secrets.keyed_hash(_PURPOSE, hook.nonce)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA-256 (RFC 2104) of the time, a full stop and the body, as `v1=` and hex."""
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.digest(secret.encode(), signed, hashlib.sha256).hex()
