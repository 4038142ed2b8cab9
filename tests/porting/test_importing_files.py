"""Real and hostile exports as they are: counted by another reader, imported twice, killed, taken out again."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
import pytest
from lxml import etree
from sqlalchemy import func, select

from app.core.markup import safe_text
from app.discussions.models import Comment
from app.media.models import Upload
from app.porting.wordpress.exporting.exporter import export_wordpress
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.porting.importing import Row, a_fresh_site, bring, everything
from tests.porting.test_content import dangers_in
from tests.porting.wxr_samples import BASE, a_comment, an_export, an_item
from tests.shared import payloads, shared_file
from tests.visiting import BASE_URL
from tests.warm_servers import WarmServer, start_warm

pytestmark = pytest.mark.anyio

REAL = [
    "data/wxr/theme-unit-test.xml",
    "data/wxr/wagtail-raw.xml",
    "data/wxr/wordpress-importer-crazy-cdata-malformed.xml",
    "data/wxr/wordpress-importer-utf-8-challenges.xml",
    "data/wxr/wordpress-importer-wxr-1.0.xml",
    "data/wordpress/export.wxr.xml",
]
HOSTILE = [
    f"data/attacks/files/wxr-{name}.xml"
    for name in ("control-chars", "cycle", "dates", "dupes", "laughs", "script", "slugs", "status")
]


def counted(path: Path) -> dict[str, int]:
    """What a lenient XML parser finds: another way of reading than ours."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    tree = etree.fromstring(re.sub(rb"<!DOCTYPE.*?\]>", b"", path.read_bytes()), parser)
    types = Counter(e.text for e in tree.iter("{*}post_type"))
    unread = sum(e.text in ("auto-draft", "inherit") for e in tree.iter("{*}status"))
    return {
        "posts": types["post"] - max(unread - types["attachment"], 0),
        "pages": types["page"],
        "uploads": types["attachment"],
        "comments": sum(1 for _ in tree.iter("{*}comment_id")),
    }


@pytest.mark.parametrize("name", [*REAL, *HOSTILE])
async def test_all_that_another_reader_counts_is_accounted_for(
    doors: Any, tmp_path: Path, name: str
) -> None:
    path = shared_file(name)
    report = await bring(doors, tmp_path, path)

    told = {kind: report.count(kind) for kind in ("posts", "pages", "uploads", "comments")}
    assert {kind: count.in_file for kind, count in told.items()} == counted(path)
    async with doors.reading() as db:
        rows = {
            "posts": await db.scalar(select(func.count()).where(Post.kind == "post")),
            "pages": await db.scalar(select(func.count()).where(Post.kind == "page")),
            "uploads": await db.scalar(select(func.count()).select_from(Upload)),
            "comments": await db.scalar(select(func.count()).select_from(Comment)),
        }
    assert {kind: count.imported for kind, count in told.items()} == rows
    for count in told.values():
        assert count.in_file == count.imported + count.skipped


@pytest.mark.parametrize("name", [*REAL, *HOSTILE])
async def test_twice_is_as_good_as_once(doors: Any, tmp_path: Path, name: str) -> None:
    path = shared_file(name)
    await bring(doors, tmp_path, path)
    once = await everything(doors)

    await bring(doors, tmp_path, path)

    assert await everything(doors) == once


@pytest.mark.parametrize("name", [*REAL, *HOSTILE])
async def test_out_and_in_and_out_again_is_the_same_file(
    doors: Any, copies: Any, tmp_path: Path, name: str
) -> None:
    await bring(doors, tmp_path, shared_file(name))
    first = await taken_out(doors, tmp_path / "first.xml")

    async with a_fresh_site(copies, tmp_path) as fresh:
        report = await bring(fresh, tmp_path, tmp_path / "first.xml")
        assert await taken_out(fresh, tmp_path / "second.xml") == first
    assert report.skipped == []
    assert report.notices == []


async def taken_out(doors: Doors, target: Path) -> str:
    """The site as an export."""
    await export_wordpress(doors, target, BASE_URL, lambda _done, _of: None)
    return undated(target)


def undated(file: Path) -> str:
    """The text of an export without the day it was made on."""
    text = re.sub(r'created="[^"]*"', "", file.read_text(encoding="utf-8"), count=1)
    return re.sub(r"<pubDate>[^<]*</pubDate>", "", text, count=1)


async def test_no_attack_in_any_field_gets_anywhere(doors: Any, tmp_path: Path) -> None:
    attacks = [*payloads("xss"), *payloads("naughty"), *payloads("sqli"), *payloads("traversal")]
    items = [an_item(number, **hostile(attack, number)) for number, attack in enumerate(attacks, 1)]

    report = await bring(doors, tmp_path, an_export(*items))

    assert report.count("posts").imported == report.count("comments").imported == len(attacks)
    rows = await everything(doors)
    for post in rows["posts"]:
        assert dangers(post["body_html"]) == []
        assert post["path"].startswith("/")
        assert ".." not in post["path"].split("/")
    for comment in rows["comments"]:
        assert dangers(comment["body_html"]) == []
        assert re.match(r"https?://|$", comment["author_url"])


def dangers(html: str) -> list[str]:
    """The same, quickly where there is nothing but words and plain tags."""
    is_plain = not re.search(r"<[a-z]+[^>]*=|<(?:script|iframe|style|object|form|embed)", html)
    return [] if is_plain else dangers_in(html)


def hostile(attack: str, number: int) -> dict[str, str]:
    """One payload in every field of a post and a comment, as text an exporter would have written."""
    sound = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", attack)
    text = str(safe_text(sound))
    cdata = "<![CDATA[" + sound.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    comment = a_comment(
        number, author=text, author_url=text, author_email=text, author_IP=text, content=cdata
    )
    return {
        "title": text, "content:encoded": cdata, "excerpt:encoded": cdata, "dc:creator": text,
        "wp:post_name": text, "link": f"{BASE}/{text}", "comments": comment,
    }  # fmt: skip


@pytest.mark.parametrize("seconds", [1.0, 1.6])
async def test_a_process_that_is_killed_leaves_a_site_that_the_next_one_completes(
    doors: Any, copies: Any, settings: Settings, tmp_path: Path, seconds: float
) -> None:
    file = a_load_file(tmp_path)
    process = importing(settings, file)
    await anyio.sleep(seconds)
    process.kill()
    process.wait()
    assert importing(settings, file).wait() == 0

    async with a_fresh_site(copies, tmp_path) as fresh:
        await bring(fresh, tmp_path, file)
        theirs, ours = await everything(fresh), await everything(doors)
    assert theirs.keys() == ours.keys()
    for table in theirs:
        assert facts_in(table, ours[table]) == facts_in(table, theirs[table]), table


def facts_in(table: str, rows: list[Row]) -> list[str]:
    """Rows without the keys of authors, hashed with the secret of each site, and what is in their order."""
    hashed = {"key", "id"} if table == "author_keys" else {"author_key_id"}
    facts = [
        repr({name: value for name, value in row.items() if name not in hashed}) for row in rows
    ]
    return sorted(facts) if table == "author_keys" else facts


def a_load_file(folder: Path) -> Path:
    """A small one of the sites that times are measured with."""
    file, maker = folder / "load.xml", shared_file("tools/loadsite.py")
    sizes = (
        "--posts",
        "30",
        "--comments",
        "2000",
    )
    subprocess.run([sys.executable, maker, "--wxr", file, *sizes], check=True)
    return file


def importing(settings: Settings, file: Path) -> WarmServer:
    """`rapport import wordpress`, as a process of its own."""
    told = {
        "RAPPORT_DATA": str(settings.data),
        "RAPPORT_DATABASE_URL": settings.database,
        "RAPPORT_BASE_URL": settings.base_url,
    }
    command = ("import", "wordpress", str(file))
    return start_warm(command, os.environ | told, Path(os.devnull))
