"""create_app(): settings, the doors, middleware, routers, error pages. Read this first."""

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
from app.groups.entering import Entries
from app.hooks.noting import Listening
from app.moderation.learning.links import load_suffixes
from app.notifications.notices.sightings import Sightings
from app.posts.redirect_hits import RedirectHits
from app.process import end_without_parent, spare_what_is_loaded
from app.resources.counting import Tally
from app.settings import Settings
from app.web import errors
from app.web.comments.floods import CommentFloods
from app.web.door.cross_site import CrossSiteWrites
from app.web.door.page_cache import PageCacheDoor
from app.web.door.security import SecurityHeaders
from app.web.feeds.limits import FeedLimit
from app.web.groups.handles import HandleLimit
from app.web.health import Jobs
from app.web.live.door import StreamsDoor
from app.web.live.ending import at_the_signal
from app.web.live.streams import Streams
from app.web.routers import ROUTERS
from app.work import Doors
from app.worker import Worker, at_work


def create_app(settings: Settings, jobs: Jobs = Jobs.ELSEWHERE) -> ASGIApp:
    """The whole website as one ASGI application, its page cache in front."""
    database = open_database(settings.database)
    cache: PageCache[Any] = PageCache()
    listening = Listening(hears=True)
    streams = Streams(is_limited=settings.rate_limits != "off")

    news = open_news(settings.database, _each(cache.forget, listening.forget, streams.hear_of))
    doors = Doors(database, news, has_hub=bool(settings.websub_hub), listening=listening)
    sightings = Sightings()
    entries = Entries()
    tally, redirect_hits = Tally(secrets_of(settings)), RedirectHits()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await news.open()
        end_without_parent()
        async with (
            sightings.written(doors),
            entries.written(doors),
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
    app.state.redirect_hits, app.state.entries = redirect_hits, entries
    # Before all others: some of these know every address.
    app.router.routes.append(mounted(app.state))
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
