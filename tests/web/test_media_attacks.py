"""Hostile files, names and sizes at the door of the library, in a real server: none acts, none bursts memory."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.accounts.sessions import Whereabouts, start_session
from app.core.jobs import Job, JobState
from app.media.models import Upload
from app.work import Doors
from tests.conftest import Serve
from tests.media.samples import a_picture
from tests.media.test_drawing import a_png
from tests.rounds import rounds
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


def a_large(kind: str, size: tuple[int, int], lies: int = 0, **options: Any) -> bytes:
    """A photo of so many pixels; `lies` is how, as EXIF numbers it."""
    exif, out = Image.Exif(), BytesIO()
    if lies:
        exif[0x0112] = lies
    much = Image.effect_noise((size[0] // 8, size[1] // 8), options.pop("noise", 20)).resize(size)
    mode = options.pop("mode", "RGB")
    much.convert(mode).save(out, kind, exif=exif, **options)
    return out.getvalue()


LARGE: dict[str, dict[str, Any]] = {
    "a photo on its side": {"kind": "JPEG", "size": (6000, 4000), "lies": 6},
    "with all its colours": {"kind": "JPEG", "size": (6000, 4000), "lies": 8, "subsampling": 0},
    "in many scans": {"kind": "JPEG", "size": (6000, 4000), "lies": 3, "progressive": True},
    "twice as many pixels": {"kind": "JPEG", "size": (8000, 6000), "lies": 6},
    "a screen": {"kind": "PNG", "size": (6000, 4000), "mode": "P", "compress_level": 1},
    "a drawing": {"kind": "PNG", "size": (6000, 4000), "compress_level": 1, "noise": 2},
    "the most of a WebP": {"kind": "WEBP", "size": (3100, 2400), "method": 0},
    "the most of an AVIF": {"kind": "AVIF", "size": (4000, 3000), "speed": 10, "quality": 50},
}


# Each takes the better part of a minute.
TRIED = list(LARGE)[: rounds(1, len(LARGE))]


@pytest.mark.parametrize("name", TRIED)
async def test_a_large_picture_stays_within_bounds(
    server: Server, author: httpx.AsyncClient, doors: Doors, name: str
) -> None:
    await hand_in(author, "warm.png", a_picture("PNG"))
    content = await asyncio.to_thread(a_large, **LARGE[name])
    ending = LARGE[name]["kind"].lower()
    with at_most(server, MOST_MEMORY):
        answer = await hand_in(author, f"large.{ending}", content)
        assert answer.status_code == 303, answer.text
        await until_all_versions_are_made(doors)


@pytest.mark.parametrize(
    ("kind", "size", "lies"),
    [("WEBP", (4000, 3000), 0), ("AVIF", (3000, 2000), 6), ("AVIF", (6000, 4000), 0), ("PNG", (7000, 4000), 0)],
)  # fmt: skip
async def test_what_would_take_more_is_refused_with_its_reason(
    server: Server, author: httpx.AsyncClient, kind: str, size: tuple[int, int], lies: int
) -> None:
    await hand_in(author, "warm.png", a_picture("PNG"))
    quick = {"WEBP": {"method": 0}, "AVIF": {"speed": 10}, "PNG": {"compress_level": 1}}[kind]
    content = await asyncio.to_thread(a_large, kind, size, lies, noise=2, **quick)
    with at_most(server, MOST_MEMORY):
        answer = await hand_in(author, f"large.{kind.lower()}", content)
    assert answer.status_code == 422
    assert "million pixels. Make it smaller first." in answer.text


async def until_all_versions_are_made(doors: Doors) -> None:
    """Wait for the job: all it draws is drawn in the same process."""
    async with asyncio.timeout(240):
        while True:
            async with doors.reading() as db:
                waits = await db.scalar(
                    select(func.count()).where(
                        Job.name == "make-sizes", Job.state != JobState.FAILED
                    )
                )
                made = await db.scalar(
                    select(func.count()).where(Upload.variant_of_id.is_not(None))
                )
            if not waits:
                assert made
                return
            await asyncio.sleep(0.2)


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

    for name in ("y" * 5_000 + ".png", "\u0939" * 5_000 + ".png"):
        assert (await hand_in(author, name, a_picture("PNG"))).status_code == 303

    paths = await paths_of(doors)
    assert len(paths) >= 10
    for path in paths:
        year, month, last = path.split("/")
        assert (year.isdecimal(), month.isdecimal(), last.count(".")) == (True, True, 1)
        assert not set(last) & set("\0\u202e\u200f\\:*?<>|;%")
        assert len(last.encode()) < 255
