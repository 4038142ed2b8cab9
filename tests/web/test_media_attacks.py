"""Hostile files, names and sizes at the door of the library, in a real server: none acts, none bursts memory."""

import contextlib
import json
import socket
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.sessions import Whereabouts, start_session
from app.media.models import Upload
from app.work import Doors
from tests.conftest import Serve
from tests.media.samples import a_picture
from tests.media.test_drawing import a_png
from tests.shared import SHARED, shared_file
from tests.visiting import Server
from tests.world import a_member

pytestmark = pytest.mark.anyio

DESK = "/write/media/"
MOST_MEMORY = 150 << 20
MOST_FOR_A_REFUSAL = 20 << 20
FILES = sorted(p.name for p in (SHARED / "data/attacks/files").glob("*") if p.suffix != ".json")
# No browser takes these for a page or a script, whatever is in them.
HARMLESS = ("image/", "audio/", "video/", "application/pdf", "application/octet-stream")


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve()


@pytest.fixture
async def author(server: Server, doors: Doors) -> AsyncIterator[httpx.AsyncClient]:
    """An author at a server of its own."""
    async with doors.unit_of_work() as db:
        member = await a_member(db, "Ada", roles=[Role.AUTHOR])
        token = await start_session(db, member, Whereabouts("203.0.113.9", "A browser"))
    async with httpx.AsyncClient(
        base_url=server.url, cookies={"session": token}, timeout=120, trust_env=False
    ) as client:
        yield client


def peak_of(server: Server) -> int:
    """The most memory the process has held since it was last asked to forget."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) << 10


@contextlib.contextmanager
def at_most(server: Server, most: int) -> Iterator[None]:
    """The server may hold so much more meanwhile than before."""
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")
    before = peak_of(server)
    yield
    grown = peak_of(server) - before
    assert grown < most, f"{grown >> 20} MB more"


async def hand_in(client: httpx.AsyncClient, name: str, content: bytes) -> httpx.Response:
    return await client.post(DESK, files={"file": (name, content, "image/png")})


async def paths_of(doors: Doors) -> list[str]:
    async with doors.reading() as db:
        return list(await db.scalars(select(Upload.path).where(Upload.is_stored)))


async def test_no_hostile_file_acts_or_bursts(
    server: Server, author: httpx.AsyncClient, doors: Doors
) -> None:
    assert FILES
    await hand_in(author, "warm.png", a_picture("PNG"))
    for name in FILES:
        content = shared_file(f"data/attacks/files/{name}").read_bytes()
        for called in (name, f"{name}.png", f"{name}.jpg", f"{name}.gif", f"{name}.pdf"):
            with at_most(server, MOST_MEMORY):
                answer = await hand_in(author, called, content)
            assert answer.status_code in (303, 422), called

    for path in await paths_of(doors):
        served = await author.get(f"/wp-content/uploads/{path}")
        assert served.headers["content-type"].startswith(HARMLESS), path
        assert served.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in served.headers["content-security-policy"]
        is_picture = served.headers["content-type"].startswith("image/")
        assert served.headers["content-disposition"].startswith(
            "inline" if is_picture else "attach"
        )
        assert "set-cookie" not in served.headers
        assert "cookie" not in served.headers.get("vary", "").lower()
        if is_picture:
            assert b"<script" not in served.content.lower()


async def test_bombs_of_any_kind_are_refused_with_little_memory(
    server: Server, author: httpx.AsyncClient
) -> None:
    await hand_in(author, "warm.png", a_picture("PNG"))
    bombs = {
        "vast.png": a_png(20_000, 20_000),
        "large.png": a_png(9_000, 9_000),
        "claims.gif": a_picture("GIF").replace(b"\x28\x00\x1e\x00", b"\xff\xff\xff\xff"),
    }
    for name, content in bombs.items():
        with at_most(server, MOST_FOR_A_REFUSAL):
            answer = await hand_in(author, name, content)
        assert answer.status_code == 422, name
        assert "million pixels" in answer.text


async def test_a_photo_as_telephones_take_them_stays_within_bounds(
    server: Server, author: httpx.AsyncClient
) -> None:
    await hand_in(author, "warm.png", a_picture("PNG"))
    exif, out = Image.Exif(), BytesIO()
    exif[0x0112] = 6
    Image.effect_noise((800, 600), 50).resize((4000, 3000)).convert("RGB").save(
        out, "JPEG", exif=exif
    )
    with at_most(server, MOST_MEMORY):
        answers = [await hand_in(author, f"{number}.jpg", out.getvalue()) for number in range(3)]

    assert [answer.status_code for answer in answers] == [303, 303, 303]


def raw_answer(server: Server, cookie: str, head: str, body: Iterator[bytes]) -> bytes:
    """What the server says to bytes as they are sent, as soon as it says anything."""
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as line:
        line.sendall(
            f"POST {DESK} HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: session={cookie}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\n{head}\r\n\r\n".encode()
        )
        with contextlib.suppress(OSError):
            for some in body:
                line.sendall(some)
        with contextlib.suppress(OSError):
            return line.recv(4096)
        return b""


OPENING = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'


def in_chunks(size: int) -> Iterator[bytes]:
    yield b"%x\r\n%s\r\n" % (len(OPENING), OPENING)
    for _number in range(size >> 16):
        yield b"10000\r\n" + bytes(1 << 16) + b"\r\n"


async def test_fifty_megabytes_are_refused_before_they_come(
    server: Server, author: httpx.AsyncClient
) -> None:
    token = author.cookies["session"]
    await hand_in(author, "warm.png", a_picture("PNG"))
    with at_most(server, MOST_FOR_A_REFUSAL):
        # Nothing but the first lines is sent.
        said = raw_answer(server, token, f"Content-Length: {50 << 20}", iter(()))
        assert said.startswith(b"HTTP/1.1 413")
    with at_most(server, MOST_FOR_A_REFUSAL):
        said = raw_answer(server, token, "Transfer-Encoding: chunked", in_chunks(50 << 20))
        assert said.startswith(b"HTTP/1.1 413") or said == b""
    with at_most(server, MOST_FOR_A_REFUSAL):
        # A little too large: a browser is let finish, and shows why.
        answer = await hand_in(author, "a.png", bytes(24 << 20))
    assert answer.status_code == 413
    assert "20 MB" in answer.text


async def test_hostile_names_are_made_safe(
    server: Server, author: httpx.AsyncClient, doors: Doors
) -> None:
    names = json.loads(shared_file("data/attacks/files/filenames.json").read_text())
    names += [
        "../../../etc/passwd.png", "..\\..\\x.png", "a\0b.png", "\u202egnp.exe.png", "\u200f.png",
        "x" * 5_000 + ".png", "\u0939" * 900 + ".png", "con.png", ".htaccess.png", "a.php.png",
    ]  # fmt: skip
    for name in names:
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        answer = await hand_in(author, quoted, a_picture("PNG"))
        assert answer.status_code in (303, 400, 422), name[:50]

    paths = await paths_of(doors)
    assert len(paths) >= 8
    for path in paths:
        year, month, last = path.split("/")
        assert (year.isdecimal(), month.isdecimal(), last.count(".")) == (True, True, 1)
        assert not set(last) & set("\0\u202e\u200f\\:*?<>|;%")
        assert len(last.encode()) < 255
