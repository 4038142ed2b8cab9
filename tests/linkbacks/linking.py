"""Other sites that link here, as small real servers on loopback, and what became of their links."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import httpx
from anyio.abc import SocketStream
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.discussions import actions
from app.discussions.models import Comment, CommentStatus
from app.linkbacks.models import Linkback
from app.moderation.models import Case
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs
from tests.core.strangers import Stranger, a_stranger, answers


@dataclass
class OtherSite:
    """A blog elsewhere: its `page` can be changed, taken away, or made slow."""

    stranger: Stranger
    page: str = ""
    status: str = "200 OK"
    seconds: float = 0.0
    headers: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"{self.stranger.url}about-letters/"

    @property
    def visits(self) -> int:
        """How often it was asked."""
        return self.stranger.connections

    def links_to(self, target: str, words: str = "a letter a week") -> None:
        """Its page says so."""
        self.page = (
            "<!doctype html><html lang=en><head><title>About letters</title></head><body>"
            f"<p>I have read that <a href='{target}'>{words}</a> is worth more than ten mails.</p>"
            "</body></html>"
        )


@asynccontextmanager
async def an_other_site() -> AsyncIterator[OtherSite]:
    """A site at loopback until the block ends."""
    holder: list[OtherSite] = []

    async def behave(stream: SocketStream) -> None:
        site = holder[0]
        await anyio.sleep(site.seconds)
        await answers(site.page.encode(), *site.headers, status=site.status)(stream)

    async with a_stranger(behave) as stranger:
        holder.append(OtherSite(stranger))
        yield holder[0]


@dataclass(frozen=True)
class Kept:
    """A link as it is kept."""

    comment: Comment
    link: Linkback
    case: Case

    @property
    def status(self) -> CommentStatus:
        """What became of it."""
        return self.comment.status

    @property
    def reasons(self) -> set[str]:
        """The codes of why."""
        return {reason["code"] for reason in self.case.reasons}


@dataclass(frozen=True)
class Here:
    """Our site with a post that others link to, and what becomes of their links."""

    visitor: httpx.AsyncClient
    post: Post
    settings: Settings
    doors: Doors
    run_jobs: RunJobs

    @property
    def path(self) -> str:
        """Where the post stands."""
        return self.post.path or ""

    @property
    def target(self) -> str:
        """Its whole address."""
        return self.settings.base_url + self.path

    async def page(self) -> str:
        """The post as a visitor reads it."""
        return (await self.visitor.get(self.path)).text

    async def trackback(self, **form: str) -> httpx.Response:
        """What is answered to a trackback for the post."""
        return await self.visitor.post(f"{self.path}trackback/", data=form)

    async def mention(self, source: str, target: str | None = None) -> httpx.Response:
        """What is answered to a webmention, of the post unless another `target` is named."""
        form = {"source": source, "target": self.target if target is None else target}
        return await self.visitor.post("/webmention", data=form)

    async def hears_of(self, source: str) -> None:
        """A page is mentioned, and looked at."""
        await self.mention(source)
        await self.run_jobs()

    async def shows(self, elsewhere: OtherSite) -> None:
        """Another site's page links to the post, which somebody has read and likes."""
        elsewhere.links_to(self.target)
        await self.hears_of(elsewhere.url)
        await self.approve()

    async def links(self) -> list[Kept]:
        """All that are kept."""
        return await kept_links(self.doors)

    async def the_link(self) -> Kept:
        """The only one."""
        (kept,) = await self.links()
        return kept

    async def approve(self) -> None:
        """Somebody has read it, and likes it."""
        kept = await self.the_link()
        async with self.doors.unit_of_work() as db:
            await actions.approve(db, OWNER_AT_THE_MACHINE, kept.comment.id)

    async def remove(self) -> None:
        """Somebody has read it, and does not."""
        kept = await self.the_link()
        async with self.doors.unit_of_work() as db:
            await actions.remove(db, OWNER_AT_THE_MACHINE, kept.comment.id)


async def kept_links(doors: Doors) -> list[Kept]:
    """Every link that is kept, in the order it came."""
    async with doors.reading() as db:
        rows = await db.execute(
            select(Comment, Linkback, Case)
            .join(Linkback, Linkback.comment_id == Comment.id)
            .join(Case, Case.item_id == Comment.id)
            .order_by(Comment.id)
        )
        return [Kept(*row) for row in rows]
