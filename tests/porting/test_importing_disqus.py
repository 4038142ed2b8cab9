"""Comments that were kept at Disqus come under their posts."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.core.errors import Invalid
from app.discussions.models import Comment, CommentStatus, Thread
from app.moderation.models import Case
from app.porting.disqus.importing import import_disqus
from app.porting.disqus.report import DisqusReport
from app.posts.models import Post
from app.work import Doors
from tests.conftest import CountQueries
from tests.porting.disqus_samples import Said, a_post, a_thread, an_export, many
from tests.porting.importing import Killed, Mortal, everything
from tests.visiting import BASE_URL
from tests.world import SECRETS, a_comment, a_redirect, the_site
from tests.world import a_post as a_written_post

pytestmark = pytest.mark.anyio

OLD = "http://old.example.org"


async def bring(
    work: Any, folder: Path, content: bytes, *, is_dry_run: bool = False
) -> DisqusReport:
    """Import a text as a file."""
    file = folder / "disqus.xml"
    file.write_bytes(content)
    silent = lambda _step, _done, _of: None  # noqa: E731
    return await import_disqus(work, SECRETS, BASE_URL, file, silent, is_dry_run=is_dry_run)


async def some_posts(doors: Doors, number: int = 1) -> list[Post]:
    async with doors.unit_of_work() as db:
        await the_site(db)
        return [await a_written_post(db, title=f"Post {at}") for at in range(number)]


async def comments(doors: Doors) -> dict[int | None, Comment]:
    """All comments by the numbers they had at Disqus."""
    async with doors.reading() as db:
        return {row.legacy_id: row for row in await db.scalars(select(Comment))}


async def test_ten_thousand_comments_come_with_their_threads_and_states(
    doors: Doors, tmp_path: Path
) -> None:
    posts = await some_posts(doors, 60)
    content, said = many(10_000, [f"{OLD}{post.path}" for post in posts])

    report = await bring(doors, tmp_path, content)

    found = await comments(doors)
    assert (report.comments, report.imported, report.known) == (10_000, 10_000, 0)
    assert report.skipped == report.unmatched == report.cut == []
    for one in said:
        row = found[one.id]
        parent = None if one.parent is None else found[one.parent].id
        assert (row.parent_id, row.status) == (parent, state_of(one))
        assert row.created_at.strftime("%Y-%m-%dT%H:%M:%SZ") == one.at
    approved = Counter(one.thread for one in said if state_of(one) == CommentStatus.APPROVED)
    async with doors.reading() as db:
        threads = {row.post_id: row for row in await db.scalars(select(Thread))}
        cases = Counter([row.tab for row in await db.scalars(select(Case))])
    for at, post in enumerate(posts):
        assert threads[post.id].comment_count == approved[1001 + at]
    assert cases["spam"] == sum(one.is_spam for one in said)
    assert cases["removed"] == sum(one.is_deleted for one in said)


def state_of(said: Said) -> CommentStatus:
    if said.is_spam:
        return CommentStatus.SPAM
    return CommentStatus.REMOVED if said.is_deleted else CommentStatus.APPROVED


async def test_a_second_run_adds_nothing_and_takes_no_decision_back(
    doors: Doors, tmp_path: Path
) -> None:
    posts = await some_posts(doors, 5)
    content, _said = many(300, [f"{OLD}{post.path}" for post in posts])
    await bring(doors, tmp_path, content)
    once = await everything(doors)

    report = await bring(doors, tmp_path, content)

    assert (report.imported, report.known) == (0, 300)
    assert await everything(doors) == once


@pytest.mark.parametrize("units", [0, 1, 2, 5])
async def test_a_run_that_was_killed_is_finished_by_the_next(
    doors: Doors, tmp_path: Path, units: int
) -> None:
    posts = await some_posts(doors, 3)
    content, said = many(2000, [f"{OLD}{post.path}" for post in posts])

    with pytest.raises(Killed):
        await bring(Mortal(doors, units), tmp_path, content)
    report = await bring(doors, tmp_path, content)

    found = await comments(doors)
    assert report.known + report.imported == 2000
    assert all(found[one.parent].id == found[one.id].parent_id for one in said if one.parent)


async def test_a_dry_run_says_the_same_and_changes_nothing(doors: Doors, tmp_path: Path) -> None:
    posts = await some_posts(doors, 3)
    content, _said = many(200, [f"{OLD}{post.path}" for post in posts])
    before = await everything(doors)

    dry = await bring(doors, tmp_path, content, is_dry_run=True)
    assert await everything(doors) == before
    wet = await bring(doors, tmp_path, content)

    assert dry.as_json() == {**wet.as_json(), "is_dry_run": True}


async def test_pages_are_found_whatever_their_links_look_like(doors: Doors, tmp_path: Path) -> None:
    (post, moved, titled, _other) = await some_posts(doors, 4)
    path = str(post.path)
    async with doors.unit_of_work() as db:
        await a_redirect(db, "/once/here/", to=moved)
    links = [
        f"https://www.old.example.org{path}",
        f"{OLD}{path.rstrip('/')}",
        f"{OLD}{path}index.html?utm_source=x#disqus_thread",
        f"{OLD}/?p={post.id}",
        f"{OLD}/once/here/",
        f"{OLD}/nowhere/",
    ]
    parts = [a_thread(at, link.replace("&", "&amp;")) for at, link in enumerate(links, 1)]
    parts.append(a_thread(7, f"{OLD}/elsewhere/", title=titled.title))
    parts.append(a_thread(8, "https://[broken", title="Nothing is called so"))
    said = [a_post(Said(id=100 + at, thread=at)) for at in range(1, 9)]

    report = await bring(doors, tmp_path, an_export(*parts, *said))

    found = {one.path: one.threads for one in report.pages}
    assert set(found[path]) == {"1", "2", "3", "4"}
    assert found[str(moved.path)] == {"5": "by a redirect"}
    assert found[str(titled.path)] == {"7": "by its title alone: please look at it"}
    assert [one.link for one in report.unmatched] == [f"{OLD}/nowhere/", "https://[broken"]


async def test_answers_to_nothing_and_rings_begin_conversations_of_their_own(
    doors: Doors, tmp_path: Path
) -> None:
    (post,) = await some_posts(doors)
    content = an_export(
        a_thread(1, f"{OLD}{post.path}"),
        a_post(Said(id=11, thread=1, parent=99)),
        a_post(Said(id=12, thread=1, parent=13)),
        a_post(Said(id=13, thread=1, parent=12)),
        a_post(Said(id=14, thread=1, parent=14)),
        a_post(Said(id=11, thread=1, message="again")),
        a_post(Said(id=15, thread=2)),
        '<post dsq:id="many"><thread dsq:id="1" /></post>',
    )

    report = await bring(doors, tmp_path, content)

    found = await comments(doors)
    assert sorted(key for key in found if key) == [11, 12, 13, 14]
    assert [one.parent_id for one in found.values()].count(None) == 3
    assert [one.what for one in report.cut] == ["comment 11", "comment 14", "comment 12"]
    assert [one.what for one in report.skipped] == ["comment 11", "post", "1 comments"]


async def test_what_is_broken_in_the_middle_comes_in_up_to_there_and_the_rest_later(
    doors: Doors, tmp_path: Path
) -> None:
    posts = await some_posts(doors, 2)
    content, said = many(100, [f"{OLD}{post.path}" for post in posts])
    half = content[: content.index(b"Number 60 ")]

    first = await bring(doors, tmp_path, half)
    second = await bring(doors, tmp_path, content)

    found = await comments(doors)
    assert first.broken_at == half.count(b"\n") + 1
    assert 50 < first.imported < 70
    assert (second.known, second.imported) == (first.imported, 100 - first.imported)
    for one in said:
        parent = None if one.parent is None else found[one.parent].id
        assert found[one.id].parent_id == parent
        above = b"" if one.parent is None else found[one.parent].place
        assert found[one.id].place.startswith(above[:44])


async def test_an_answer_goes_under_what_it_answers_once_a_longer_file_has_that(
    doors: Doors, tmp_path: Path
) -> None:
    (post,) = await some_posts(doors)
    thread = a_thread(1, f"{OLD}{post.path}")
    answers = a_post(Said(id=12, thread=1, parent=11)), a_post(Said(id=13, thread=1, parent=12))

    first = await bring(doors, tmp_path, an_export(thread, *answers))
    await bring(doors, tmp_path, an_export(thread, *answers, a_post(Said(id=11, thread=1))))

    found = await comments(doors)
    assert [one.what for one in first.cut] == ["comment 12"]
    assert found[12].parent_id == found[11].id
    assert [found[number].depth for number in (11, 12, 13)] == [1, 2, 3]
    assert found[11].place < found[12].place < found[13].place


async def test_words_are_cleaned_and_guests_without_an_address_have_no_key(
    doors: Doors, tmp_path: Path
) -> None:
    (post,) = await some_posts(doors)
    nasty = (
        '<p onclick="x()">Look <script>alert(1)</script><a href="javascript:x()">here</a>'
        '<img src="https://spy.example/p.gif"> and <a href="http://disq.us/url?url=https%3A%2F%2Fa.example'
        '%2Fb%3AMnN8wFsqfTnz5t2JX0rKZ2s1FmE&amp;cuid=1">there</a></p>'
    )
    content = an_export(
        a_thread(1, f"{OLD}{post.path}", closed=True),
        a_post(Said(id=11, thread=1, message=nasty, name="A &lt;b&gt; C")),
        a_post(Said(id=12, thread=1, at="yesterday", more="")),
    )

    report = await bring(doors, tmp_path, content)

    found = await comments(doors)
    html = str(found[11].body_html)
    assert not any(word in html for word in ("script", "onclick", "<img", "disq.us"))
    assert 'href="https://a.example/b"' in html
    assert (found[11].author_name, found[11].author_key_id) == ("A C", None)
    assert found[12].created_at == post.published_at
    assert report.pages[0].was_closed
    async with doors.reading() as db:
        assert (await db.get_one(Post, post.id)).comments_open is False


async def test_comments_that_were_here_stay_and_are_counted_with_the_new_ones(
    doors: Doors, tmp_path: Path
) -> None:
    (post,) = await some_posts(doors)
    async with doors.unit_of_work() as db:
        await a_comment(db, under=post, by="Gwen")
    content, _said = many(30, [f"{OLD}{post.path}"])

    report = await bring(doors, tmp_path, content)

    (page,) = report.pages
    async with doors.reading() as db:
        thread = await db.scalar(select(Thread).where(Thread.post_id == post.id))
    assert page.before == 1
    assert page.after == 1 + report.statuses["approved"]
    assert thread is not None
    assert thread.comment_count == page.after


async def test_the_number_of_queries_does_not_grow_with_the_comments(
    doors: Doors, tmp_path: Path, count_queries: CountQueries
) -> None:
    posts = await some_posts(doors, 40)
    links = [f"{OLD}{post.path}" for post in posts]
    few, _said = many(80, links, seed=1)
    with count_queries() as for_few:
        await bring(doors, tmp_path, few)
    more = few.replace(b'dsq:id="21', b'dsq:id="31')
    with count_queries() as for_more:
        await bring(doors, tmp_path, more)

    assert len(for_more) <= len(for_few) + 5
    assert len(for_few) < 150


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty."),
        (b"hello", "can't be read as XML"),
        (b"<rss></rss>", "does not begin as one"),
        (
            b'<!DOCTYPE disqus [<!ENTITY a "b">]><disqus xmlns="http://disqus.com"/>',
            "document type",
        ),
    ],
)
async def test_what_is_no_export_is_refused_in_a_sentence(
    doors: Doors, tmp_path: Path, content: bytes, says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        await bring(doors, tmp_path, content)
