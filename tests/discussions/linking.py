"""A site whose guests have their newest posts linked, and the worker that looks for them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from lxml import html
from sqlalchemy import select

from app.core import clock
from app.discussions.latest_posts.models import LatestPost
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from app.worker import Worker
from tests.core.strangers import Stranger
from tests.web.commenting import send


@dataclass
class Site:
    """A blog with one post, whose worker may ask some servers on loopback."""

    doors: Doors
    settings: Settings
    post: Post

    async def work(self, *blogs: Stranger, later: timedelta = timedelta()) -> None:
        """Do what waits, and is due then."""
        with clock.moved(later):
            await self.worker(*blogs).run_until_idle()

    def worker(self, *blogs: Stranger) -> Worker:
        """A worker with the guard open for these blogs alone, by number and by name."""
        hosts = {f"{host}:{blog.port}" for blog in blogs for host in ("127.0.0.1", "localhost")}
        settings = self.settings.model_copy(update={"outbound_allow": ",".join(sorted(hosts))})
        return Worker(self.doors, settings, schedules=())

    async def latest(self) -> list[LatestPost]:
        """All that is known, or wanted."""
        async with self.doors.reading() as db:
            return list(await db.scalars(select(LatestPost)))

    async def link(self) -> tuple[str, str] | None:
        """Address and title of the one that was found."""
        found = [(one.url, one.title) for one in await self.latest() if one.found_at]
        return found[0] if found else None


async def said(site: Site, visitor: httpx.AsyncClient, url: str, **typed: Any) -> None:
    """A guest has sent the form with the box ticked."""
    answer = await send(visitor, site.post, url=url, latest_post="yes", **typed)
    assert answer.status_code == 303


async def links_on(visitor: httpx.AsyncClient, site: Site) -> list[Any]:
    """The links to latest posts on the page."""
    page = html.fromstring((await visitor.get(site.post.path or "")).text)
    return list(page.xpath("//p[@class='comment__latest']/a"))
