"""`rapport commenter …` in a process of its own."""

import json
from pathlib import Path

import pytest

from app.settings import Settings
from app.work import Doors
from tests.notifications.blog.reading import they_follow
from tests.visiting import BASE_URL, rapport
from tests.world import a_comment, a_post

pytestmark = pytest.mark.anyio


async def test_a_commenter_is_taken_out_and_forgotten(
    doors: Doors, settings: Settings, tmp_path: Path
) -> None:
    here = {
        "RAPPORT_DATA": str(settings.data),
        "RAPPORT_DATABASE_URL": settings.database,
        "RAPPORT_BASE_URL": BASE_URL,
    }
    async with doors.unit_of_work() as db:
        post = await a_post(db, "Bread & <salt>")
        await a_comment(db, "Mine, <b>and</b> bold", under=post, author_email="gwen@example.org")
        await a_comment(db, "Not mine", under=post, author_email="ada@example.org")
    await they_follow(doors, settings, "gwen@example.org")

    page = tmp_path / "gwen.html"
    taken = rapport(
        "commenter", "export", "GWEN@example.org", "--html", str(page), environment=here
    )
    (mine,) = json.loads(taken.stdout)["comments"]
    assert json.loads(taken.stdout)["new_posts"][0]["address"] == "gwen@example.org"
    assert mine["text"] == "Mine, <b>and</b> bold"
    assert "Mine, &lt;b&gt;and&lt;/b&gt; bold" in page.read_text()
    assert "Bread &amp; &lt;salt&gt;" in page.read_text()

    erased = rapport("commenter", "erase", "gwen@example.org", environment=here)
    assert erased.stdout == "Forgotten, with 1 comments.\n"
    again = rapport("commenter", "export", "gwen@example.org", environment=here)
    assert json.loads(again.stdout)["comments"] == []
    assert json.loads(again.stdout)["new_posts"] == []
    assert rapport("commenter", "erase", "x", "--texts", "burn", environment=here).returncode == 2
