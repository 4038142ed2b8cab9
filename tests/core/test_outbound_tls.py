"""The number is connected to, the name is proved: certificates are checked for the name asked."""

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import anyio
import pytest
from anyio.abc import AnyByteStream, SocketAttribute
from anyio.streams.tls import TLSListener

from app.core.errors import Unreachable
from app.core.outbound import door as door_module
from app.core.outbound.asking import PAGE, Asking, Limits
from app.core.outbound.door import Door

pytestmark = pytest.mark.anyio

ASKING = Asking(PAGE, Limits(seconds=3))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate and its key for blog.example, in one file."""
    if not shutil.which("openssl"):
        pytest.skip("NOT TESTED: certificates of other servers (no openssl on this machine)")
    pem = tmp_path_factory.mktemp("tls") / "blog.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=x"
    names = ["-addext", "subjectAltName=DNS:blog.example"]
    files = ["-keyout", str(pem), "-out", str(pem) + ".crt"]
    subprocess.run(["openssl", *words.split(), *names, *files], check=True, capture_output=True)
    pem.write_text(pem.read_text() + Path(f"{pem}.crt").read_text())
    return pem


@pytest.fixture
async def blog(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    """A door that knows blog.example and other.example at a TLS server on loopback."""
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(door_module, "known_authorities", lambda: trusting)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(certificate)

    async def visit(stream: AnyByteStream) -> None:
        async with stream:
            await stream.receive()
            await stream.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nproved")

    async def is_here(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    plain = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
    port = plain.extra(SocketAttribute.local_port)
    async with plain, anyio.create_task_group() as tasks:
        tasks.start_soon(TLSListener(plain, serving, standard_compatible=False).serve, visit)
        names = ("blog.example", "other.example")
        yield Door("https://ours.example", frozenset((n, port) for n in names), resolve=is_here)
        tasks.cancel_scope.cancel()


def address(door: Door, name: str) -> str:
    """The https address of a name at the door's server."""
    return next(f"https://{host}:{port}/" for host, port in door.allow if host == name)


async def test_the_name_that_was_asked_for_is_proved_by_the_certificate(blog: Door) -> None:
    assert (await blog.fetch(address(blog, "blog.example"), ASKING)).content == b"proved"


async def test_a_certificate_for_another_name_is_not_believed(blog: Door) -> None:
    with pytest.raises(Unreachable):
        await blog.fetch(address(blog, "other.example"), ASKING)
