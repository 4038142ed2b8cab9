"""What stands in an export stands here afterwards, with its numbers, addresses and dates."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.media.models import Upload
from app.posts.models import Post, Redirect, Term
from app.posts.queries import authors_of, terms_of
from app.site.models import Permalinks
from app.site.queries import get_site
from tests.porting.importing import bring
from tests.porting.wxr_samples import (
    BASE,
    HEAD,
    a_comment,
    an_attachment,
    an_export,
    an_item,
    meta,
)
from tests.world import an_author

pytestmark = pytest.mark.anyio


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


async def test_numbers_too_long_to_be_any_stop_nothing(doors: Any, tmp_path: Path) -> None:
    giant = "9" * 5000
    entity = f"&#{giant};"
    item = an_item(
        1,
        title=f"<![CDATA[A title{entity}]]>",
        link=f"{BASE}/archives/{giant}/",
        extra=meta("_thumbnail_id", giant),
        comments=a_comment(
            7, author=f"<![CDATA[Ann{entity}]]>", content=f"<![CDATA[http://e.org/{entity}]]>"
        ),
        content__encoded=f'<![CDATA[<a href="/x{entity}">x</a>[caption alt="{entity}"]y[/caption]]]>',
    )  # fmt: skip

    report = await bring(doors, tmp_path, an_export(item, head=HEAD))

    assert [report.count(kind).imported for kind in ("posts", "comments")] == [1, 1]
