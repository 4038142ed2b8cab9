"""A site of our own goes out as a WordPress export and comes in again as it was."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core.markup import clean_post
from app.discussions.models import CommentStatus
from app.posts.actions import Draft, edit_post, trash_post
from app.posts.models import PostStatus
from tests.porting.importing import Row, a_fresh_site, bring, everything
from tests.porting.test_importing_files import taken_out
from tests.world import (
    a_category,
    a_comment,
    a_draft,
    a_linkback,
    a_page,
    a_post,
    a_redirect,
    a_tag,
    an_author,
    an_upload,
    the_site,
)

pytestmark = pytest.mark.anyio

# WordPress's format has no place for what moderators know: each site has its own. Where files are used
# is found in the posts by a job, when all is there.
NOT_OUR_AFFAIR = (
    "revisions", "author_keys", "cases", "case_counts", "decisions", "jobs", "learned_state",
    "upload_uses",
)  # fmt: skip
# What a site knows of the one it came from, which has become this one; and how often moderators
# changed their minds.
FORMER = ("legacy_id", "former_urls", "source_url", "version")
# What somebody may do here, and what judging keeps with a comment, stays here, too.
OF_THIS_SITE = (
    "roles", "author_key_id", "text_hash", "decided_at", "status_before", "made_at",
)  # fmt: skip


async def a_site_with_everything(db: AsyncSession) -> None:
    site = await the_site(
        db, title="A & B <i>", tagline="“Words”", timezone="Europe/Berlin", feed_items=30
    )
    gwen = await an_author(
        db, "Gwen <b> & Co", email="gwen@example.org", bio_source="*Hello*", bio_html=clean_post("<em>Hello</em>"),
        website="https://gwen.example/", photo_path="/wp-content/uploads/gwen.jpg",
        links=[{"label": "Elsewhere", "url": "https://elsewhere.example/"}],
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    ann = await an_author(db, "Ann")
    work = await a_category(db, "Work & life", description="On <em>work</em>")
    under = await a_category(db, "Letters", under=work)
    tag = await a_tag(db, "a<b")
    # Posts and uploads share their numbers in an export: this one's is nobody's else.
    cover = await an_upload(
        db,
        id=100,
        legacy_id=100,
        title="A <garden>",
        alt="Green",
        caption="<b>c</b>",
        created_at=site_day(),
    )
    first = await a_post(
        db, "One & <two> ]]> three", body="# Hi\n\n*there*\n\n<!--more-->\n\nmore\n\n<!--nextpage-->\n\nend",
        by=[ann, gwen], under=[under, tag], excerpt="Short", is_sticky=True,
    )  # fmt: skip
    first.cover_id, cover.post_id = cover.id, first.id
    first.comments_close_at = site_day() + timedelta(days=90)
    await edit_post(db, OWNER_AT_THE_MACHINE, site, first.id, Draft(slug="another-slug"))
    page = await a_page(db, "About", by=gwen)
    await a_page(db, "Team", under=page)
    await a_draft(db, "Not yet")
    await a_post(db, "Soon", at=datetime(2999, 1, 1, tzinfo=UTC))
    await a_post(db, "Ours", status=PostStatus.PRIVATE)
    gone = await a_post(db, "Gone")
    await trash_post(db, OWNER_AT_THE_MACHINE, gone.id)
    await a_redirect(db, "/old/", to=first)
    await a_redirect(db, "/gone/", to=None)
    words = await a_comment(
        db, "I *agree*.\nhttp://example.org", under=first, by="Tom & <Ann>", user_id=ann.id
    )
    await a_comment(
        db, "So do I.", under=first, answering=words, author_agent="Browser 1", edited_at=site_day(),
        is_edited_by_moderator=True,
    )  # fmt: skip
    for status in (CommentStatus.PENDING, CommentStatus.SPAM, CommentStatus.REMOVED):
        await a_comment(db, str(status), under=first, status=status)
    await a_linkback(db, under=first)


def site_day() -> datetime:
    return datetime(2024, 3, 1, 9, tzinfo=UTC)


async def test_a_site_goes_out_and_comes_back_as_it_was(
    doors: Any, copies: Any, tmp_path: Path
) -> None:
    async with doors.unit_of_work() as db:
        await a_site_with_everything(db)
    first = await taken_out(doors, tmp_path / "first.xml")

    async with a_fresh_site(copies, tmp_path) as fresh:
        report = await bring(fresh, tmp_path, tmp_path / "first.xml")
        assert await taken_out(fresh, tmp_path / "second.xml") == first
        theirs = await everything(fresh)

    assert (report.skipped, report.notices) == ([], [])
    assert [post.remarks for post in report.posts if post.remarks] == []
    ours = await everything(doors)
    for table in ours.keys() - set(NOT_OUR_AFFAIR):
        assert len(theirs[table]) == len(ours[table]), table
        for mine, back in zip(comparable(ours[table]), comparable(theirs[table]), strict=True):
            assert back == mine, table


def comparable(rows: list[Row]) -> list[Row]:
    """Rows as far as an export tells them: to the second, which is how WordPress counts."""
    return [
        {
            name: value.replace(microsecond=0) if isinstance(value, datetime) else value
            for name, value in row.items()
            if name not in FORMER + OF_THIS_SITE
        }
        for row in rows
    ]


async def test_the_file_is_sound_xml_that_wordpress_reads(doors: Any, tmp_path: Path) -> None:
    async with doors.unit_of_work() as db:
        await a_site_with_everything(db)
    await taken_out(doors, tmp_path / "out.xml")

    tree = etree.fromstring((tmp_path / "out.xml").read_bytes())

    names = {"wp": "http://wordpress.org/export/1.2/"}
    assert tree.findtext("channel/wp:wxr_version", namespaces=names) == "1.2"
    titles = [title.text for title in tree.findall("channel/item/title")]
    # As WordPress keeps titles: HTML, printed as it is.
    assert "One &amp; &lt;two&gt; ]]&gt; three" in titles
    ids = [int(e.text or 0) for e in tree.iter("{http://wordpress.org/export/1.2/}post_id")]
    assert len(ids) == len(set(ids))
    comments = {
        e.findtext("wp:comment_id", namespaces=names): e.findtext(
            "wp:comment_parent", namespaces=names
        )
        for e in tree.iter("{http://wordpress.org/export/1.2/}comment")
    }
    assert comments["2"] == "1"
    (body,) = (
        e.text or ""
        for e in tree.iter("{http://purl.org/rss/1.0/modules/content/}encoded")
        if "<h1>" in (e.text or "")
    )
    assert body.count("<!--nextpage-->") == 1
