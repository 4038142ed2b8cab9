"""What a reader finds at the address of a post."""

from datetime import UTC, datetime

import httpx
import pytest
from lxml import html

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core.markup import clean_post
from app.discussions.actions import remove
from app.discussions.models import CommentStatus
from app.posts.models import PostStatus
from app.work import Doors
from tests.conftest import CountQueries
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

# What comes later in this list comes later on the page.
IN_ORDER = (
    '<h1 class="post__title',
    'class="post__author',
    'class="dt-published"',
    'class="post__body',
    "About the author",
    'id="comments"',
    "Other links to this post",
    "RSS for comments on this post",
    "Trackback address:",
    'id="respond"',
    "Before this came",
)


def body_of(page: str) -> str:
    """The words of the post on its page."""
    return str(html.fromstring(page).find_class("post__body")[0].text_content()).strip()


async def test_a_post_page_goes_from_title_to_neighbours_in_the_promised_order(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        gwen = await an_author(db, bio_html=clean_post("<p>Writes letters.</p>"))
        await a_post(db, "The one before", by=gwen)
        post = await a_post(db, by=gwen)
        await a_comment(db, under=post)
        await a_linkback(db, under=post)

    text = (await visitor.get(post.path or "")).text

    places = [text.index(words) for words in IN_ORDER]
    assert places == sorted(places)


async def test_comments_and_links_are_counted_apart(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        for number in range(3):
            await a_comment(db, under=post, by=f"Reader {number}")
        await a_linkback(db, under=post)
        await a_comment(db, "Not yet", under=post, status=CommentStatus.PENDING)

    text = (await visitor.get(post.path or "")).text

    assert "3 comments" in text
    assert "1 link from elsewhere" in text
    assert "Not yet" not in text


async def test_answers_stand_in_lists_inside_what_they_answer(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        first = await a_comment(db, "First", under=post)
        answer = await a_comment(db, "Second", under=post, answering=first)
        await a_comment(db, "Third", under=post)

    page = html.fromstring((await visitor.get(post.path or "")).text)

    roots = page.xpath("//ol[@class='thread']/li")
    assert len(roots) == 2
    assert roots[0].xpath("./ol/li/article/@id") == [f"comment-{answer.id}"]
    assert roots[0].xpath("./article/@id") == [f"comment-{first.id}"]


async def test_a_removed_comment_with_answers_leaves_a_line_without_a_name(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        gone = await a_comment(db, "Rude", under=post, by="Somebody Rude")
        await a_comment(db, "Calm", under=post, answering=gone)
        await remove(db, OWNER_AT_THE_MACHINE, gone.id)

    text = (await visitor.get(post.path or "")).text

    assert "This comment was removed." in text
    assert "Somebody Rude" not in text
    assert f'id="comment-{gone.id}"' in text


async def test_the_author_of_the_post_is_marked_among_the_comments(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        gwen = await an_author(db)
        post = await a_post(db, by=gwen)
        await a_comment(db, under=post, by="Gwen Thomas", user_id=gwen.id)
        await a_comment(db, under=post, by="Gwen Thomas")

    page = html.fromstring((await visitor.get(post.path or "")).text)

    assert len(page.find_class("comment__mark")) == 1


async def test_a_comments_old_number_is_still_an_anchor(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        await a_comment(db, under=post, legacy_id=4711)

    assert 'id="comment-4711"' in (await visitor.get(post.path or "")).text


async def test_the_form_bears_wordpress_names_and_is_open(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    page = html.fromstring((await visitor.get(post.path or "")).text)

    form = page.get_element_by_id("respond").find(".//form")
    assert form is not None
    names = {field.get("name") for field in form.xpath(".//input|.//textarea")}
    assert names >= {"author", "email", "url", "comment", "comment_parent", "comment_post_ID"}
    assert names >= {"follow_replies", "wp-comment-cookies-consent"}
    assert not form.xpath(".//*/@disabled")
    assert "Comments are read first." in form.text_content()


async def test_a_post_with_closed_comments_says_so_and_has_no_form(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        post.comments_open = False

    text = (await visitor.get(post.path or "")).text

    assert "Comments on this post are closed." in text
    assert "<textarea" not in text


async def test_a_page_has_its_ancestors_and_no_date(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        top = await a_page(db, "About")
        middle = await a_page(db, "People", under=top)
        low = await a_page(db, "Gwen", under=middle)

    page = html.fromstring((await visitor.get("/about/people/gwen/")).text)

    assert low.path == "/about/people/gwen/"
    assert page.xpath("//nav[@class='crumbs']//a/@href") == ["/about/", "/about/people/"]
    assert page.find_class("post__facts") == []


async def test_neighbours_are_the_nearest_public_posts(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        await a_post(db, "One")
        two = await a_post(db, "Two")
        await a_post(db, "Hidden", status=PostStatus.PRIVATE)
        await a_page(db, "A page")
        await a_post(db, "Three")

    page = html.fromstring((await visitor.get(two.path or "")).text)

    assert page.xpath("//nav[@class='neighbours']//a//text()") == ["One", "Three"]


async def test_a_split_post_shows_one_part_at_a_time(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db, body="First half\n\n<!--nextpage-->\n\nSecond half")
    path = post.path or ""

    first, second = (await visitor.get(path)).text, (await visitor.get(f"{path}2/")).text

    assert [body_of(page) for page in (first, second)] == ["First half", "Second half"]
    assert f'<link rel="next" href="http://blog.example{path}2/">' in first
    assert f'<link rel="canonical" href="http://blog.example{path}2/">' in second
    assert (await visitor.get(f"{path}3/")).status_code == 404


async def test_a_long_thread_goes_on_over_pages(visitor: httpx.AsyncClient, doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        comments = [await a_comment(db, f"Number {n}", under=post) for n in range(51)]
    path = post.path or ""

    first = (await visitor.get(path)).text
    second = (await visitor.get(f"{path}comment-page-2/")).text

    assert f'id="comment-{comments[0].id}"' in first
    assert f'id="comment-{comments[50].id}"' in second
    assert "51 comments" in first
    assert "51 comments" in second
    assert f'href="{path}comment-page-2/"' in first
    assert (await visitor.get(f"{path}comment-page-3/")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/2024/03/a-letter-a-week", "/2024/03/a-letter-a-week/"),
        ("/2024/03/a-letter-a-week/1/", "/2024/03/a-letter-a-week/"),
        ("/2024/03/a-letter-a-week/comment-page-1/", "/2024/03/a-letter-a-week/"),
        ("/2024/03/A-Letter-A-Week/", "/2024/03/a-letter-a-week/"),
        ("/2024/03/01/a-letter-a-week/", "/2024/03/a-letter-a-week/"),
        ("/2024/a-letter-a-week/", "/2024/03/a-letter-a-week/"),
        ("/a-letter-a-week/", "/2024/03/a-letter-a-week/"),
        ("/A-LETTER-a-week", "/2024/03/a-letter-a-week/"),
        ("/a-letter-a-week/feed/", "/2024/03/a-letter-a-week/feed/"),
        ("/2024/03/a-letter-a-week/embed/", "/2024/03/a-letter-a-week/"),
        ("//2024/03/a-letter-a-week//", "/2024/03/a-letter-a-week/"),
        ("/old/address/", "/2024/03/a-letter-a-week/"),
        ("/old/address", "/2024/03/a-letter-a-week/"),
        ("/old/address/feed/atom/", "/2024/03/a-letter-a-week/feed/atom/"),
    ],
)
async def test_every_other_spelling_leads_to_the_one_address(
    visitor: httpx.AsyncClient, doors: Doors, asked: str, leads_to: str
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        await a_redirect(db, "/old/address/", to=post)

    answer = await visitor.get(httpx.URL("http://blog.example").copy_with(raw_path=asked.encode()))

    assert (answer.status_code, answer.headers.get("location")) == (301, leads_to)


@pytest.mark.parametrize(
    "asked",
    [
        "/2023/03/a-letter-a-week/",
        "/elsewhere/a-letter-a-week/",
        "/2024/03/a-letter-a-week/0/",
        "/2024/03/a-letter-a-week/2/",
        "/2024/03/a-letter-a-week/comment-page-2/",
        "/2024/03/a-letter-a-week/comment-page-0/",
        "/2024/03/a-letter-a-week/amp/",
        "/2024/03/not-yet/",
        "/not-yet/",
        "/nothing/",
        "/%00/",
        "/%ff%fe/",
        "/..%2f..%2fetc/passwd",
    ],
)
async def test_what_is_not_there_is_a_404_with_a_search(
    visitor: httpx.AsyncClient, doors: Doors, asked: str
) -> None:
    async with doors.unit_of_work() as db:
        await a_post(db)
        await a_draft(db)

    answer = await visitor.get(asked)

    assert answer.status_code == 404
    assert 'role="search"' in answer.text


async def test_the_404_names_titles_near_to_what_was_asked_for(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    answer = await visitor.get("/2024/03/a-letter-a-wek/")

    assert answer.status_code == 404
    assert f'href="{post.path}"' in answer.text


@pytest.mark.parametrize(
    ("before", "status"), [(PostStatus.PUBLISHED, 410), (PostStatus.DRAFT, 404)]
)
async def test_what_was_public_and_is_in_the_trash_is_gone(
    visitor: httpx.AsyncClient, doors: Doors, before: PostStatus, status: int
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db, status=before)
        post.status = PostStatus.TRASHED

    assert (await visitor.get(post.path or "")).status_code == status


async def test_what_was_purged_is_gone(visitor: httpx.AsyncClient, doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        await a_redirect(db, "/2020/01/purged/", to=None)

    assert (await visitor.get("/2020/01/purged/")).status_code == 410
    assert (await visitor.get("/2020/01/purged")).status_code == 410


async def test_a_page_put_at_the_root_is_found_there_alone(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        welcome = await a_page(db, "Welcome")
        post = await a_post(db)
        await the_site(db, front_page_id=welcome.id)

    root, blog = await visitor.get("/"), await visitor.get("/blog/")

    assert '<h1 class="post__title p-name" dir="auto">Welcome</h1>' in root.text
    assert '<link rel="canonical" href="http://blog.example/">' in root.text
    assert (await visitor.get("/welcome/")).headers["location"] == "/"
    assert post.title in blog.text


async def test_a_cover_is_shown_when_its_file_is_here(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        picture = await an_upload(db, is_stored=True, width=800, height=600, alt="A garden")
        missing = await an_upload(db, "2024/03/gone.jpg")
        shown, bare = await a_post(db, "Shown"), await a_post(db, "Bare")
        shown.cover_id, bare.cover_id = picture.id, missing.id

    with_cover = (await visitor.get(shown.path or "")).text

    assert 'src="/wp-content/uploads/2024/03/garden.jpg" alt="A garden" width="800"' in with_cover
    assert "post__cover" not in (await visitor.get(bare.path or "")).text


async def test_the_language_of_the_site_sets_direction_and_dates(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, language="ar", timezone="Asia/Beirut")
        post = await a_post(db, at=datetime(2024, 3, 3, 23, 0, tzinfo=UTC))

    text = (await visitor.get(post.path or "")).text

    assert '<html lang="ar" dir="rtl">' in text
    assert "4 مارس 2024" in text


@pytest.mark.parametrize("posts", [3, 40])
@pytest.mark.parametrize("comments", [0, 100])
async def test_a_post_page_takes_seven_queries_whatever_hangs_on_it(
    visitor: httpx.AsyncClient,
    doors: Doors,
    count_queries: CountQueries,
    posts: int,
    comments: int,
) -> None:
    async with doors.unit_of_work() as db:
        gwen, topic = await an_author(db), await a_category(db)
        tag = await a_tag(db)
        for number in range(posts):
            post = await a_post(db, f"Post {number}", by=gwen, under=(topic, tag))
        for number in range(comments):
            await a_comment(db, f"Comment {number}", under=post)

    with count_queries() as queries:
        answer = await visitor.get(post.path or "")

    assert answer.status_code == 200
    # One of them is asked once an hour: how long a comment usually waits.
    assert len(queries) == 7, queries
