"""What was said under a post stands there again: who, when, in which state, and whom it answers."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.discussions.deciding import TABS
from app.discussions.models import Comment, Thread, ThreadPage
from app.discussions.pages import rebuild_pages
from app.moderation.authors import key_of_email, key_of_member
from app.moderation.cases import case_counts
from app.moderation.models import AuthorKey, Case
from tests.porting.importing import bring
from tests.porting.wxr_samples import BASE, HEAD, a_comment, an_export, an_item
from tests.world import SECRETS

pytestmark = pytest.mark.anyio

TALK = "".join(
    (
        a_comment(12, parent="11"),
        a_comment(11, user_id="3"),
        a_comment(13, parent="12", approved="0"),
        a_comment(14, parent="13"),
        a_comment(15, approved="spam"),
        a_comment(16, approved="trash"),
        a_comment(17, type="pingback", author_url="https://x.example/"),
        a_comment(18, parent="17"),
        a_comment(19, parent="404"),
        a_comment(20, parent="20"),
        a_comment(21, parent="22"),
        a_comment(22, parent="21"),
        a_comment(23, type="order_note"),
        a_comment(11, content="again"),
        a_comment(24, date="", date_gmt="0000-00-00 00:00:00"),
    )
)


async def all_comments(db: AsyncSession) -> dict[int, Comment]:
    return {comment.id: comment for comment in await db.scalars(select(Comment))}


async def test_a_comment_comes_with_all_that_is_its_own(doors: Any, tmp_path: Path) -> None:
    said = a_comment(
        7, author="Tom &amp;amp; Ann", author_url="javascript:alert(1)", user_id="3", author_IP="x" * 60,
        content="<![CDATA[An <b>answer</b>\nhttp://example.org/ <script>x</script>]]>",
    )  # fmt: skip
    await bring(doors, tmp_path, an_export(an_item(1, comments=said), head=HEAD))

    async with doors.reading() as db:
        comment = (await all_comments(db))[7]
    assert comment.guid == f"{BASE}/?p=1#comment-7"
    assert comment.body_html == (
        "<p>An <b>answer</b><br>\n"
        '<a href="http://example.org/" rel="ugc nofollow noopener">http://example.org/</a></p>\n'
    )
    assert (comment.author_name, comment.author_url, comment.user_id) == ("Tom & Ann", "", 3)
    assert (comment.author_email, comment.author_ip) == ("ann@example.org", "")
    assert comment.created_at == comment.approved_at == datetime(2012, 1, 4, 10, tzinfo=UTC)


async def test_comments_keep_number_state_kind_and_whom_they_answer(
    doors: Any, tmp_path: Path
) -> None:
    await bring(doors, tmp_path, an_export(an_item(1, comments=TALK), head=HEAD))

    async with doors.reading() as db:
        found = await all_comments(db)
    assert sorted(found) == [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 24]
    parents = {number: c.parent_id for number, c in found.items() if c.parent_id}
    assert parents == {12: 11, 13: 12, 14: 13, 22: 21}
    statuses = {number: c.status for number, c in found.items() if c.status != "approved"}
    assert statuses == {13: "pending", 15: "spam", 16: "removed"}
    # The one that waits keeps its place, as it was answered.
    assert {number for number, c in found.items() if not c.is_shown} == {15, 16}
    assert found[14].depth == 4
    assert (found[17].kind, found[17].section, found[17].depth) == ("pingback", "linkbacks", 1)
    assert found[24].created_at == datetime(2012, 1, 3, 10, tzinfo=UTC)


async def test_what_could_not_be_kept_is_named(doors: Any, tmp_path: Path) -> None:
    report = await bring(doors, tmp_path, an_export(an_item(1, comments=TALK)))

    count = report.count("comments")
    assert (count.in_file, count.imported, count.skipped) == (15, 13, 2)
    assert [skipped.what for skipped in report.skipped] == ["comment 23", "comment 11"]
    cut = [
        number
        for number in (18, 19, 20, 21)
        if any(f"comment {number} " in n.what for n in report.notices)
    ]
    assert cut == [18, 19, 20, 21]
    assert any("2 of 15 comments are left out" in line for line in report.as_lines())


async def test_counts_and_pages_are_those_that_discussions_would_draw(
    doors: Any, tmp_path: Path
) -> None:
    many = "".join(a_comment(n, parent=str(n - 1) if n % 3 else "0") for n in range(100, 500))
    await bring(doors, tmp_path, an_export(an_item(1, comments=TALK + many)))
    drawn = await threads_of(doors)

    async with doors.unit_of_work() as db:
        thread = (await db.scalars(select(Thread))).one()
        assert (thread.comment_count, thread.linkback_count) == (409, 1)
        await rebuild_pages(db, thread.id)

    assert len(drawn) > 2
    assert await threads_of(doors) == drawn


async def threads_of(doors: Any) -> list[tuple[Any, ...]]:
    async with doors.reading() as db:
        rows = await db.scalars(select(ThreadPage).order_by(ThreadPage.section, ThreadPage.number))
        return [(p.section, p.number, p.first_place, p.size, p.roots) for p in rows]


async def test_what_is_not_approved_comes_into_the_queue_once_with_its_counts(
    doors: Any, tmp_path: Path
) -> None:
    export = an_export(an_item(1, comments=TALK), head=HEAD)
    for _ in range(2):
        await bring(doors, tmp_path, export)

        async with doors.reading() as db:
            comments = await all_comments(db)
            cases = {case.item_id: case.tab for case in await db.scalars(select(Case))}
            counts = await case_counts(db)
        wanted = {n: TABS[one.status] for n, one in comments.items() if not one.is_approved}
        assert cases == wanted
        assert {tab: n for tab, n in counts.items() if n} == Counter(wanted.values())


async def test_who_was_known_in_wordpress_is_known_here(doors: Any, tmp_path: Path) -> None:
    said = a_comment(7) + a_comment(8) + a_comment(9, approved="spam") + a_comment(10, user_id="3")
    for _ in range(2):
        await bring(doors, tmp_path, an_export(an_item(1, comments=said), head=HEAD))

        async with doors.reading() as db:
            authors = {author.key: author for author in await db.scalars(select(AuthorKey))}
            comments = await all_comments(db)
        ann = authors[key_of_email(SECRETS, "ann@example.org")]
        gwen = authors[key_of_member(SECRETS, comments[10].user_id or 0)]
        assert (ann.approved, ann.spam, ann.approved_days) == (2, 1, ["2012-01-04"])
        assert (gwen.approved, comments[10].author_key_id) == (1, gwen.id)
        assert comments[7].author_key_id == ann.id
