"""What owners see and decide: who follows, and whether posts are mailed whole."""

from collections.abc import AsyncIterator, Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.db import Work
from app.core.errors import NotFound
from app.core.events import Event, record
from app.core.i18n import _
from app.notifications.blog.following import IS_FOLLOWING, count_followers
from app.notifications.blog.leaving import leave
from app.notifications.blog.models import BlogFollower
from app.site.models import SiteRow

PAGE_SIZE = 50
_AT_ONCE = 500


async def followers(
    session: AsyncSession, actor: Actor, before: int | None = None
) -> Sequence[BlogFollower]:
    """Those who follow, newest first: one page, and one more where there are more.

    Raises SignInNeeded, Forbidden.
    """
    require(may_run_the_site(actor))
    query = select(BlogFollower).where(IS_FOLLOWING).order_by(BlogFollower.id.desc())
    if before is not None:
        query = query.where(BlogFollower.id < before)
    return (await session.scalars(query.limit(PAGE_SIZE + 1))).all()


async def remove_follower(session: AsyncSession, actor: Actor, key: str) -> None:
    """Let somebody follow no more. Raises SignInNeeded, Forbidden, and NotFound for who does not."""
    require(may_run_the_site(actor))
    if not await leave(session, key):
        raise NotFound(_("Nobody who follows is known by this. Maybe they ended it themselves."))
    # Whose address it was is forgotten, here too.
    record_audit(session, actor, "follower removed", "followers")


async def note_export(session: AsyncSession, actor: Actor) -> None:
    """Somebody takes the list with them. Raises SignInNeeded, Forbidden."""
    require(may_run_the_site(actor))
    number = await count_followers(session)
    record_audit(session, actor, "followers exported", "followers", after={"number": number})


async def all_followers(work: Work) -> AsyncIterator[Sequence[BlogFollower]]:
    """All of them, oldest first, a few hundred at a time: however many they are. Not filtered by who asks."""
    last = 0
    while True:
        async with work.reading() as db:
            some = (await db.scalars(_after(last))).all()
        if not some:
            return
        yield some
        last = some[-1].id


async def choose_mailed_text(
    session: AsyncSession, actor: Actor, site: SiteRow, *, is_whole: bool
) -> None:
    """Mail posts whole from now on, or what they are about. Raises SignInNeeded, Forbidden."""
    require(may_run_the_site(actor))
    before, site.mails_full_text = site.mails_full_text, is_whole
    if before == is_whole:
        return
    record_audit(
        session, actor, "text of mailed posts chosen", "site", before={"whole": before},
        after={"whole": is_whole},
    )  # fmt: skip
    record(session, Event(touches=frozenset({"site"})))


def _after(last: int) -> Select[BlogFollower]:
    query = select(BlogFollower).where(IS_FOLLOWING, BlogFollower.id > last)
    return query.order_by(BlogFollower.id).limit(_AT_ONCE)
