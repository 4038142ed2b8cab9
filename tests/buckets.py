"""A server that speaks S3, on loopback: a stand-in, not a store."""

import contextlib
import logging
from collections.abc import Iterator

import httpx
from moto.server import ThreadedMotoServer

from tests.visiting import free_port

NAME = "the-bucket"


@contextlib.contextmanager
def a_bucket_server() -> Iterator[str]:
    """Its address, with one empty bucket there."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    port = free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    url = f"http://127.0.0.1:{port}"
    try:
        httpx.put(f"{url}/{NAME}", trust_env=False).raise_for_status()
        yield url
    finally:
        server.stop()
