"""A site that came out of an archive reads as the one that went in, on either database."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from app.porting.archive.contents import CARRIED
from app.settings import Settings
from tests.databases import Copies, SqliteCopies, doors_to
from tests.porting.archives import Inside, a_full_site, bring_in, take_out
from tests.visiting import BASE_URL, rapport, running, visiting

pytestmark = pytest.mark.anyio

# A form says when it was made.
_PASSING = re.compile(r'name="form_token"[^>]*')


@asynccontextmanager
async def a_visitor_of(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who reads this site."""
    app = create_app(settings)
    async with running(app), visiting(app) as client:
        yield client


def settings_of(folder: Path, url: str) -> Settings:
    """The settings of one of two sites that share their secret."""
    return Settings(
        _env_file=None, data=folder, database_url=url, base_url=BASE_URL, secret_key="x" * 40
    )


async def test_every_page_and_feed_reads_the_same(copies: Copies, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    with copies.fresh(here) as one, copies.fresh(there) as other:
        async with doors_to(one) as doors:
            await a_full_site(doors, settings_of(here, one))
            await take_out(doors, here / "uploads", tmp_path / "site.zip")
        async with doors_to(other) as doors:
            await bring_in(doors, there / "uploads", tmp_path / "site.zip")
        posts = Inside(tmp_path / "site.zip").rows("posts")
        paths = [post["path"] for post in posts if post["status"] == "published"]
        paths += [f"{path}feed/" for path in paths[:3]]
        paths += [
            "/",
            "/feed/",
            "/comments/feed/",
            "/groups/",
            "/groups/thursday-club/feed/",
            "/groups/thursday-club/replies/feed/",
            "/resources/",
            "/sitemap.xml",
            "/people/",
        ]
        async with (
            a_visitor_of(settings_of(here, one)) as old,
            a_visitor_of(settings_of(there, other)) as new,
        ):
            for path in paths:
                before, after = await old.get(path), await new.get(path)
                assert after.status_code == before.status_code, path
                assert seen(after).splitlines() == seen(before).splitlines(), path


def seen(answer: httpx.Response) -> str:
    """What a reader sees of an answer."""
    return _PASSING.sub("", answer.text)


@pytest.mark.only_on("postgres")
async def test_a_site_goes_from_one_database_to_the_other_and_back(
    copies: Copies, tmp_path: Path
) -> None:
    light = tmp_path / "light"
    light.mkdir()
    files = SqliteCopies(light)
    first, second, third = (tmp_path / name for name in ("first.zip", "second.zip", "third.zip"))
    (tmp_path / "a").mkdir()
    with files.fresh(tmp_path / "a") as url:
        async with doors_to(url) as doors:
            await a_full_site(doors, settings_of(tmp_path / "a", url))
            await take_out(doors, tmp_path / "a" / "uploads", first)
    with copies.fresh(tmp_path) as url:
        async with doors_to(url) as doors:
            await bring_in(doors, tmp_path / "b", first)
            await take_out(doors, tmp_path / "b", second)
    (tmp_path / "c").mkdir()
    with files.fresh(tmp_path / "c") as url:
        async with doors_to(url) as doors:
            await bring_in(doors, tmp_path / "c" / "uploads", second)
            await take_out(doors, tmp_path / "c" / "uploads", third)

    assert Inside(first).contents() == Inside(second).contents() == Inside(third).contents()
    assert all(Inside(first).rows(carried.table.name) for carried in CARRIED)


def test_the_commands_say_what_they_did(here: dict[str, str], tmp_path: Path) -> None:
    there = here | {
        "RAPPORT_DATA": str(tmp_path / "there"),
        "RAPPORT_DATABASE_URL": f"sqlite:///{tmp_path}/there.sqlite3",
    }
    file = tmp_path / "site.zip"

    demo = rapport("demo", environment=here)
    out = rapport("export", "archive", str(file), environment=here)
    dry = rapport("import", "archive", str(file), "--dry-run", environment=there)
    came = rapport("import", "archive", str(file), environment=there)
    again = rapport("import", "archive", str(file), environment=there)
    full = rapport("import", "archive", str(file), environment=here)

    assert (demo.returncode, out.returncode, dry.returncode, came.returncode) == (0, 0, 0, 0)
    assert out.stdout.startswith("Rows written: ")
    assert "A dry run: nothing was changed. The archive is sound." in dry.stdout
    assert "rapport user password EMAIL" in came.stdout
    assert "nothing was added" in again.stdout
    assert full.returncode == 1
    assert full.stderr.splitlines()[-1].startswith("This site is not empty")
