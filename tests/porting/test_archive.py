"""A whole site goes out as an archive and comes in elsewhere as the same."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.core.errors import Conflict
from app.porting.archive.contents import CARRIED
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.databases import Copies, doors_to
from tests.porting.archives import Inside, a_full_site, bring_in, take_out
from tests.porting.importing import Killed, Mortal, a_fresh_site, everything
from tests.visiting import BASE_URL
from tests.world import a_post

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Original:
    """A site that has something of everything, and its archive."""

    doors: Doors
    uploads: Path
    archive: Path


@pytest.fixture(scope="module")
async def original(
    copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Original]:
    folder = tmp_path_factory.mktemp("original")
    with copies.fresh(folder) as url:
        settings = Settings(_env_file=None, data=folder, database_url=url, base_url=BASE_URL)
        async with doors_to(url) as doors:
            await a_full_site(doors, settings)
            await take_out(doors, folder / "uploads", folder / "site.zip")
            yield Original(doors, folder / "uploads", folder / "site.zip")


@pytest.fixture
def archive(original: Original) -> Path:
    return original.archive


async def test_a_site_that_went_out_and_came_in_elsewhere_goes_out_again_the_same(
    archive: Path, copies: Copies, tmp_path: Path
) -> None:
    async with a_fresh_site(copies, tmp_path) as there:
        report = await bring_in(there, tmp_path / "there", archive)
        await take_out(there, tmp_path / "there", tmp_path / "again.zip")

    before, after = Inside(archive), Inside(tmp_path / "again.zip")
    assert before.contents() == after.contents()
    assert all(before.rows(carried.table.name) for carried in CARRIED), "a table nobody tried"
    assert before.rows("audit_entries") == after.rows("audit_entries")[:1]
    assert (report.files, report.files_missing, report.files_left_out) == (6, [], {})


async def test_what_is_not_in_an_archive_is_made_anew_where_it_comes_in(
    original: Original, archive: Path, copies: Copies, tmp_path: Path
) -> None:
    here = await everything(original.doors)
    async with a_fresh_site(copies, tmp_path) as there:
        await bring_in(there, tmp_path / "there", archive)
        copied = await everything(there)

    assert copied["case_counts"] == [row for row in here["case_counts"] if row["number"]]
    assert copied["threads"] == here["threads"]
    assert copied["thread_pages"] == here["thread_pages"]
    assert copied["uploads"] == here["uploads"]


async def test_what_is_written_next_gets_the_next_number(
    archive: Path, copies: Copies, tmp_path: Path
) -> None:
    async with a_fresh_site(copies, tmp_path) as there:
        await bring_in(there, tmp_path / "there", archive)
        async with there.unit_of_work() as db:
            highest = await db.scalar(select(func.max(Post.id)))
            post = await a_post(db)

    assert post.id == (highest or 0) + 1


async def test_a_second_run_adds_nothing_and_a_site_in_use_takes_none(
    original: Original, archive: Path, copies: Copies, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match="not empty"):
        await bring_in(original.doors, original.uploads, archive)
    async with a_fresh_site(copies, tmp_path) as there:
        await bring_in(there, tmp_path / "there", archive)
        once = await everything(there)
        report = await bring_in(there, tmp_path / "there", archive)
        twice = await everything(there)

    assert report.was_here
    assert once == twice


@pytest.mark.parametrize("units", [1, 6, 20, 31, 37])
async def test_a_run_that_was_killed_is_finished_by_the_next(
    units: int, archive: Path, copies: Copies, tmp_path: Path
) -> None:
    async with a_fresh_site(copies, tmp_path) as there:
        with pytest.raises(Killed):
            await bring_in(Mortal(there, units), tmp_path / "there", archive)  # type: ignore[arg-type]
        await bring_in(there, tmp_path / "there", archive)
        await take_out(there, tmp_path / "there", tmp_path / "again.zip")

    assert Inside(archive).contents() == Inside(tmp_path / "again.zip").contents()


async def test_a_dry_run_looks_at_everything_and_changes_nothing(
    archive: Path, copies: Copies, tmp_path: Path
) -> None:
    async with a_fresh_site(copies, tmp_path) as there:
        before = await everything(there)
        report = await bring_in(there, tmp_path / "there", archive, is_dry_run=True)
        after = await everything(there)

    assert before == after
    assert not (tmp_path / "there").exists()
    assert report.rows["comments"] > 100


async def test_secrets_addresses_and_what_is_between_two_stay_behind(archive: Path) -> None:
    inside = Inside(archive)
    text = b"".join(inside.read(name) for name in inside.names() if name.endswith(".jsonl"))

    for word in (b"password_hash", b"totp_secret", b"author_ip", b"author_agent", b"token_hash"):
        assert word not in text
    assert "promises.jsonl" not in inside.names()
    assert inside.manifest["left_out"]["messages"].startswith("between its two sides")
    assert inside.mode() & 0o077 == 0
