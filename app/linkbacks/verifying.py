"""Enters what was seen of a page: the link is judged by it, or taken from view when it is gone."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import NotNow
from app.core.i18n import _
from app.discussions.linking import hear_source, withdraw_link
from app.discussions.models import Comment
from app.linkbacks.looking import Sight, ToLookAt
from app.linkbacks.models import Linkback, LookState
from app.linkbacks.targets import post_at, spellings
from app.posts.models import Post
from app.settings import Settings
from app.site.models import SiteRow

MOST_LOOKS_A_DAY = 20
# A page that could not be read is tried again so much later; it lies in spam meanwhile.
WAITS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


@dataclass(frozen=True, slots=True)
class Look:
    """A look that is to be taken, and for how many sendings of the link it stands."""

    comment_id: int
    post_id: int
    sent: int
    at: ToLookAt


async def next_look(
    session: AsyncSession, settings: Settings, site: SiteRow, comment_id: int, at: datetime
) -> Look | None:
    """The look that a link still needs, counted as taken; None if it needs none. Raises NotNow."""
    found = (
        await session.execute(
            select(Linkback, Comment, Post)
            .join(Comment, Comment.id == Linkback.comment_id)
            .join(Post, Post.id == Linkback.post_id)
            .where(Linkback.comment_id == comment_id)
            .with_for_update(of=Linkback)
            .execution_options(populate_existing=True)
        )
    ).first()
    if found is None:
        return None
    link, comment, post = found
    if link.looked >= link.sent:
        return None
    _count_look(link, at)
    targets = spellings(settings, site, post, link.target)
    to_look_at = ToLookAt(comment.kind, link.source, targets, link.asked_by)
    return Look(comment_id, post.id, link.sent, to_look_at)


async def enter(
    session: AsyncSession, settings: Settings, site: SiteRow, look: Look, sight: Sight
) -> timedelta | None:
    """Keep what was seen. Returns when to look again, for a page that could not be read."""
    link: Linkback | None = await session.get(Linkback, look.comment_id, with_for_update=True)
    if link is None:
        return None
    wait = await _enter(session, settings, site, look, link, sight)
    if wait is None:
        # Said to the page's server, and of no use after that.
        link.asked_by = ""
    return wait


async def _enter(
    session: AsyncSession,
    settings: Settings,
    site: SiteRow,
    look: Look,
    link: Linkback,
    sight: Sight,
) -> timedelta | None:
    sight = await led_here(session, settings, site, look.post_id, sight)
    was_there = link.state == LookState.FOUND
    link.says = sight.says
    if sight.state == LookState.AWAY and was_there:
        # Nobody takes a link back by a server that is down.
        link.looked = look.sent
        return None
    link.state, link.looked = sight.state, look.sent
    if was_there and sight.state in (LookState.GONE, LookState.MISSING):
        link.state = LookState.GONE
        await withdraw_link(session, look.comment_id)
        return None
    await hear_source(session, settings, site, look.comment_id, sight.source)
    return _look_later(link) if sight.state == LookState.AWAY else None


def _look_later(link: Linkback) -> timedelta | None:
    if link.tries >= len(WAITS):
        return None
    wait = WAITS[link.tries]
    link.tries += 1
    # Not answered yet: the next look is for the same sending.
    link.looked = link.sent - 1
    return wait


def _count_look(link: Linkback, at: datetime) -> None:
    is_today = link.looked_at is not None and link.looked_at.date() == at.date()
    looks = link.looks_that_day if is_today else 0
    if looks >= MOST_LOOKS_A_DAY:
        tomorrow = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        raise NotNow(_("That page was looked at often enough for today."), tomorrow)
    link.looked_at, link.looks_that_day = at, looks + 1


async def led_here(
    session: AsyncSession, settings: Settings, site: SiteRow, post_id: int, sight: Sight
) -> Sight:
    """A link to an old address of the post leads there, too, and nobody need be asked for that."""
    for url in sight.others:
        post = await post_at(session, settings, site, url)
        if post is not None and post.id == post_id:
            says = _("The link was found on that page.")
            source = replace(sight.source, trouble=None)
            return replace(sight, state=LookState.FOUND, says=says, source=source)
    return sight
