"""An export handed in at `/admin/import/`: looked into, brought in, and what came of it read afterwards."""

import gzip
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text, update

from app.accounts.actor import Role
from app.core import clock
from app.core.jobs import Tools
from app.discussions.models import Comment
from app.porting.handed_in.jobs import tidy_imports
from app.porting.handed_in.models import SiteImport
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.porting import disqus_samples as disqus
from tests.porting.wxr_samples import HEAD, a_comment, an_export, an_item
from tests.web.owning import audited
from tests.world import a_post

pytestmark = pytest.mark.anyio

IMPORT = "/admin/import/"
EXPORT = an_export(
    an_item(1, comments=a_comment(11) + a_comment(12)),
    an_item(2, title="Tea &amp; toast"),
    an_item(3, wp__post_type="nav_menu_item"),
    head=HEAD,
)

# Without the pictures of the old site, which answers nobody here.
BARE = {"fetch_files": ""}


@pytest.fixture
async def owner(signed_in: SignedIn) -> httpx.AsyncClient:
    """Somebody to whom the site belongs."""
    return await signed_in(Role.OWNER)


async def hand_in(
    owner: httpx.AsyncClient, content: bytes, name: str = "blog.xml"
) -> httpx.Response:
    return await owner.post(IMPORT, files={"file": (name, content, "text/xml")})


def words(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


async def number_of(doors: Doors, model: Any) -> int:
    async with doors.reading() as db:
        return await db.scalar(select(func.count()).select_from(model)) or 0


def left_in(settings: Settings) -> list[Path]:
    folder = settings.data / "imports"
    return [one for one in folder.rglob("*") if one.is_file()] if folder.exists() else []


async def test_an_export_is_looked_into_first_and_brought_in_on_its_owners_word(
    owner: httpx.AsyncClient, doors: Doors, settings: Settings, run_jobs: RunJobs
) -> None:
    answer = await hand_in(owner, EXPORT)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{IMPORT}1/")
    assert "It is being looked into. Nothing is changed." in words(await owner.get(f"{IMPORT}1/"))

    await run_jobs()

    looked = words(await owner.get(f"{IMPORT}1/"))
    assert "This is what would come in. Nothing is changed yet." in looked
    assert "What is in it: Old blog" in looked
    assert "Authors 1 1 0 0" in looked
    assert "Posts 2 2 0 0 Comments 2 2 0 0" in looked
    assert "gwen: Gwen & Co" in looked
    assert "Left out, as they have no place here (1) nav_menu_item × 1" in looked
    assert await number_of(doors, Post) == 0

    answer = await owner.post(f"{IMPORT}1/confirmation", data=BARE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{IMPORT}1/")
    assert "It is being brought in." in words(await owner.get(f"{IMPORT}1/"))

    await run_jobs()

    assert "It is in. This is what came of it." in words(await owner.get(f"{IMPORT}1/"))
    assert "Posts 2 2 0 0 Comments 2 2 0 0" in words(await owner.get(f"{IMPORT}1/"))
    assert "Tea & toast" in words(await owner.get("/2012/01/post-2/"))
    assert await number_of(doors, Comment) == 2
    assert left_in(settings) == []
    for what in ("import handed in", "import begun", "import finished"):
        (entry,) = await audited(doors, what)
        assert (entry.thing, entry.user_id) == ("import:1", 1)
    assert f'href="{IMPORT}1/"' in (await owner.get("/admin/log/")).text
    assert "blog.xml brought in" in words(await owner.get(IMPORT))


async def test_a_second_run_adds_nothing_and_says_so(
    owner: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs
) -> None:
    for number in (1, 2):
        await hand_in(owner, EXPORT)
        await run_jobs()
        await owner.post(f"{IMPORT}{number}/confirmation", data=BARE)
        await run_jobs()

    assert "Posts 2 0 2 0 Comments 2 0 2 0" in words(await owner.get(f"{IMPORT}2/"))
    assert await number_of(doors, Post) == 2


async def test_it_is_nobody_elses(
    visitor: httpx.AsyncClient, owner: httpx.AsyncClient, signed_in: SignedIn, settings: Settings
) -> None:
    editor = await signed_in(Role.EDITOR, Role.MODERATOR)
    await hand_in(owner, EXPORT)

    for path in (IMPORT, f"{IMPORT}1/"):
        assert (await visitor.get(path)).status_code == 401
        assert (await editor.get(path)).status_code == 403
    assert (await hand_in(editor, EXPORT)).status_code == 403
    for act in ("confirmation", "dismissal"):
        assert (await editor.post(f"{IMPORT}1/{act}", data=BARE)).status_code == 403
        assert (await owner.post(f"{IMPORT}7/{act}", data=BARE)).status_code == 404
    assert len(left_in(settings)) == 1


async def test_two_imports_at_once_are_refused(
    owner: httpx.AsyncClient, settings: Settings, run_jobs: RunJobs
) -> None:
    await hand_in(owner, EXPORT)
    for _time in ("while looked into", "while it waits for a yes"):
        second = await hand_in(owner, EXPORT, "other.xml")
        assert second.status_code == 409
        assert "“blog.xml” is not done with: one import at a time." in words(second)
        await run_jobs()
    early = await owner.post(f"{IMPORT}1/dismissal")
    late = await owner.post(f"{IMPORT}1/confirmation", data=BARE)

    assert early.status_code == 303
    assert late.status_code == 409
    assert "This import does not wait for a yes" in words(late)
    await run_jobs()
    assert (await hand_in(owner, EXPORT, "other.xml")).status_code == 303
    assert len(left_in(settings)) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty."),
        (b"title,text\nA,B\n", "This is no XML file: it does not begin with “<”."),
        (b"PK\x03\x04rest", "This is a ZIP. Unpack it"),
        (b"<!DOCTYPE html><title>Log in</title>", "This is a web page, no export"),
        (gzip.compress(EXPORT)[:-20], "packed by gzip, and its end is missing."),
        (b"\x1f\x8b no gzip", "packed by gzip, and can't be unpacked."),
    ],
    ids=["empty", "csv", "zip", "page", "cut", "no gzip"],
)
async def test_what_is_plainly_no_export_is_refused_at_once(
    owner: httpx.AsyncClient, doors: Doors, settings: Settings, content: bytes, says: str
) -> None:
    answer = await hand_in(owner, content)

    assert answer.status_code == 422
    assert says in words(answer)
    assert await number_of(doors, SiteImport) == 0
    assert left_in(settings) == []


async def test_a_form_without_a_file_asks_for_one(owner: httpx.AsyncClient) -> None:
    answer = await hand_in(owner, b"", name="")

    assert answer.status_code == 422
    assert "Please choose a file." in words(answer)


async def test_an_export_packed_by_gzip_is_unpacked(
    owner: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    # Two packed files in a row are one, as `cat` makes them.
    packed = gzip.compress(EXPORT[:500]) + gzip.compress(EXPORT[500:])
    await hand_in(owner, packed, "blog.xml.gz")
    await run_jobs()

    assert "Posts 2 2 0 0" in words(await owner.get(f"{IMPORT}1/"))


@pytest.mark.parametrize(
    "content",
    [
        an_export(an_item(1), "<item><title>Broken</title><![CDATA[never closed</item>"),
        an_export(an_item(1), "<item><title>Broken</title>").removesuffix(
            b"\n</channel>\n</rss>\n"
        ),
    ],
    ids=["not closed", "cut off"],
)
async def test_what_is_broken_in_a_file_is_told_with_its_line(
    owner: httpx.AsyncClient, run_jobs: RunJobs, content: bytes
) -> None:
    await hand_in(owner, content)
    await run_jobs()

    report = words(await owner.get(f"{IMPORT}1/"))
    line = content[: content.index(b"<title>Broken")].count(b"\n") + 1
    assert "Posts 1 1 0 0" in report
    assert f"Not imported (1) line {line}: item “Broken”: " in report


async def test_a_feed_is_told_from_an_export_in_words(
    owner: httpx.AsyncClient, settings: Settings, run_jobs: RunJobs
) -> None:
    await hand_in(owner, b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>')
    await run_jobs()

    page = words(await owner.get(f"{IMPORT}1/"))
    assert "It could not be brought in: This is a feed, not a WordPress export" in page
    assert left_in(settings) == []
    assert (await hand_in(owner, EXPORT)).status_code == 303


async def test_comments_from_disqus_come_by_the_same_way(
    owner: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db, "Tea")
    said = (disqus.Said(11, 1), disqus.Said(12, 1, parent=11))
    thread = disqus.a_thread(1, f"https://old.example{post.path}")
    await hand_in(owner, disqus.an_export(thread, *map(disqus.a_post, said)))
    await run_jobs()

    page = await owner.get(f"{IMPORT}1/")
    assert "comments in the file 2 imported 2" in words(page)
    assert "fetch_files" not in page.text
    await owner.post(f"{IMPORT}1/confirmation", data=BARE)
    await run_jobs()

    assert await number_of(doors, Comment) == 2


async def test_who_let_it_go_finds_what_was_in_and_the_file_gone(
    owner: httpx.AsyncClient, doors: Doors, settings: Settings, run_jobs: RunJobs
) -> None:
    await hand_in(owner, EXPORT)
    await run_jobs()
    await owner.post(f"{IMPORT}1/confirmation", data=BARE)
    await owner.post(f"{IMPORT}1/dismissal")
    await run_jobs()
    again = await owner.post(f"{IMPORT}1/dismissal")

    assert "It was let go." in words(await owner.get(f"{IMPORT}1/"))
    assert again.status_code == 409
    assert await number_of(doors, Post) == 0
    assert left_in(settings) == []


async def test_what_nobody_said_yes_to_is_let_go_after_a_month(
    owner: httpx.AsyncClient, doors: Doors, settings: Settings, run_jobs: RunJobs
) -> None:
    await hand_in(owner, EXPORT)
    await run_jobs()
    with clock.moved(timedelta(days=29)):
        await tidy_imports(Tools(doors, settings))
    assert len(left_in(settings)) == 1

    with clock.moved(timedelta(days=31)):
        await tidy_imports(Tools(doors, settings))

    assert left_in(settings) == []
    assert "It was let go." in words(await owner.get(f"{IMPORT}1/"))


async def test_a_file_that_is_gone_is_asked_for_once_more(
    owner: httpx.AsyncClient, settings: Settings, run_jobs: RunJobs
) -> None:
    await hand_in(owner, EXPORT)
    for file in left_in(settings):
        file.unlink()
    await run_jobs()

    assert "The file is gone. Hand it in once more." in words(await owner.get(f"{IMPORT}1/"))


@pytest.mark.only_on("sqlite")
async def test_an_import_that_breaks_off_says_so_at_once(
    owner: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs
) -> None:
    await hand_in(owner, EXPORT)
    await run_jobs()
    async with doors.unit_of_work() as db:
        await db.execute(
            text("CREATE TRIGGER no BEFORE INSERT ON posts BEGIN SELECT RAISE(ABORT, 'no'); END")
        )
    await owner.post(f"{IMPORT}1/confirmation", data=BARE)
    await run_jobs(may_fail=True)

    page = words(await owner.get(f"{IMPORT}1/"))
    assert "It could not be brought in: it broke off (IntegrityError: " in page
    assert "the same file goes on from there" in page
    (entry,) = await audited(doors, "import failed")
    assert entry.thing == "import:1"


async def test_a_run_that_was_taken_for_dead_writes_nothing_down(
    owner: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs
) -> None:
    """Whoever was killed between its last row and its word of it is followed by a whole new run."""
    await hand_in(owner, EXPORT)
    async with doors.unit_of_work() as db:
        await db.execute(update(SiteImport).values(run="of somebody who died"))
    await run_jobs()

    assert "This is what would come in." in words(await owner.get(f"{IMPORT}1/"))


class TestWithLittleRoom:
    """A site where an export has at most one megabyte."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """Settings that say so."""
        return settings.model_copy(update={"import_mb": 1})

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (EXPORT + b" " * (1 << 20), "A file has at most 1 MB."),
            (gzip.compress(b"<rss>" + b" " * (30 << 20)), "has more than 20 MB."),
        ],
        ids=["large", "bomb"],
    )
    async def test_what_is_too_large_is_refused_and_the_command_shown(
        self, owner: httpx.AsyncClient, settings: Settings, content: bytes, says: str
    ) -> None:
        answer = await hand_in(owner, content)

        assert answer.status_code == 413
        assert says in words(answer)
        assert 'value="rapport import wordpress' in answer.text
        assert left_in(settings) == []
