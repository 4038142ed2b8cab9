"""Whom a post's links are announced to, and what came of it; `announcing_jobs` does the talking.

W3C Webmention §3.1.4: a change of the text is told to whoever was told of the link, and so is its
end, whether the link went or the whole page.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import _
from app.linkbacks.addresses import is_web_address, normalised
from app.linkbacks.errands import MOST_TRIES
from app.linkbacks.leading_out import links_out
from app.linkbacks.sent import (
    LONGEST_ADDRESS,
    Announcement,
    AnnouncementKind,
    AnnouncementState,
)
from app.posts.actions import get_to_write
from app.posts.addresses import address
from app.posts.events import TrackbacksListed
from app.posts.models import Post, Revision
from app.site.queries import get_site

MOST_LISTED = 20

# An address stands in a text, and not the beginning of a longer one.
_ENDS_HERE = r"(?![\w/?#&=%~-])"
# What `try_again` takes up: all that went wrong, and what may be offered by now.
_WENT_WRONG = tuple(
    state
    for state in AnnouncementState
    if state not in (AnnouncementState.WAITING, AnnouncementState.SENT)
)


@dataclass(frozen=True)
class Outgoing:
    """A post as other sites are to know it. Its version is empty while nobody may read it."""

    post_id: int
    version: str
    source: str
    # Each in its one spelling, and as the post has it.
    links: dict[str, str]


async def list_trackbacks(session: AsyncSession, event: TrackbacksListed) -> None:
    """Write down the addresses an author listed; each is told once, when the post is public.

    Raises Invalid.
    """
    query = select(Announcement.address).where(
        Announcement.post_id == event.post_id, Announcement.is_listed
    )
    known = set(await session.scalars(query))
    now = clock.now()
    for written in event.addresses:
        listed = normalised(written)
        if not is_web_address(written, LONGEST_ADDRESS) or len(listed) > LONGEST_ADDRESS:
            raise Invalid(_("“%(url)s” is no address for a trackback.") % {"url": written[:200]})
        if listed not in known:
            known.add(listed)
            session.add(_row(event.post_id, listed, written, now, is_listed=True))
    if len(known) > MOST_LISTED:
        raise Invalid(_("A post has at most %(n)d trackback addresses.") % {"n": MOST_LISTED})


async def read_outgoing(session: AsyncSession, base_url: str, post_id: int) -> Outgoing | None:
    """What is to be announced of a post; None where nobody is to be told anything."""
    post = await session.get(Post, post_id)
    if post is None:
        return None
    version = version_of(post)
    links: dict[str, str] = {}
    if version:
        site = await get_site(session)
        links = links_out(post.body_html, (base_url, *site.former_urls))
    known = select(Announcement.id).where(Announcement.post_id == post_id).limit(1)
    if not links and await session.scalar(known) is None:
        return None
    if links and post.legacy_id is not None:
        links = await _without_history(session, post_id, links)
    source = base_url + (address(post.path) if post.path else f"/?p={post.id}")
    return Outgoing(post_id, version, source, links)


def version_of(post: Post) -> str:
    """A word for the text as it stands, another one after any change; empty if nobody may read it."""
    if not post.is_public(clock.now()):
        return ""
    return sha256(f"{post.title}\0{post.body_html}".encode()).hexdigest()[:16]


async def keep_announcements(session: AsyncSession, outgoing: Outgoing) -> list[int]:
    """Let the rows of a post say what its text says now; the ids of those that are to be told."""
    locked = select(Post).where(Post.id == outgoing.post_id).with_for_update()
    post = await session.scalar(locked.execution_options(populate_existing=True))
    # Whoever changed it since it was read has asked for another turn.
    if post is None or version_of(post) != outgoing.version:
        return []
    now = clock.now()
    query = select(Announcement).where(Announcement.post_id == outgoing.post_id)
    # Locked, for a job may be writing down just now what it told one of them.
    rows = list(await session.scalars(query.order_by(Announcement.id).with_for_update()))
    linked = {row.address for row in rows if not row.is_listed}
    rows += (new := [
        _row(outgoing.post_id, link, target, now)
        for link, target in outgoing.links.items()
        if link not in linked
    ])  # fmt: skip
    session.add_all(new)
    wanted = [row for row in rows if _wants(row, outgoing, now)]
    await session.flush()
    return [row.id for row in wanted]


async def announcements_of(session: AsyncSession, post_id: int) -> list[Announcement]:
    """All that was told of a post, in the order of its links; whoever asks may write it."""
    query = select(Announcement).where(Announcement.post_id == post_id)
    return list(await session.scalars(query.order_by(Announcement.is_listed, Announcement.id)))


async def try_again(session: AsyncSession, actor: Actor, post_id: int) -> list[int]:
    """Try what went wrong once more; the ids of those that are to be told.

    Raises SignInNeeded, Forbidden, NotFound.
    """
    await get_to_write(session, actor, post_id, locked=False)
    query = select(Announcement).where(
        Announcement.post_id == post_id,
        Announcement.state.in_(_WENT_WRONG),
        # Not what waits for its post to be public.
        or_(Announcement.wanted != "", Announcement.told.is_not(None)),
    )
    rows = list(await session.scalars(query.order_by(Announcement.id).with_for_update()))
    for row in rows:
        row.want(row.wanted, clock.now())
        row.tries = MOST_TRIES - 1
    await session.flush()
    return [row.id for row in rows]


def _row(
    post_id: int, one_spelling: str, target: str, at: datetime, *, is_listed: bool = False
) -> Announcement:
    return Announcement(
        post_id=post_id,
        is_listed=is_listed,
        address=one_spelling,
        target=target,
        source="",
        kind=AnnouncementKind.TRACKBACK if is_listed else AnnouncementKind.UNKNOWN,
        state=AnnouncementState.WAITING,
        answer="",
        endpoint="",
        status_url="",
        tries=0,
        wanted="",
        created_at=at,
        updated_at=at,
    )


def _wants(row: Announcement, outgoing: Outgoing, at: datetime) -> bool:
    """Bring a row up to what the text says now; whether somebody is to be told of it."""
    is_there = row.is_listed or row.address in outgoing.links
    version = outgoing.version if is_there else ""
    if not row.hears_of(version):
        return False
    # Where the page moved they know it by its old address, which leads to the new one.
    if not row.told:
        row.source, row.target = outgoing.source, outgoing.links.get(row.address, row.target)
    row.want(version, at)
    return True


async def _without_history(
    session: AsyncSession, post_id: int, links: dict[str, str]
) -> dict[str, str]:
    """The links that an imported post had not when it came: those were announced long ago."""
    oldest = select(Revision.body_source).where(Revision.post_id == post_id, Revision.was_saved)
    source = await session.scalar(oldest.order_by(Revision.id).limit(1)) or ""
    source = source.replace("&amp;", "&")
    return {
        link: target
        for link, target in links.items()
        if not re.search(re.escape(target) + _ENDS_HERE, source)
    }
