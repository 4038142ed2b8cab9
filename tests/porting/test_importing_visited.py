"""Who follows an old address finds what stood there, word for word and comment for comment."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.porting.wordpress.importing.survey import readings_of
from app.porting.wordpress.reading.values import Item, WxrComment
from tests.porting.importing import bring
from tests.porting.test_importing_files import REAL
from tests.shared import shared_file

pytestmark = pytest.mark.anyio


def public_items(path: Path) -> list[Item]:
    found = readings_of(path, lambda _read: None)
    kinds = ("post", "page")
    items = [one for one in found if isinstance(one, Item) and one.type in kinds]
    return [i for i in items if i.status == "publish" and i.at and not i.password]


@pytest.mark.parametrize("name", REAL)
async def test_every_old_address_answers_and_shows_its_comments(
    doors: Any, visitor: Any, tmp_path: Path, name: str
) -> None:
    path = shared_file(name)
    report = await bring(doors, tmp_path, path)
    moved = {post.line for post in report.posts if post.remarks}

    for item in public_items(path):
        parts = urlsplit(item.link)
        # One real page has an address with two slashes, by which WordPress does not know it either.
        path_asked = parts.path.replace("//", "/")
        address = f"{path_asked or '/'}?{parts.query}" if parts.query else path_asked
        if item.line in moved or not address:
            continue
        answer = await visitor.get(address, follow_redirects=bool(parts.query))
        assert answer.status_code == 200, item.link
        shown = set(re.findall(r'id="comment-(\d+)"', answer.text))
        said = (c for c in item.comments if isinstance(c, WxrComment) and c.approved == "1")
        assert {str(comment.id) for comment in said} <= shown, item.link


async def test_every_guid_is_in_the_feed_byte_for_byte(
    doors: Any, visitor: Any, tmp_path: Path
) -> None:
    path = shared_file("data/wxr/theme-unit-test.xml")
    report = await bring(doors, tmp_path, path)
    moved = {post.line for post in report.posts if "guid" in "".join(post.remarks)}

    feeds = ""
    for page in range(1, 9):
        answer = await visitor.get("/feed/", params={"page": page} if page > 1 else None)
        feeds += answer.text if answer.status_code == 200 else ""

    posts = [i for i in public_items(path) if i.type == "post" and i.line not in moved]
    missing = [i.guid for i in posts if f">{i.guid}</guid>".replace("&", "&amp;") not in feeds]
    assert posts
    assert missing == []
