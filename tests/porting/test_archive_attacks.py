"""Archives somebody has tampered with: each is refused by the name of what is wrong, or made harmless."""

import hashlib
import json
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.core.errors import Conflict, Invalid
from app.discussions.models import Comment
from app.media.models import Upload
from app.porting.archive.manifest import MANIFEST
from app.settings import Settings
from app.site.models import SiteRow
from app.work import Doors
from tests.databases import Copies, doors_to
from tests.porting.archives import Lines, a_full_site, altered, bring_in, forged, take_out
from tests.porting.importing import a_fresh_site, everything
from tests.visiting import BASE_URL

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def archive(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of a site that has something of everything."""
    folder = tmp_path_factory.mktemp("original")
    with copies.fresh(folder) as url:
        settings = Settings(_env_file=None, data=folder, database_url=url, base_url=BASE_URL)
        async with doors_to(url) as doors:
            await a_full_site(doors, settings)
            await take_out(doors, folder / "uploads", folder / "site.zip")
    return folder / "site.zip"


@pytest.fixture
async def there(copies: Copies, tmp_path: Path) -> AsyncIterator[Doors]:
    """An empty site."""
    async with a_fresh_site(copies, tmp_path) as doors:
        yield doors


def shorten(source: Path, target: Path) -> None:
    """As if a disk had been full."""
    target.write_bytes(source.read_bytes()[:-2000])


@asynccontextmanager
async def refused(there: Doors, says: str) -> AsyncIterator[None]:
    """What happens in the block is refused in these words, and nothing was changed."""
    before = await everything(there)
    with pytest.raises(Invalid, match=says):
        yield
    assert await everything(there) == before


async def test_what_is_no_archive_is_told_apart(
    there: Doors, archive: Path, tmp_path: Path
) -> None:
    other, cut = tmp_path / "other.zip", tmp_path / "cut.zip"
    with zipfile.ZipFile(other, "w") as file:
        file.writestr("hello.txt", "hello")
    shorten(archive, cut)
    text = tmp_path / "text.zip"
    text.write_text("hello")

    for source, says in (
        (tmp_path / "none.zip", "There is no file"),
        (text, "no Rapport archive, or it is damaged"),
        (cut, "no Rapport archive, or it is damaged"),
        (other, "rapport-export.json is not in it"),
    ):
        async with refused(there, says):
            await bring_in(there, tmp_path / "there", source)


Files = dict[str, bytes]


def with_bytes(name: str, old: bytes, new: bytes) -> Callable[[Files], Any]:
    """Other bytes in a file of the archive."""
    return lambda files: files.update({name: files[name].replace(old, new, 1)})


def instead(name: str, content: bytes) -> Callable[[Files], Any]:
    """Another file in the place of one, or a new one."""
    return lambda files: files.update({name: content})


def without_a_picture(files: Files) -> None:
    """As if somebody had saved space."""
    del files[next(name for name in files if name.startswith("media/"))]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (with_bytes("posts.jsonl", b"The", b"Tha"), "posts.jsonl was altered"),
        (lambda files: files.pop("posts.jsonl"), "posts.jsonl is missing from the archive"),
        (without_a_picture, "media.jsonl, line 1: .* is not in the archive"),
        (instead("../../evil", b"x"), "“../../evil” does not belong"),
        (instead(MANIFEST, b"[]"), "can't be read"),
        (instead(MANIFEST, b'{"format": "x"}'), "no Rapport archive: its format is “x”"),
        (with_bytes(MANIFEST, b"export/1", b"export/2"), "this version reads rapport-export/1"),
        (with_bytes(MANIFEST, b'"posts.jsonl"', b'"x.jsonl"'), "which this version does not know"),
        (instead("posts.jsonl", b"\0" * (70 << 20)), "far larger than it pretends to be"),
    ],
)
async def test_what_was_altered_is_named(
    there: Doors,
    archive: Path,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], Any],
    says: str,
) -> None:
    with altered(archive, tmp_path / "altered.zip") as files:
        change(files)

    async with refused(there, says):
        await bring_in(there, tmp_path / "there", tmp_path / "altered.zip")


def put(**values: Any) -> Callable[[Lines], None]:
    """Other values in the third row."""
    return lambda rows: rows[2].update(values)


def first(**values: Any) -> Callable[[Lines], None]:
    """Other values in the first row."""
    return lambda rows: rows[0].update(values)


def in_a_ring(rows: Lines) -> None:
    """Two that answer each other."""
    rows[2]["parent_id"], rows[4]["parent_id"] = rows[4]["id"], rows[2]["id"]


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        ("comments", put(thread_id=9999), "comments.jsonl, line 3: thread_id: there is no row 9999 in threads.jsonl"),
        ("comments", put(id="3"), "comments.jsonl, line 3: id: Input should be a valid integer"),
        ("comments", put(id=1 << 60), "line 3: id: Input should be less than"),
        ("comments", put(id=-1), "line 3: id: Input should be greater than"),
        ("comments", put(id=1), "line 3: its key must be higher"),
        ("comments", put(created_at="yesterday"), "line 3: created_at: Input should be a valid datetime"),
        ("comments", put(created_at="2024-01-01T00:00:00"), "line 3: created_at: Input should have timezone"),
        ("comments", put(status="adored"), "line 3: status: Input should be 'pending'"),
        ("comments", put(place="zz"), "line 3: place"),
        ("comments", put(place="00"), "line 3: place: it must have eleven bytes a level"),
        ("comments", put(author_name="x" * 301), "line 3: author_name: String should have at most 300"),
        ("comments", put(author_name="a\0b"), "line 3: author_name: a text with a NUL"),
        ("comments", put(password="x"), "line 3: password: Extra inputs are not permitted"),
        ("comments", lambda rows: rows[2].pop("guid"), "line 3: guid: Field required"),
        ("comments", lambda rows: rows[2].update(guid=rows[0]["guid"]), "comments.jsonl: two rows have the same guid"),
        ("comments", in_a_ring, "stands under itself"),
        ("comments", lambda rows: rows[2].update(parent_id=rows[2]["id"]), "stands under itself"),
        ("users", put(roles=["emperor"]), "users.jsonl, line 3: roles.0"),
        ("users", put(links=[{"href": "x"}]), "users.jsonl, line 3: links: each must have label and url"),
        ("memberships", put(answers=[1]), "memberships.jsonl, line 3: answers.0"),
        ("redirects", first(target="javascript:x()"), "redirects.jsonl, line 1: target"),
        ("redirects", first(target="//evil.example/"), "redirects.jsonl, line 1: target"),
        ("uploads", put(path="../../etc/passwd"), "uploads.jsonl, line 3: path"),
        ("resource_versions", first(storage_key="../x"), "versions.jsonl, line 1: storage_key"),
        ("author_keys", put(key="anything"), "author_keys.jsonl, line 3: key"),
        ("site", first(id=2), "site.jsonl, line 1: id"),
        ("media", first(path="../../evil"), "media.jsonl, line 1: the name “../../evil” can't be used"),
        ("media", first(bytes="many"), "media.jsonl, line 1: bytes"),
    ],
)  # fmt: skip
async def test_a_row_that_can_not_be_is_named_by_its_file_and_line(
    there: Doors,
    archive: Path,
    tmp_path: Path,
    table: str,
    change: Callable[[Lines], Any],
    says: str,
) -> None:
    source = forged(archive, tmp_path / "forged.zip", table, change)

    async with refused(there, says):
        await bring_in(there, tmp_path / "there", source)


async def test_what_would_act_in_a_reader_s_browser_comes_in_harmless(
    there: Doors, archive: Path, tmp_path: Path
) -> None:
    nasty = '<p onclick="x()">Hello<script>x()</script><a href="javascript:x()">there</a></p>'
    source = forged(
        archive, tmp_path / "forged.zip", "comments",
        put(body_html=nasty, author_url="javascript:x()"),
    )  # fmt: skip
    source = forged(
        source, tmp_path / "menu.zip", "site",
        first(accent="red;}", foot_menu=[{"label": "x", "url": "javascript:x()"}, {"page": "1"}]),
    )  # fmt: skip
    page = b"<html><script>x()</script></html>"
    with altered(source, tmp_path / "page.zip") as files:
        rows = [json.loads(line) for line in files["media.jsonl"].splitlines()]
        row = next(row for row in rows if not row["path"].startswith(("resources", "portraits")))
        row |= {"bytes": len(page), "sha256": hashlib.sha256(page).hexdigest()}
        files["media/" + row["path"]] = page
        _put_back(files, rows)

    await bring_in(there, tmp_path / "there", tmp_path / "page.zip")

    async with there.reading() as db:
        comments = (await db.scalars(select(Comment).order_by(Comment.id))).all()
        site = await db.get_one(SiteRow, 1)
        upload = await db.scalar(select(Upload).where(Upload.path == row["path"]))
    assert comments[2].body_html == '<p>Hello<a rel="ugc nofollow noopener">there</a></p>'
    assert comments[2].author_url == ""
    assert (site.accent, site.foot_menu) == ("", [])
    assert upload is not None
    assert upload.mime == "application/octet-stream"


def _put_back(files: dict[str, bytes], rows: Lines) -> None:
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    manifest = json.loads(files[MANIFEST])
    sums = {"rows": len(rows), "bytes": len(lines), "sha256": hashlib.sha256(lines).hexdigest()}
    manifest["files"]["media.jsonl"] = sums
    files["media.jsonl"], files[MANIFEST] = lines, json.dumps(manifest).encode()


async def test_what_only_the_database_refuses_is_named_and_another_archive_has_to_wait(
    there: Doors, archive: Path, tmp_path: Path
) -> None:
    source = forged(
        archive, tmp_path / "forged.zip", "offers", lambda rows: rows[0].update(times=1, taken=2)
    )

    with pytest.raises(Invalid, match=r"offers.jsonl, lines 1 to .*: the database refuses them"):
        await bring_in(there, tmp_path / "there", source)
    with pytest.raises(Conflict, match="Another archive was begun here"):
        await bring_in(there, tmp_path / "there", archive)


async def test_what_answers_something_further_down_finds_it(
    there: Doors, archive: Path, tmp_path: Path
) -> None:
    source = forged(
        archive, tmp_path / "forged.zip", "comments",
        lambda rows: (rows[0].update(parent_id=rows[-1]["id"]), rows[-1].update(parent_id=None)),
    )  # fmt: skip

    await bring_in(there, tmp_path / "there", source)

    async with there.reading() as db:
        comments = (await db.scalars(select(Comment).order_by(Comment.id))).all()
    assert comments[0].parent_id == comments[-1].id
