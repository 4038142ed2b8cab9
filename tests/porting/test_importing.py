"""What stands in an export stands here afterwards, with its numbers, addresses and dates."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Invalid
from app.discussions.models import Comment, Thread, ThreadPage
from app.discussions.pages import rebuild_pages
from app.media.models import Upload
from app.posts.models import Post, Redirect, Term
from app.posts.queries import authors_of, terms_of
from app.site.models import Permalinks
from app.site.queries import get_site
from tests.porting.importing import Killed, Mortal, a_fresh_site, bring, everything
from tests.porting.wxr_samples import BASE, a_comment, an_export, an_item
from tests.world import a_comment as a_comment_here
from tests.world import a_post, an_author

pytestmark = pytest.mark.anyio

HEAD = (
    "<wp:author><wp:author_id>3</wp:author_id><wp:author_login>gwen</wp:author_login>"
    "<wp:author_email>gwen@example.org</wp:author_email>"
    "<wp:author_display_name>Gwen &amp;amp; Co</wp:author_display_name></wp:author>"
)


def meta(key: str, value: str) -> str:
    return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"


def an_attachment(number: int, **fields: str) -> str:
    usual = {
        "link": f"{BASE}/?attachment_id={number}",
        "wp__post_type": "attachment",
        "wp__status": "inherit",
        "wp__attachment_url": f"{BASE}/wp-content/uploads/2012/01/{number}.jpg",
    }
    return an_item(number, **(usual | fields))


async def the_post(session: AsyncSession, old_id: int) -> Post:
    return (await session.scalars(select(Post).where(Post.legacy_id == old_id))).one()


async def test_a_post_comes_with_all_that_is_its_own(doors: Any, tmp_path: Path) -> None:
    terms = (
        '<category domain="category" nicename="work"><![CDATA[Work &amp; life]]></category>'
        '<category domain="post_tag" nicename="caf%C3%A9">Café</category>'
        '<category domain="post_format" nicename="aside">Aside</category>'
    )
    item = an_item(
        7, title="A &amp;#8220;title&amp;#8221; &lt;em&gt;here&lt;/em&gt;", extra=terms,
        content__encoded="<![CDATA[one<!--more-->\n\ntwo\n<!--nextpage-->\nthree]]>",
        excerpt__encoded="In short", wp__post_modified_gmt="2013-02-01 00:00:00", wp__is_sticky="1",
        wp__ping_status="closed",
    )  # fmt: skip

    await bring(doors, tmp_path, an_export(item, head=HEAD))

    async with doors.reading() as db:
        post = await db.get_one(Post, 7)
        assert (post.title, post.slug, post.path) == (
            "A “title” here",
            "post-7",
            "/2012/01/post-7/",
        )
        assert (post.guid, post.status, post.was_public) == (f"{BASE}/?p=7", "published", True)
        assert post.published_at == datetime(2012, 1, 3, 10, tzinfo=UTC)
        assert post.published_local == datetime(2012, 1, 3, 11)  # noqa: DTZ001
        assert post.updated_at == datetime(2013, 2, 1, tzinfo=UTC)
        assert [str(page) for page in post.pages] == ["<p>one</p>\n<p>two</p>", "<p>three</p>"]
        assert (post.teaser_html, post.summary) == ("<p>one</p>", "In short")
        assert (post.is_sticky, post.comments_open, post.pings_open) == (True, True, False)
        (author,) = (await authors_of(db, [7]))[7]
        assert (author.id, author.login, author.name) == (3, "gwen", "Gwen & Co")
        assert [t.address for t in (await terms_of(db, [7]))[7]] == [
            "/category/work/",
            "/tag/café/",
        ]


@pytest.mark.parametrize(
    ("fields", "status", "path"),
    [
        ({}, "published", "/2012/01/post-1/"),
        ({"wp__status": "future"}, "published", "/2012/01/post-1/"),
        ({"wp__post_date": "2999-01-03 11:00:00", "wp__post_date_gmt": "2999-01-03 11:00:00"},
         "scheduled", "/2012/01/post-1/"),
        ({"wp__status": "draft", "link": f"{BASE}/?p=1"}, "draft", None),
        ({"wp__status": "pending"}, "draft", None),
        ({"wp__status": "private"}, "private", "/2012/01/post-1/"),
        ({"wp__post_password": "enter"}, "private", "/2012/01/post-1/"),
        ({"wp__status": "trash", "wp__post_name": "post-1__trashed", "link": f"{BASE}/?p=1"},
         "trashed", "/2012/01/post-1/"),
        ({"wp__status": "nonsense"}, "draft", None),
        ({"wp__post_date": "0000-00-00 00:00:00", "wp__post_date_gmt": "0000-00-00 00:00:00"}, "draft", None),
        ({"wp__post_date": "", "wp__post_date_gmt": "9999-12-31 23:59:59"}, "draft", None),
        ({"link": "https://elsewhere.example/x/"}, "published", "/2012/01/post-1/"),
        ({"link": f"{BASE}/a/%E6%97%A5%E6%9C%AC/x.html"}, "published", "/a/日本/x.html"),
        ({"link": f"{BASE}/a/../../x/"}, "published", "/2012/01/post-1/"),
    ],
)  # fmt: skip
async def test_a_state_and_an_address_come_as_they_were_or_as_they_can(
    doors: Any, tmp_path: Path, fields: dict[str, str], status: str, path: str | None
) -> None:
    await bring(doors, tmp_path, an_export(an_item(1, **fields)))

    async with doors.reading() as db:
        post = await the_post(db, 1)
        assert (post.status, post.path) == (status, path)


@pytest.mark.parametrize(
    ("slug", "becomes"),
    [
        ("post-1", "post-1"),
        ("%E6%97%A5", "日"),
        ("../../admin", "admin"),
        ("%2e%2e", "post-1-title"),
        ("&lt;b&gt;x", "b-x"),
        ("a" * 5000, "a" * 200),
        ("", "post-1-title"),
        ("UPPER.html", "UPPER.html"),
    ],
)
async def test_a_slug_is_kept_unless_it_is_none(
    doors: Any, tmp_path: Path, slug: str, becomes: str
) -> None:
    item = an_item(1, title="Post 1: title", wp__post_name=slug, link=f"{BASE}/?p=1")
    await bring(doors, tmp_path, an_export(item))

    async with doors.reading() as db:
        post = await the_post(db, 1)
        assert (post.slug, post.path) == (becomes, f"/2012/01/{becomes}/")


async def test_an_address_of_ours_or_of_another_post_is_not_taken(
    doors: Any, tmp_path: Path
) -> None:
    pages = [
        an_item(n, link=f"{BASE}{path}", wp__post_type="page", wp__post_name="x")
        for n, path in enumerate(("/feed/", "/groups/", "/author/team/", "/2012/", "/groups/"), 1)
    ]
    report = await bring(doors, tmp_path, an_export(*pages))

    async with doors.reading() as db:
        paths = list(await db.scalars(select(Post.path).order_by(Post.id)))
    assert paths == ["/feed-2/", "/groups/", "/author-2/team/", "/2012-2/", "/groups-2/"]
    assert [bool(post.remarks) for post in report.posts] == [True, False, True, True, True]


async def test_the_site_takes_over_name_language_and_permalinks_once(
    doors: Any, tmp_path: Path
) -> None:
    posts = [an_item(n, link=f"{BASE}/post-{n}/") for n in (1, 2)]
    await bring(doors, tmp_path, an_export(*posts))
    async with doors.unit_of_work() as db:
        site = await get_site(db)
        assert (site.title, site.language, site.permalinks) == (
            "Old blog",
            "en-US",
            Permalinks.NAME,
        )
        assert (site.former_urls, site.guid_host) == ([BASE], "blog.example")
        site.title = "Our own"

    await bring(doors, tmp_path, an_export(an_item(3)))

    async with doors.reading() as db:
        assert (await get_site(db)).title == "Our own"


async def test_who_is_not_named_gets_a_placeholder_and_who_is_here_is_found(
    doors: Any, tmp_path: Path
) -> None:
    async with doors.unit_of_work() as db:
        known = (await an_author(db, "Gwen", login="gwen-here", email="GWEN@example.org")).id
    posts = (an_item(1), an_item(2, dc__creator="nobody"), an_item(3, dc__creator=""))

    report = await bring(doors, tmp_path, an_export(*posts, head=HEAD))

    async with doors.reading() as db:
        authors = await authors_of(db, [1, 2, 3])
    assert [user.id for user in authors[1]] == [known]
    assert [(user.login, user.name) for user in authors[2]] == [("nobody", "nobody")]
    assert 3 not in authors
    assert [author.login for author in report.authors] == ["gwen", "nobody"]


async def test_categories_become_a_tree_whatever_their_order(doors: Any, tmp_path: Path) -> None:
    tree = {"c": "b", "b": "a", "a": "", "x": "y", "y": "x", "self": "self", "lost": "nowhere"}
    head = "".join(
        f"<wp:category><wp:term_id>{n}</wp:term_id><wp:category_nicename>{slug}</wp:category_nicename>"
        f"<wp:category_parent>{parent}</wp:category_parent><wp:cat_name>{slug}</wp:cat_name></wp:category>"
        for n, (slug, parent) in enumerate(tree.items(), 11)
    )
    await bring(doors, tmp_path, an_export(an_item(1), head=head))

    async with doors.reading() as db:
        found = {t.path: (t.id, t.parent_id) for t in await db.scalars(select(Term))}
    assert found["a/b/c"] == (11, 12)
    assert found["a/b"] == (12, 13)
    assert {"y/x", "x/y", "self", "lost"} < set(found)


async def test_attachments_become_uploads_that_galleries_and_covers_find(
    doors: Any, tmp_path: Path
) -> None:
    gallery = an_item(
        1,
        content__encoded="[gallery link=none] [gallery ids='3,99']",
        extra=meta("_thumbnail_id", "3"),
    )
    files = (
        an_attachment(2, wp__post_parent="1", extra=meta("_wp_attachment_image_alt", "A cat")),
        an_attachment(3, link=f"{BASE}/2012/01/post-1/three/", excerpt__encoded="Caption"),
        an_attachment(4, wp__attachment_url=f"{BASE}/wp-content/uploads/../../x.php", guid="x"),
        an_attachment(5, wp__attachment_url=f"{BASE}/wp-content/uploads/2012/01/3.jpg"),
    )
    report = await bring(doors, tmp_path, an_export(gallery, *files))

    async with doors.reading() as db:
        uploads = {u.id: u for u in await db.scalars(select(Upload))}
        post = await the_post(db, 1)
    assert {u.path for u in uploads.values()} == {"2012/01/2.jpg", "2012/01/3.jpg"}
    assert (uploads[2].post_id, uploads[2].alt, uploads[2].is_stored) == (1, "A cat", False)
    assert (uploads[3].page_path, uploads[3].source_url) == (
        "/2012/01/post-1/three/", f"{BASE}/wp-content/uploads/2012/01/3.jpg",
    )  # fmt: skip
    assert post.cover_id == 3
    assert '<img src="/wp-content/uploads/2012/01/2.jpg" alt="A cat">' in post.body_html
    assert "<figcaption>Caption</figcaption>" in post.body_html
    assert (report.count("uploads").imported, report.count("uploads").skipped) == (2, 2)


async def test_pages_find_their_parents_in_any_order(doors: Any, tmp_path: Path) -> None:
    def page(number: int, parent: int, **fields: str) -> str:
        given = {
            "wp__post_type": "page",
            "wp__post_parent": str(parent),
            "link": f"{BASE}/?page_id={number}",
        }
        return an_item(number, **(given | fields))

    pages = (
        page(1, 2),
        page(2, 3),
        page(3, 0),
        page(4, 4),
        page(5, 99),
        page(6, 0, link=f"{BASE}/"),
        page(7, 6),
    )
    await bring(doors, tmp_path, an_export(*pages))

    async with doors.reading() as db:
        found = {p.id: (p.parent_id, p.path) for p in await db.scalars(select(Post))}
        site = await get_site(db)
    assert found[1] == (2, "/post-3/post-2/post-1/")
    assert found[2] == (3, "/post-3/post-2/")
    assert found[4][0] is None
    assert found[5] == (None, "/post-5/")
    assert found[7] == (6, "/post-6/post-7/")
    assert found[7] == (6, "/post-6/post-7/")
    assert site.front_page_id == 6


async def test_old_slugs_and_dates_lead_to_the_post(doors: Any, tmp_path: Path) -> None:
    old = (
        meta("_wp_old_slug", "before")
        + meta("_wp_old_slug", "")
        + meta("_wp_old_date", "2011-12-31")
    )
    report = await bring(doors, tmp_path, an_export(an_item(1, extra=old)))

    async with doors.reading() as db:
        found = {r.path: (r.post_id, r.source) for r in await db.scalars(select(Redirect))}
    paths = {"/2012/01/before/", "/2011/12/post-1/", "/2011/12/before/"}
    assert found == dict.fromkeys(paths, (1, "import"))
    assert report.redirects == 3


async def test_comments_keep_number_state_kind_and_whom_they_answer(
    doors: Any, tmp_path: Path
) -> None:
    said = "".join(
        (
            a_comment(
                12,
                parent="11",
                content="<![CDATA[An <b>answer</b>\nhttp://example.org/ <script>x</script>]]>",
            ),
            a_comment(
                11, author="Tom &amp;amp; Ann", author_url="javascript:alert(1)", user_id="3"
            ),
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
    report = await bring(doors, tmp_path, an_export(an_item(1, comments=said), head=HEAD))

    async with doors.reading() as db:
        found = {c.id: c for c in await db.scalars(select(Comment))}
        thread = (await db.scalars(select(Thread).where(Thread.post_id == 1))).one()
        pages = await boundaries_of(db)
        await rebuild_pages_of(doors, thread.id)
    async with doors.reading() as db:
        assert await boundaries_of(db) == pages

    assert sorted(found) == [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 24]
    assert found[12].guid == f"{BASE}/?p=1#comment-12"
    assert found[12].body_html == (
        "<p>An <b>answer</b><br>\n"
        '<a href="http://example.org/" rel="ugc nofollow noopener">http://example.org/</a></p>\n'
    )
    assert (found[11].author_name, found[11].author_url, found[11].user_id) == ("Tom & Ann", "", 3)
    parents = {n: c.parent_id for n, c in found.items() if c.parent_id}
    assert parents == {12: 11, 13: 12, 14: 13, 22: 21}
    statuses = {n: c.status for n, c in found.items() if c.status != "approved"}
    assert statuses == {13: "pending", 15: "spam", 16: "removed"}
    assert {n for n, c in found.items() if not c.is_shown} == {15, 16}
    assert found[14].depth == 4
    assert (found[17].kind, found[17].section, found[17].depth) == ("pingback", "linkbacks", 1)
    assert found[24].created_at == datetime(2012, 1, 3, 10, tzinfo=UTC)
    assert (thread.comment_count, thread.linkback_count) == (9, 1)
    assert len(report.notices) == 4
    assert [(s.what, bool(s.why)) for s in report.skipped] == [
        ("comment 23", True),
        ("comment 11", True),
    ]
    count = report.count("comments")
    assert (count.in_file, count.imported, count.skipped) == (15, 13, 2)


async def boundaries_of(db: AsyncSession) -> list[tuple[Any, ...]]:
    rows = await db.scalars(select(ThreadPage).order_by(ThreadPage.section, ThreadPage.number))
    return [(p.section, p.number, p.first_place, p.size, p.roots) for p in rows]


async def rebuild_pages_of(doors: Any, thread_id: int) -> None:
    async with doors.unit_of_work() as db:
        await rebuild_pages(db, thread_id)


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


async def test_words_kept_outside_of_a_text_come_with_it(doors: Any, tmp_path: Path) -> None:
    notes = '[{"id":"n1","content":"A <em>note</em>"},{"id":7},"x"]'
    text = '<!-- wp:block {"ref":2} /--><!-- wp:footnotes /--><!-- wp:block {"ref":9} /-->'
    pattern = "<!-- wp:paragraph --><p>Again</p><!-- /wp:paragraph -->"
    item = an_item(
        1, content__encoded=f"<![CDATA[{text}]]>", extra=meta("footnotes", f"<![CDATA[{notes}]]>")
    )
    block = an_item(2, wp__post_type="wp_block", content__encoded=f"<![CDATA[{pattern}]]>")

    report = await bring(doors, tmp_path, an_export(item, block))

    async with doors.reading() as db:
        html = (await the_post(db, 1)).body_html
    assert html.count("<p>Again</p>") == 1
    assert '<li id="n1">A <em>note</em> <a href="#n1-link">↩</a></li>' in html
    assert report.posts[0].dropped_blocks == ("block",)


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
UNITS = 7
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
