"""Webmentions (W3C Webmention §3.2): taken in, looked at by the worker, updated and taken back by their pages."""

from datetime import timedelta

import httpx
import pytest

from app.discussions.models import CommentKind, CommentStatus, Relation
from app.linkbacks import verifying
from app.linkbacks.models import LookState
from tests.linkbacks.linking import Here, OtherSite
from tests.world import a_post

pytestmark = pytest.mark.anyio

REPLY = """<!doctype html><title>A note</title><article class="h-entry">
<a class="u-in-reply-to" href="{target}">a letter</a>
<p class="e-content">Two a week are better still.</p>
<a class="p-author h-card" href="/">Ada Example</a></article>"""


async def test_a_mention_is_answered_at_once_with_the_address_of_its_state(
    here: Here, elsewhere: OtherSite
) -> None:
    elsewhere.links_to(here.target)

    answer = await here.mention(elsewhere.url)
    status = httpx.URL(answer.headers["location"]).raw_path.decode()
    before = (await here.visitor.get(status)).text
    visits_before = elsewhere.visits
    await here.run_jobs()
    after = (await here.visitor.get(status)).text

    assert answer.status_code == 201
    assert visits_before == 0
    assert "Waiting for a look" in before
    assert "Waiting for a moderator" in after
    assert (await here.the_link()).comment.kind == CommentKind.WEBMENTION
    assert (await here.visitor.get(status[:-2] + "x/")).status_code == 404


async def test_a_reply_is_kept_with_its_author_and_its_words(
    here: Here, elsewhere: OtherSite
) -> None:
    elsewhere.page = REPLY.format(target=here.target)
    await here.hears_of(elsewhere.url)
    await here.approve()

    comment = (await here.the_link()).comment
    page = await here.page()

    assert (comment.relation, comment.author_name) == (Relation.REPLY, "Ada Example")
    assert "Two a week are better still." in page
    assert "replied" in page


async def test_a_link_taken_back_is_taken_from_view(here: Here, elsewhere: OtherSite) -> None:
    await here.shows(elsewhere)
    assert "Other links" in await here.page()
    elsewhere.status = "410 Gone"

    await here.hears_of(elsewhere.url)

    assert (await here.the_link()).link.state == LookState.GONE
    assert "Other links" not in await here.page()


async def test_a_link_that_comes_back_waits_to_be_read_again(
    here: Here, elsewhere: OtherSite
) -> None:
    await here.shows(elsewhere)
    elsewhere.links_to(here.target, "words that nobody has read")
    await here.hears_of(elsewhere.url)
    elsewhere.status = "404 Not Found"
    await here.hears_of(elsewhere.url)
    elsewhere.status = "200 OK"
    elsewhere.links_to(here.target, "second thoughts")

    await here.hears_of(elsewhere.url)

    kept = await here.the_link()
    assert (kept.status, kept.link.state, kept.case.tab) == ("pending", LookState.FOUND, "needs")
    await here.approve()
    page = await here.page()
    assert "second thoughts" in page
    assert "nobody has read" not in page


async def test_a_link_that_somebody_removed_stays_removed(here: Here, elsewhere: OtherSite) -> None:
    await here.shows(elsewhere)
    await here.remove()
    for status in ("404 Not Found", "200 OK"):
        elsewhere.status = status
        await here.hears_of(elsewhere.url)

    assert (await here.the_link()).status == "removed"


async def test_what_a_shown_page_says_anew_waits_while_the_old_words_stay(
    here: Here, elsewhere: OtherSite
) -> None:
    await here.shows(elsewhere)
    elsewhere.page = elsewhere.page.replace("ten mails", "a hundred")

    await here.hears_of(elsewhere.url)

    page = await here.page()
    assert "ten mails" in page
    assert "a hundred" not in page
    assert (await here.the_link()).case.tab == "needs"


async def test_a_server_that_is_down_takes_nothing_back(here: Here, elsewhere: OtherSite) -> None:
    await here.shows(elsewhere)
    elsewhere.status = "500 Oh"

    await here.hears_of(elsewhere.url)

    assert (await here.the_link()).status == CommentStatus.APPROVED


async def test_a_webmention_takes_the_place_of_an_earlier_trackback(
    here: Here, elsewhere: OtherSite
) -> None:
    elsewhere.links_to(here.target)
    await here.trackback(url=elsewhere.url)
    await here.run_jobs()

    await here.hears_of(elsewhere.url)

    kept = await here.the_link()
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
    here: Here, source: str, target: str
) -> None:
    named = {"here": here.settings.base_url, "path": here.path}
    given = [one.format(**named) for one in (source, target)]

    assert (await here.mention(*given)).status_code == 400
    assert await here.links() == []


async def test_a_private_address_is_taken_in_and_refused_by_the_guard(here: Here) -> None:
    answer = await here.mention("http://127.0.0.2:8080/x", here.target)
    await here.run_jobs()

    status = await here.visitor.get(httpx.URL(answer.headers["location"]).raw_path.decode())
    assert answer.status_code == 201
    assert "could not be reached" in status.text
    assert (await here.the_link()).status == CommentStatus.SPAM


async def test_what_comes_in_before_anybody_looked_is_one_look(
    here: Here, elsewhere: OtherSite
) -> None:
    elsewhere.links_to(here.target)
    for _ in range(5):
        await here.mention(elsewhere.url)

    await here.run_jobs()

    assert elsewhere.visits == 1


async def test_a_page_that_was_looked_at_often_enough_today_is_looked_at_tomorrow(
    here: Here, elsewhere: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verifying.MOST_LOOKS_A_DAY == 20
    monkeypatch.setattr(verifying, "MOST_LOOKS_A_DAY", 2)
    elsewhere.links_to(here.target)
    for _ in range(3):
        await here.hears_of(elsewhere.url)
    visits = elsewhere.visits

    await here.run_jobs(later=timedelta(days=1))

    assert (visits, elsewhere.visits) == (2, 3)


async def test_the_door_says_where_mentions_are_taken(here: Here) -> None:
    page = await here.visitor.get(here.path)

    assert f'<{here.settings.base_url}/webmention>; rel="webmention"' in page.headers["link"]
    assert page.headers["x-pingback"] == f"{here.settings.base_url}/xmlrpc.php"
    assert f'<link rel="pingback" href="{here.settings.base_url}/xmlrpc.php">' in page.text


async def test_a_number_means_the_post_that_readers_are_sent_to(here: Here) -> None:
    async with here.doors.unit_of_work() as db:
        other = await a_post(db, "Another", slug="another")
        # Its number was taken when it came from elsewhere.
        other.legacy_id = here.post.id
    numbered = f"/?p={here.post.id}"

    await here.mention("https://b.example/", here.settings.base_url + numbered)

    assert (await here.visitor.get(numbered)).headers["location"] == here.path
    assert (await here.the_link()).link.post_id == here.post.id
