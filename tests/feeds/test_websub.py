"""The hub is told of every feed that has changed: once for many changes, later when it was away."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.accounts.sessions import Whereabouts, start_session
from app.core import clock
from app.core.freshness.news import open_news
from app.core.job_queue import Ended, numbers
from app.core.jobs import JobState
from app.discussions.actions import approve, mark_as_spam
from app.discussions.models import CommentStatus
from app.main import create_app
from app.posts import actions as writing
from app.posts.jobs import publish_what_is_due
from app.posts.models import PostStatus
from app.settings import Settings
from app.web.accounts.session_cookie import cookie_name
from app.work import Doors
from app.worker import Worker
from tests.feeds.hubs import Hub, a_hub
from tests.visiting import BASE_URL, rapport, running, visiting
from tests.world import a_category, a_comment, a_draft, a_member, a_post, a_tag, an_author, the_site

pytestmark = pytest.mark.anyio

SOON = timedelta(minutes=1)
PENDING = CommentStatus.PENDING


@dataclass
class Announced:
    """A site with a hub, and the worker that speaks to it."""

    hub: Hub
    doors: Doors
    settings: Settings

    async def work(self, later: timedelta = SOON) -> list[Ended]:
        """Do what is due then."""
        worker = Worker(self.doors, self.settings, schedules=())
        with clock.moved(later):
            await worker.run_until_idle()
        return worker.ended

    async def heard(self) -> list[str]:
        """The paths of the feeds that the hub is told of by what happened so far."""
        self.hub.told.clear()
        await self.work()
        return [topic.removeprefix(BASE_URL) for topic in self.hub.topics]


@pytest.fixture
async def site(doors: Doors, settings: Settings) -> AsyncIterator[Announced]:
    async with a_hub() as hub:
        settings = settings.model_copy(update={"websub_hub": hub.url})
        news = open_news(settings.database)
        yield Announced(hub, Doors(doors.database, news, has_hub=True), settings)
        await news.close()


def feeds(*bases: str) -> list[str]:
    """The feeds below these paths, in the three formats."""
    return sorted(f"{base}feed/{suffix}" for base in bases for suffix in ("", "atom/", "json/"))


async def test_a_published_post_changes_every_feed_it_stands_in(site: Announced) -> None:
    async with site.doors.unit_of_work() as db:
        above = await a_category(db, "Work")
        under = [await a_category(db, "Bread", under=above), await a_tag(db, "sält")]
        at = datetime(2024, 3, 1, 9, tzinfo=UTC)
        await a_post(db, at=at, by=await an_author(db, "Gwen"), under=under)

    heard = await site.heard()

    assert heard == feeds(
        "/", "/2024/", "/2024/03/", "/2024/03/01/", "/author/gwen/", "/category/work/",
        "/category/work/bread/", "/tag/s%C3%A4lt/",
    )  # fmt: skip
    (said,) = [one for one in site.hub.told if one["hub.url"] == [f"{BASE_URL}/feed/"]]
    assert said["hub.mode"] == ["publish"]
    assert said["hub.topic"] == said["hub.url"]
    request = site.hub.stranger.requests[0]
    assert request.startswith(b"POST /hub?key=1 HTTP/1.1\r\n")
    assert b"User-Agent: Rapport (+http://blog.example; WebSub)\r\n" in request


async def test_a_topic_is_what_its_feed_calls_itself(site: Announced) -> None:
    async with site.doors.unit_of_work() as db:
        post = await a_post(db, "Über alles", under=[await a_category(db, "Brot & Salz")])
        await a_comment(db, under=post)
    topics = await site.heard()
    app = create_app(site.settings)

    async with running(app), visiting(app) as visitor:
        for topic in topics:
            answer = await visitor.get(topic)
            assert answer.status_code == 200
            assert f'<{BASE_URL}{topic}>; rel="self"' in answer.headers["link"]
            assert f'<{site.hub.url}>; rel="hub"' in answer.headers["link"]
        search = await visitor.get("/search/feed/?q=alles")

    assert len(topics) == 21
    assert "link" not in search.headers
    assert "hub" not in search.text


async def test_a_comment_changes_the_feeds_of_comments(site: Announced) -> None:
    async with site.doors.unit_of_work() as db:
        post = await a_post(db)
        comment = await a_comment(db, under=post, status=PENDING)
    await site.heard()
    for decide in (approve, mark_as_spam):
        async with site.doors.unit_of_work() as db:
            await decide(db, OWNER_AT_THE_MACHINE, comment.id)

        assert await site.heard() == feeds(post.path or "", "/comments/")


async def test_what_nobody_can_read_is_no_news(site: Announced) -> None:
    async with site.doors.unit_of_work() as db:
        await a_draft(db)
        post = await a_post(db, at=clock.now() + timedelta(days=1), status=PostStatus.SCHEDULED)
    assert await site.heard() == []
    async with site.doors.unit_of_work() as db:
        await a_comment(db, under=await a_post(db), status=PENDING)
    await site.heard()
    async with site.doors.unit_of_work() as db:
        await writing.edit_post(
            db, OWNER_AT_THE_MACHINE, await the_site(db), post.id, writing.Draft(title="Later")
        )

    assert await site.heard() == []


async def test_updated_scheduled_and_trashed_posts_are_news(site: Announced) -> None:
    async with site.doors.unit_of_work() as db:
        at = clock.now() + timedelta(minutes=1)
        post = await a_post(db, at=at, status=PostStatus.SCHEDULED)
    await site.heard()

    with clock.moved(timedelta(minutes=2)):
        worker = Worker(site.doors, site.settings, ((publish_what_is_due, timedelta(days=1)),))
        await worker.run_until_idle()
    await site.work(timedelta(minutes=3))
    assert f"{BASE_URL}/feed/" in site.hub.topics
    async with site.doors.unit_of_work() as db:
        edit = writing.Draft(title="Otherwise", status=PostStatus.DRAFT)
        await writing.edit_post(db, OWNER_AT_THE_MACHINE, await the_site(db), post.id, edit)
    assert "/feed/" in await site.heard()
    async with site.doors.unit_of_work() as db:
        await writing.trash_post(db, OWNER_AT_THE_MACHINE, post.id)
    assert "/feed/" in await site.heard()


async def test_many_changes_in_a_short_time_are_told_once(site: Announced) -> None:
    async with site.doors.unit_of_work() as db:
        post = await a_post(db)
    for _ in range(5):
        async with site.doors.unit_of_work() as db:
            await a_comment(db, under=post)
    at_once = await site.work(timedelta())

    heard = await site.heard()

    assert [end.taken.name for end in at_once if end.taken.name == "ping_hub"] == []
    assert [topic for topic in heard if topic.startswith("/comments/")] == feeds("/comments/")
    assert len(heard) == len(set(heard))


@pytest.mark.parametrize("status", ["503 Later", "404 Not Found", "307 Temporary Redirect"])
async def test_a_hub_that_is_away_is_told_later(site: Announced, status: str) -> None:
    site.hub.status = status
    async with site.doors.unit_of_work() as db:
        await a_post(db)
    await site.work()
    for later in (timedelta(minutes=3), timedelta(minutes=20)):
        await site.work(later)
    assert site.hub.topics == []

    site.hub.status = "204 No Content"
    await site.work(timedelta(hours=2))

    assert f"{BASE_URL}/feed/" in site.hub.topics


async def test_a_hub_that_is_gone_for_good_is_named_among_what_failed(
    site: Announced, doors: Doors
) -> None:
    settings = site.settings.model_copy(update={"websub_hub": "http://127.0.0.1:9/"})
    async with site.doors.unit_of_work() as db:
        await a_comment(db, under=await a_post(db))
    worker = Worker(doors, settings, schedules=())
    for hours in (1, 2, 4, 8, 24):
        with clock.moved(timedelta(hours=hours)):
            await worker.run_until_idle()

    async with doors.reading() as db:
        assert set(await numbers(db)) == {JobState.FAILED}


async def test_without_a_hub_nothing_is_written_down(doors: Doors, here: dict[str, str]) -> None:
    async with doors.unit_of_work() as db:
        await a_post(db)
    listed = rapport("jobs", "list", environment=here)

    assert "ping_hub" not in listed.stdout


async def test_the_command_line_tells_the_hub(site: Announced, here: dict[str, str]) -> None:
    told = {**here, "RAPPORT_WEBSUB_HUB": site.hub.url}
    rapport("post", "add", "--title", "By command", environment=told)

    assert "/feed/" in await site.heard()


async def test_the_website_tells_the_hub(site: Announced) -> None:
    async with site.doors.unit_of_work() as db:
        await a_comment(db, under=await a_post(db), status=PENDING)
        token = await start_session(
            db, await a_member(db, roles=[Role.MODERATOR]), Whereabouts("203.0.113.9", "A browser")
        )
    await site.heard()
    app = create_app(site.settings)

    async with running(app), visiting(app) as moderator:
        moderator.cookies.set(cookie_name(site.settings), token, domain=site.settings.base_host)
        await moderator.post("/mod/comments/1/approval", data={"version": "1"})

    assert set(feeds("/comments/")) < set(await site.heard())


@pytest.mark.parametrize(
    "hub",
    ["hub.example", "ftp://hub.example/", "https:///", "https://hub.example/#x", "https://h.example/>; a"],
)  # fmt: skip
def test_a_hub_is_a_web_address(hub: str) -> None:
    with pytest.raises(ValidationError, match="must look like"):
        Settings(_env_file=None, websub_hub=hub)
