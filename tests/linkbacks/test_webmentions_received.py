"""Webmentions (W3C Webmention §3.2): taken in, looked at by the worker, updated and taken back by their pages."""

import httpx
import pytest

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.discussions import actions
from app.discussions.models import CommentKind, CommentStatus, Relation
from app.linkbacks.models import LookState
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs
from tests.linkbacks.linking import Kept, OtherSite, kept_links
from tests.world import a_post

pytestmark = pytest.mark.anyio

REPLY = """<!doctype html><title>A note</title><article class="h-entry">
<a class="u-in-reply-to" href="{target}">a letter</a>
<p class="e-content">Two a week are better still.</p>
<a class="p-author h-card" href="/">Ada Example</a></article>"""


async def mention(
    visitor: httpx.AsyncClient, source: str, target: str, **headers: str
) -> httpx.Response:
    form = {"source": source, "target": target}
    return await visitor.post("/webmention", data=form, headers=headers)


async def the_link(doors: Doors) -> Kept:
    (kept,) = await kept_links(doors)
    return kept


async def approve(doors: Doors, kept: Kept) -> None:
    async with doors.unit_of_work() as db:
        await actions.approve(db, OWNER_AT_THE_MACHINE, kept.comment.id)


async def test_a_mention_is_answered_at_once_with_the_address_of_its_state(
    visitor: httpx.AsyncClient,
    post: Post,
    elsewhere: OtherSite,
    settings: Settings,
    doors: Doors,
    run_jobs: RunJobs,
) -> None:
    target = f"{settings.base_url}{post.path}"
    elsewhere.links_to(target)

    answer = await mention(visitor, elsewhere.url, target)
    status = httpx.URL(answer.headers["location"]).raw_path.decode()
    before = (await visitor.get(status)).text
    visits_before = elsewhere.visits
    await run_jobs()
    after = (await visitor.get(status)).text

    assert answer.status_code == 201
    assert visits_before == 0
    assert "Waiting for a look" in before
    assert "Waiting for a moderator" in after
    assert (await the_link(doors)).comment.kind == CommentKind.WEBMENTION
    assert (await visitor.get(status[:-2] + "x/")).status_code == 404


async def test_a_reply_is_kept_with_its_author_and_its_words(
    visitor: httpx.AsyncClient,
    post: Post,
    elsewhere: OtherSite,
    settings: Settings,
    doors: Doors,
    run_jobs: RunJobs,
) -> None:
    target = f"{settings.base_url}{post.path}"
    elsewhere.page = REPLY.format(target=target)
    await mention(visitor, elsewhere.url, target)
    await run_jobs()
    await approve(doors, await the_link(doors))

    comment = (await the_link(doors)).comment
    page = (await visitor.get(post.path or "")).text

    assert (comment.relation, comment.author_name) == (Relation.REPLY, "Ada Example")
    assert "Two a week are better still." in page
    assert "replied" in page


async def test_a_link_taken_back_is_taken_from_view(
    visitor: httpx.AsyncClient,
    post: Post,
    elsewhere: OtherSite,
    settings: Settings,
    doors: Doors,
    run_jobs: RunJobs,
) -> None:
    target = f"{settings.base_url}{post.path}"
    elsewhere.links_to(target)
    await mention(visitor, elsewhere.url, target)
    await run_jobs()
    await approve(doors, await the_link(doors))
    assert "Other links" in (await visitor.get(post.path or "")).text
    elsewhere.status = "410 Gone"

    await mention(visitor, elsewhere.url, target)
    await run_jobs()

    assert (await the_link(doors)).link.state == LookState.GONE
    assert "Other links" not in (await visitor.get(post.path or "")).text


async def test_what_a_shown_page_says_anew_waits_while_the_old_words_stay(
    visitor: httpx.AsyncClient,
    post: Post,
    elsewhere: OtherSite,
    settings: Settings,
    doors: Doors,
    run_jobs: RunJobs,
) -> None:
    target = f"{settings.base_url}{post.path}"
    elsewhere.links_to(target)
    await mention(visitor, elsewhere.url, target)
    await run_jobs()
    await approve(doors, await the_link(doors))
    elsewhere.page = elsewhere.page.replace("ten mails", "a hundred")

    await mention(visitor, elsewhere.url, target)
    await run_jobs()

    page = (await visitor.get(post.path or "")).text
    assert "ten mails" in page
    assert "a hundred" not in page
    assert (await the_link(doors)).case.tab == "needs"


async def test_a_server_that_is_down_takes_nothing_back(
    visitor: httpx.AsyncClient,
    post: Post,
    elsewhere: OtherSite,
    settings: Settings,
    doors: Doors,
    run_jobs: RunJobs,
) -> None:
    target = f"{settings.base_url}{post.path}"
    elsewhere.links_to(target)
    await mention(visitor, elsewhere.url, target)
    await run_jobs()
    await approve(doors, await the_link(doors))
    elsewhere.status = "500 Oh"

    await mention(visitor, elsewhere.url, target)
    await run_jobs()

    assert (await the_link(doors)).status == CommentStatus.APPROVED


async def test_a_webmention_takes_the_place_of_an_earlier_trackback(
    visitor: httpx.AsyncClient,
    post: Post,
    elsewhere: OtherSite,
    settings: Settings,
    doors: Doors,
    run_jobs: RunJobs,
) -> None:
    target = f"{settings.base_url}{post.path}"
    elsewhere.links_to(target)
    await visitor.post(f"{post.path}trackback/", data={"url": elsewhere.url})
    await run_jobs()

    await mention(visitor, elsewhere.url, target)
    await run_jobs()

    kept = await the_link(doors)
    assert (kept.comment.kind, kept.case.kind) == (CommentKind.WEBMENTION, CommentKind.WEBMENTION)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("", "{here}{path}"),
        ("https://b.example/", ""),
        ("mailto:ada@b.example", "{here}{path}"),
        ("{here}{path}", "{here}{path}"),
        ("https://b.example/", "https://c.example/"),
        ("https://b.example/", "{here}/2001/01/nothing/"),
        ("https://b.example/", "{here}/?" + "a&" * 60),
    ],
)
async def test_what_is_no_mention_is_the_sender_s_mistake(
    visitor: httpx.AsyncClient,
    post: Post,
    settings: Settings,
    doors: Doors,
    source: str,
    target: str,
) -> None:
    given = [one.format(here=settings.base_url, path=post.path) for one in (source, target)]

    assert (await mention(visitor, *given)).status_code == 400
    assert await kept_links(doors) == []


async def test_a_private_address_is_taken_in_and_refused_by_the_guard(
    visitor: httpx.AsyncClient, post: Post, settings: Settings, doors: Doors, run_jobs: RunJobs
) -> None:
    answer = await mention(visitor, "http://127.0.0.2:8080/x", f"{settings.base_url}{post.path}")
    await run_jobs()

    status = await visitor.get(httpx.URL(answer.headers["location"]).raw_path.decode())
    assert answer.status_code == 201
    assert "could not be reached" in status.text
    assert (await the_link(doors)).status == CommentStatus.SPAM


async def test_a_page_is_looked_at_twenty_times_a_day_and_no_more(
    visitor: httpx.AsyncClient,
    post: Post,
    elsewhere: OtherSite,
    settings: Settings,
    doors: Doors,
    run_jobs: RunJobs,
) -> None:
    settings_target = f"{settings.base_url}{post.path}"
    elsewhere.links_to(settings_target)
    for _ in range(9):
        await mention(visitor, elsewhere.url, settings_target)
        await run_jobs()
    visits = elsewhere.visits
    for _ in range(5):
        await mention(visitor, elsewhere.url, settings_target)
    await run_jobs()

    # What came in before anybody looked is one look.
    assert (visits, elsewhere.visits) == (9, 10)


async def test_the_door_says_where_mentions_are_taken(
    visitor: httpx.AsyncClient, post: Post, settings: Settings
) -> None:
    page = await visitor.get(post.path or "")

    assert f'<{settings.base_url}/webmention>; rel="webmention"' in page.headers["link"]
    assert page.headers["x-pingback"] == f"{settings.base_url}/xmlrpc.php"
    assert f'<link rel="pingback" href="{settings.base_url}/xmlrpc.php">' in page.text


async def test_a_number_means_the_post_that_readers_are_sent_to(
    visitor: httpx.AsyncClient, post: Post, settings: Settings, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        other = await a_post(db, "Another", slug="another")
        # Its number was taken when it came from elsewhere.
        other.legacy_id = post.id
    numbered = f"/?p={post.id}"

    await mention(visitor, "https://b.example/", settings.base_url + numbered)

    assert (await visitor.get(numbered)).headers["location"] == post.path
    assert (await the_link(doors)).link.post_id == post.id
