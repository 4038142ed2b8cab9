"""create_app(): settings, the doors, middleware, routers, error pages. Read this first."""

import asyncio
import gc
import multiprocessing
import signal
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from app.api.door import mounted
from app.core.db import open_database
from app.core.freshness.news import open_news
from app.core.logs import configure_logs
from app.core.page_cache import PageCache
from app.core.secrets import secrets_of
from app.hooks.noting import Listening
from app.moderation.learning.links import load_suffixes
from app.notifications.notices.sightings import Sightings
from app.posts.redirect_hits import RedirectHits
from app.resources.counting import Tally
from app.settings import Settings
from app.web import conversations, errors, health
from app.web.accounts import (
    account,
    api_tokens,
    application_passwords,
    inviting,
    letters,
    new_password,
    own_data,
    people,
    second_factor,
    setup,
    signing_in,
    signing_up,
)
from app.web.admin.routers import ADMIN_PAGES, LOOK
from app.web.asks import acting as acting_on_asks
from app.web.asks import boards as asks
from app.web.asks import feeds as feeds_of_asks
from app.web.asks import starting as starting_asks
from app.web.comments import (
    appeals,
    commenting,
    latest_post,
    own_comment,
    small_sum,
    withdrawing,
)
from app.web.comments.floods import CommentFloods
from app.web.door import static_files
from app.web.door.cross_site import CrossSiteWrites
from app.web.door.page_cache import PageCacheDoor
from app.web.door.security import SecurityHeaders
from app.web.feeds import of_posts as feeds
from app.web.feeds import private as feeds_by_link
from app.web.feeds.limits import FeedLimit
from app.web.followers import admin as followers_admin
from app.web.followers import following
from app.web.groups import (
    discussing,
    handles,
    members,
    members_kept,
    replying,
    speaking,
    taking,
    topic_following,
    topic_keeping,
    topics,
)
from app.web.groups import editing as editing_replies
from app.web.groups import feeds as group_feeds
from app.web.groups import joining as joining_groups
from app.web.groups import keeping as keeping_groups
from app.web.groups import reading as groups
from app.web.groups import withdrawing as withdrawing_replies
from app.web.groups.handles import HandleLimit
from app.web.health import Jobs
from app.web.hooks import admin as hooks_admin
from app.web.introductions.routers import INTRODUCTIONS
from app.web.leftovers import programs, redirects
from app.web.linkbacks import admin as links_admin
from app.web.linkbacks import trackbacks, webmentions
from app.web.live import listening
from app.web.live.door import StreamsDoor
from app.web.live.ending import at_the_signal
from app.web.live.streams import Streams
from app.web.media.routers import MEDIA
from app.web.moderating.routers import MODERATING
from app.web.notices import choices, inbox
from app.web.pages import archives, files, posts, search
from app.web.people import blocking, directory, editing, figures, photos, profile
from app.web.people import feed as feed_of_member
from app.web.promises.routers import PROMISING
from app.web.reporting.routers import REPORTING
from app.web.resources.routers import GROUP_RESOURCES, RESOURCES
from app.web.rpc import door as rpc
from app.web.slashes import ending_with_slash
from app.web.writing.routers import WRITING
from app.work import Doors
from app.worker import Worker, at_work

# So many objects more than were let go of.
_LOOKED_FOR_AFTER = 10_000

# In this order: the first that knows an address answers, and `posts` knows them all.
ROUTERS = (
    # First, as what somebody says need not be compared with all other addresses.
    commenting.router,
    replying.router,
    health.router,
    *LOOK,
    static_files.router,
    files.router,
    small_sum.router,
    latest_post.router,
    own_comment.router,
    withdrawing.router,
    programs.router,
    rpc.router,
    feeds.router,
    *MODERATING,
    trackbacks.router,
    webmentions.router,
    redirects.router,
    search.router,
    signing_in.router,
    signing_up.router,
    account.router,
    inbox.router,
    listening.router,
    choices.router,
    second_factor.router,
    application_passwords.router,
    api_tokens.router,
    people.router,
    inviting.router,
    *ADMIN_PAGES,
    links_admin.router,
    followers_admin.router,
    hooks_admin.router,
    following.router,
    new_password.router,
    own_data.router,
    setup.router,
    letters.router,
    appeals.router,
    feeds_of_asks.router,
    feeds_by_link.router,
    starting_asks.router,
    acting_on_asks.router,
    asks.router,
    *REPORTING,
    # The last of these knows all addresses below `/groups/`.
    discussing.router,
    keeping_groups.router,
    taking.router,
    members_kept.router,
    joining_groups.router,
    topic_following.router,
    topic_keeping.router,
    group_feeds.router,
    speaking.router,
    editing_replies.router,
    withdrawing_replies.router,
    handles.router,
    topics.router,
    members.router,
    *GROUP_RESOURCES,
    groups.router,
    *INTRODUCTIONS,
    conversations.router,
    directory.router,
    blocking.router,
    feed_of_member.router,
    profile.router,
    figures.router,
    editing.router,
    photos.router,
    *PROMISING,
    *MEDIA,
    *RESOURCES,
    *WRITING,
    archives.router,
    posts.router,
)


def create_app(settings: Settings, jobs: Jobs = Jobs.ELSEWHERE) -> ASGIApp:
    """The whole website as one ASGI application, its page cache in front."""
    database = open_database(settings.database)
    cache: PageCache[Any] = PageCache()
    listening = Listening(hears=True)
    streams = Streams(is_limited=settings.rate_limits != "off")

    news = open_news(settings.database, _each(cache.forget, listening.forget, streams.hear_of))
    doors = Doors(database, news, has_hub=bool(settings.websub_hub), listening=listening)
    sightings = Sightings()
    tally, redirect_hits = Tally(secrets_of(settings)), RedirectHits()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await news.open()
        _end_without_parent()
        async with (
            sightings.written(doors),
            tally.written(doors),
            redirect_hits.written(doors),
            streams.told(doors, news),
            at_work(Worker(doors, settings)) if jobs == Jobs.HERE else nullcontext(),
        ):
            # The server waits for open answers before it says here that it stops.
            with at_the_signal(streams.end_all):
                yield
        await news.close()
        await database.close()

    app = FastAPI(
        title="Rapport", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.settings, app.state.doors, app.state.cache = settings, doors, cache
    app.state.jobs, app.state.sightings, app.state.downloads = jobs, sightings, tally
    app.state.streams, app.state.handle_limit = streams, HandleLimit()
    app.state.redirect_hits = redirect_hits
    # Before all others: some of these know every address.
    app.router.routes.append(mounted(app.state))
    # The last two know every address, whether something stands there or not.
    app.state.ending_with_slash = ending_with_slash(ROUTERS[:-2])
    for router in ROUTERS:
        # Not `include_router`: its bookkeeping costs a third of a millisecond a request.
        app.router.routes.extend(router.routes)
    errors.install(app)
    app.add_middleware(CrossSiteWrites, base_url=settings.base_url)
    if settings.rate_limits == "off":
        return PageCacheDoor(StreamsDoor(SecurityHeaders(app), streams), cache, news)
    guarded = StreamsDoor(SecurityHeaders(CommentFloods(app)), streams)
    return PageCacheDoor(guarded, cache, news, on_full_answer=FeedLimit())


def _each(*hear: Callable[[Iterable[str]], None]) -> Callable[[Iterable[str]], None]:
    def hear_of(tags: Iterable[str]) -> None:
        for one in hear:
            one(tags)

    return hear_of


def _end_without_parent() -> None:
    """One of several server processes ends, as if told to, when the one that watches over them is gone.

    Nobody else would end it: it would keep the port, and answer from an old program.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.remove_reader(parent.sentinel)
        signal.raise_signal(signal.SIGTERM)

    loop.add_reader(parent.sentinel, end)


def from_environment() -> ASGIApp:
    """The application as each server process makes it for itself; jobs are others' business."""
    return _made(Jobs.ELSEWHERE)


def with_jobs() -> ASGIApp:
    """The application of the only server process, which does the jobs, too."""
    return _made(Jobs.HERE)


def beside_jobs() -> ASGIApp:
    """The application of several server processes, beside which a worker runs."""
    return _made(Jobs.BESIDE)


def _made(jobs: Jobs) -> ASGIApp:
    settings = Settings()
    configure_logs(settings)
    # A tenth of a second, which the first comment need not wait for.
    load_suffixes()
    application = create_app(settings, jobs)
    spare_what_is_loaded()
    return application


def spare_what_is_loaded() -> None:
    """What lives as long as the process need not be looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
    # Most of what a request leaves behind needs no looking for.
    gc.set_threshold(_LOOKED_FOR_AFTER)
