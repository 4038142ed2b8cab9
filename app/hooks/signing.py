"""Secrets of hooks, and what is signed with them.

No secret is kept: each is made of the site's own (see `core.secrets`) and of random bits in the
hook's row, so that whoever reads the database alone can sign nothing.
"""

import hashlib
import hmac

from app.core import clock
from app.core.secrets import Secrets
from app.hooks.models import Hook

_PURPOSE = "web hook"


def secret_of(secrets: Secrets, hook: Hook) -> str:
    """The secret that the hook's receiver was given: 256 bits, in hex."""
    return secrets.keyed_hash(_PURPOSE, hook.nonce)


def headers_of(secrets: Secrets, hook: Hook, event: str, key: str, body: bytes) -> dict[str, str]:
    """What a request to a hook says of itself, signed now."""
    timestamp = str(int(clock.unix_now()))
    return {
        "X-Rapport-Event": event,
        "X-Rapport-Delivery": key,
        "X-Rapport-Timestamp": timestamp,
        "X-Rapport-Signature": signature(secret_of(secrets, hook), timestamp, body),
    }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA-256 (RFC 2104) of the time, a full stop and the body, as `v1=` and hex."""
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.digest(secret.encode(), signed, hashlib.sha256).hex()
