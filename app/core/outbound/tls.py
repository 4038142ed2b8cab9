"""Whose certificates are believed: the authorities known to everybody, whatever the environment says."""

import ssl
from functools import cache

import httpx


@cache
def known_authorities() -> ssl.SSLContext:
    """The context of every connection; made once, as reading it takes longer than most fetches."""
    return httpx.create_ssl_context(trust_env=False)
