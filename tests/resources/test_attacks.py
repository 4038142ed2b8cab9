"""Hostile files and names: each is refused, or handed out as an attachment in which nothing acts."""

import json
from pathlib import Path

import httpx
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.actor import Role
from app.core.storage import is_good_name
from app.media.names import safe_name
from app.resources.files import ENDINGS
from app.settings import Settings
from app.web.handing_out import disposition
from tests.conftest import SignedIn
from tests.media.samples import PDF, a_picture
from tests.resources.lending import fetch, hand_in
from tests.shared import SHARED, shared_file

pytestmark = pytest.mark.anyio

FILES = sorted(p.name for p in (SHARED / "data/attacks/files").glob("*") if p.suffix != ".json")
# Types that no browser acts on, whatever it is told.
HARMLESS = {
    "application/octet-stream", "application/zip", "application/gzip", "application/pdf", "image/png",
    "image/gif", "text/plain; charset=utf-8",
}  # fmt: skip
MOST_MEMORY = 150 << 20


async def published(client: httpx.AsyncClient, name: str, content: bytes) -> httpx.Response:
    """The answer to handing a file in; where it is taken, it is published at once."""
    added = await hand_in(client, name, content)
    if added.status_code == 303:
        desk = added.headers["location"].partition("?")[0]
        await client.post(f"{desk}publication")
    return added


def lying_outside(folder: Path) -> list[str]:
    """Files that lie beside where they should."""
    store = folder / "uploads" / "resources"
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and store not in path.parents and "sqlite" not in path.name and path.name != "secret"
    ]  # fmt: skip


@pytest.mark.parametrize("name", FILES or ["none"])
async def test_no_hostile_file_acts_or_bursts(
    visitor: httpx.AsyncClient, signed_in: SignedIn, settings: Settings, name: str
) -> None:
    content = shared_file(f"data/attacks/files/{name}").read_bytes()
    author = await signed_in(Role.AUTHOR)
    before = psutil.Process().memory_info().rss

    added = await published(author, name, content)

    assert added.status_code in (303, 422)
    assert psutil.Process().memory_info().rss - before < MOST_MEMORY
    assert lying_outside(settings.data) == []
    page = await visitor.get("/resources/a-calendar-of-letters/download")
    assert page.status_code == (200 if added.status_code == 303 else 404)
    if added.status_code == 303:
        assert page.content == content
        assert page.headers["content-type"] in HARMLESS
        assert page.headers["content-disposition"].startswith("attachment;")
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("html-tail.png", True), ("script.pdf", True), ("bomb-30000x30000.png", True),
        ("bomb-claims-65535.gif", True), ("many-names.zip", False), ("xxe.svg", False),
    ],
)  # fmt: skip
async def test_what_is_not_what_it_says_is_refused(
    signed_in: SignedIn, name: str, refused: bool
) -> None:
    content = shared_file(f"data/attacks/files/{name}").read_bytes()

    added = await hand_in(await signed_in(Role.AUTHOR), name, content)

    assert added.status_code == (422 if refused else 303)


async def test_hostile_names_are_made_safe_or_refused(
    visitor: httpx.AsyncClient, signed_in: SignedIn, settings: Settings
) -> None:
    names = json.loads(shared_file("data/attacks/files/filenames.json").read_text())
    author = await signed_in(Role.AUTHOR)
    for name in names:
        content = a_picture("PNG") if name.endswith("png") else b"plain text\n"
        # As a browser would write it, and as nobody should.
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        added = await published(author, quoted, content)
        assert added.status_code in (303, 422), name
        assert lying_outside(settings.data) == []

    assert "X-Injected" not in str((await visitor.get("/resources/")).headers)


@pytest.mark.parametrize(
    ("given_name", "stem", "ending"),
    [
        ("A Letter.TXT", "a-letter", "txt"),
        ("../../etc/x.txt", "x", "txt"),
        (r"C:\temp\x.txt", "x", "txt"),
        ("x.php.png", "x-php", "png"),
        ("nul.txt", "nul-file", "txt"),
        ("COM1.txt", "com1-file", "txt"),
        (".htaccess", "file", "htaccess"),
        ("..", "file", ""),
        ("a\0b.txt", "ab", "txt"),
        ("\u202etxt.exe", "txt", "exe"),
        ("-rf.txt", "rf", "txt"),
        ("x\r\nX-Injected: 1.txt", "xx-injected-1", "txt"),
        ("Žluťoučký kůň.txt", "žluťoučký-kůň", "txt"),
        ("", "file", ""),
    ],
)  # fmt: skip
def test_names_are_made_of_letters_and_hyphens(given_name: str, stem: str, ending: str) -> None:
    assert safe_name(given_name) == (stem, ending)


@given(st.text(max_size=400))
def test_any_name_becomes_a_good_one(name: str) -> None:
    stem, ending = safe_name(name)
    whole = f"{stem}.{ending or 'txt'}"

    assert is_good_name(whole)
    assert not set(whole) & set('/\\:*?"<>|\r\n%;,')
    assert len(whole) <= 200
    header = disposition(whole)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') in (0, 2)


@given(st.sampled_from(sorted(ENDINGS)), st.text(max_size=60))
def test_an_ending_that_is_taken_stays(ending: str, stem: str) -> None:
    assert safe_name(f"{stem}.{ending.upper()}")[1] == ending


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("a.png", a_picture("PNG"), "image/png"),
        ("a.jpg", a_picture("PNG"), None),
        ("a.pdf", PDF, "application/pdf"),
        ("a.txt", b"caf\xc3\xa9", "text/plain; charset=utf-8"),
        ("a.txt", b"caf\xe9", None),
        ("a.txt", b"a\0b", None),
        ("a.txt", b"MZ\x90\x00\x03", None),
        ("a.html", b"<html>", None),
        ("a.js", b"alert(1)", None),
        ("a.exe", b"MZ", None),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "application/octet-stream"),
        ("a.zip", b"PK\x03\x04rest", "application/zip"),
        ("a.zip", b"plain", None),
        ("a.docx", b"plain", None),
        ("a.epub", b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/epub+zip", "application/epub+zip"),
        ("a.epub", b"PK\x03\x04" + b"." * 26 + b"content.xml", None),
        ("a.gz", b"\x1f\x8b\x08", "application/gzip"),
        ("a.json", b'{"a": 1}', "application/octet-stream"),
        ("a.json", b"alert(1)", None),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
        ("a.txt", b"", "text/plain; charset=utf-8"),
    ],
)  # fmt: skip
async def test_an_ending_has_to_agree_with_the_bytes(
    visitor: httpx.AsyncClient, signed_in: SignedIn, name: str, content: bytes, mime: str | None
) -> None:
    added = await published(await signed_in(Role.AUTHOR), name, content)

    assert added.status_code == (303 if mime else 422)
    if mime:
        fetched = await fetch(visitor, "/resources/a-calendar-of-letters/download")
        assert fetched.headers["content-type"] == mime
    else:
        # What was typed is still there.
        assert 'value="A calendar of letters"' in added.text
