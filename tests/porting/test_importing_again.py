"""A file may be imported any number of times, into any site, and killed at any moment."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.errors import Invalid
from app.discussions.models import Comment, Thread
from app.posts.models import Post
from tests.porting.importing import Killed, Mortal, a_fresh_site, bring, everything
from tests.porting.wxr_samples import BASE, HEAD, a_comment, an_attachment, an_export, an_item, meta
from tests.world import a_comment as a_comment_here
from tests.world import a_post

pytestmark = pytest.mark.anyio


async def test_numbers_that_are_taken_here_give_way_and_are_remembered(
    doors: Any, tmp_path: Path
) -> None:
    async with doors.unit_of_work() as db:
        mine = await a_post(db, "Mine")
        words = await a_comment_here(db, under=mine)
        taken = (mine.id, words.id)
    number, comment = taken
    item = an_item(number, comments=a_comment(comment) + a_comment(50, parent=str(comment)))

    await bring(doors, tmp_path, an_export(item, an_item(60)))

    async with doors.reading() as db:
        post = (await db.scalars(select(Post).where(Post.guid == f"{BASE}/?p={number}"))).one()
        found = {c.guid: c for c in await db.scalars(select(Comment).where(Comment.id != comment))}
    assert (post.id, post.legacy_id) == (61, number)
    moved, kept = found[f"{post.guid}#comment-{comment}"], found[f"{post.guid}#comment-50"]
    assert (moved.id, moved.legacy_id) == (51, comment)
    assert (kept.id, kept.legacy_id, kept.parent_id) == (50, None, 51)
    async with doors.unit_of_work() as db:
        assert (await a_post(db, "Next")).id == 62


async def test_threads_that_have_other_numbers_than_their_posts_are_in_nobodys_way(
    doors: Any, tmp_path: Path
) -> None:
    """As on every site where something was begun in a group."""
    async with doors.unit_of_work() as db:
        mine = await a_post(db, "Mine")
        await db.execute(update(Thread).where(Thread.post_id == mine.id).values(id=mine.id + 1))
    items = [an_item(n, comments=a_comment(n + 10)) for n in (mine.id, mine.id + 1, mine.id + 2)]

    report = await bring(doors, tmp_path, an_export(*items))

    assert (report.count("posts").imported, report.count("comments").imported) == (3, 3)
    async with doors.reading() as db:
        theirs = select(Thread.post_id).join(Comment, Comment.thread_id == Thread.id)
        assert len(set(await db.scalars(theirs))) == 3


async def test_what_is_there_twice_comes_once_and_is_named(doors: Any, tmp_path: Path) -> None:
    same_guid = an_item(2, guid=f"{BASE}/?p=1")
    report = await bring(doors, tmp_path, an_export(an_item(1), an_item(1), same_guid, same_guid))

    async with doors.reading() as db:
        guids = list(await db.scalars(select(Post.guid).order_by(Post.id)))
    assert guids == [f"{BASE}/?p=1", f"{BASE}/?p=1#2"]
    assert [skipped.what for skipped in report.skipped] == ["post “Post 1”", "post “Post 2”"]


async def test_what_has_no_place_here_is_left_out_and_counted(doors: Any, tmp_path: Path) -> None:
    others = [
        an_item(1, wp__post_type="nav_menu_item"),
        an_item(2, wp__post_type="product", comments=a_comment(1)),
        an_item(3, wp__status="auto-draft"),
        an_item(4, wp__post_type="revision", wp__status="inherit"),
    ]
    odd = an_item(5, content__encoded="<![CDATA[[poll id=1] <!-- wp:search /-->]]>")
    report = await bring(doors, tmp_path, an_export(*others, odd))

    assert dict(report.left_out_types) == {
        "nav_menu_item": 1, "product": 1, "auto-draft": 1, "revision": 1,
    }  # fmt: skip
    (post,) = report.posts
    assert (post.left_shortcodes, post.dropped_blocks) == (("poll",), ("search",))
    told = "\n".join(report.as_lines())
    assert all(word in told for word in ("nav_menu_item × 1", "poll × 1", "search × 1", "product"))
    assert report.as_json()["left_shortcodes"] == {"poll": 1}


async def test_a_second_run_changes_nothing_and_says_so(doors: Any, tmp_path: Path) -> None:
    text = an_export(
        an_item(1, comments="".join(a_comment(n, parent=str(n + 1)) for n in range(1, 30))),
        an_attachment(2, wp__post_parent="1"),
        an_item(3, wp__post_type="page", wp__post_parent="4"),
        an_item(4, wp__post_type="page", extra=meta("_wp_old_slug", "x")),
        head=HEAD,
    )
    await bring(doors, tmp_path, text)
    before = await everything(doors)

    report = await bring(doors, tmp_path, text)

    assert await everything(doors) == before
    assert all(count.imported == 0 for count in report.counts.values())
    assert report.count("comments").known == 29


async def test_a_dry_run_says_the_same_and_changes_nothing(doors: Any, tmp_path: Path) -> None:
    text = an_export(
        an_item(1, comments=a_comment(1) + a_comment(2, parent="1")), an_item(2), an_item(2),
        an_item(3, link=f"{BASE}/2012/01/post-1/", dc__creator="nobody"), an_attachment(4), head=HEAD,
    )  # fmt: skip
    before = await everything(doors)

    dry = await bring(doors, tmp_path, text, dry_run=True)
    assert await everything(doors) == before

    wet = await bring(doors, tmp_path, text)
    assert dry.as_json() | {"is_dry_run": False} == wet.as_json()


# A thread longer than two units, answers before what they answer, pages before their parents.
UNITS = 8
LONG = "".join(a_comment(n, parent=str(n + 1) if n % 3 else "0") for n in range(1, 1000))
EVENTFUL = an_export(
    an_item(1, comments=LONG),
    an_item(2, comments=a_comment(2000), wp__post_type="page", wp__post_parent="4"),
    an_attachment(3, wp__post_parent="1"),
    an_item(4, wp__post_type="page", extra=meta("_wp_old_slug", "x")),
    an_item(1, guid=f"{BASE}/?p=other", comments=a_comment(1)),
    head=HEAD,
)


@pytest.mark.parametrize("units", [*range(UNITS)])
async def test_killed_in_any_unit_the_next_run_makes_it_whole(
    doors: Any, copies: Any, tmp_path: Path, units: int
) -> None:
    with pytest.raises(Killed):
        await bring(Mortal(doors, units), tmp_path, EVENTFUL)
    await bring(Mortal(doors, UNITS), tmp_path, EVENTFUL)

    async with a_fresh_site(copies, tmp_path) as fresh:
        await bring(Mortal(fresh, UNITS), tmp_path, EVENTFUL)
        assert await everything(doors) == await everything(fresh)


@pytest.mark.parametrize("name", ["not-there.xml", "."])
async def test_no_file_is_one_sentence(doors: Any, tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match="There is no file"):
        await bring(doors, tmp_path, tmp_path / name)
