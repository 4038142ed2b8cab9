"""Takes in what other sites send: one record a page and post, however often and by whatever way it is sent."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.answers import require
from app.core.db import BigId
from app.core.prepared import Prepared
from app.discussions.linking import Link, link_sent_again, take_in_link, thread_linked_to
from app.discussions.models import Comment, CommentKind, Section, Thread
from app.discussions.policy import may_link
from app.linkbacks.addresses import normalised
from app.linkbacks.models import Linkback
from app.linkbacks.targets import is_own
from app.moderation.submission import host_of
from app.posts.models import Post
from app.settings import Settings
from app.site.models import SiteRow

LONGEST_ADDRESS = 1000


@dataclass(frozen=True, slots=True)
class Ping:
    """What was sent, read: one page that is said to link to a post. Its words are plain and short."""

    kind: CommentKind
    source: str
    target: str
    title: str = ""
    text: str = ""
    site_name: str = ""
    address: str = ""
    agent: str = ""


class Became(StrEnum):
    """What came of it."""

    NEW = "new"
    # Known already; a webmention is looked at anew, all else changes nothing.
    KNOWN = "known"
    # A page of this very site: those are shown elsewhere, and told to nobody.
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Received:
    """What came of it, and which comment it is; 0 for a page of this site."""

    became: Became
    comment_id: int = 0


async def receive(
    session: AsyncSession,
    settings: Settings,
    site: SiteRow,
    post_id: int,
    ping: Ping,
    *,
    looked_at_within: int = 0,
) -> Received:
    """Keep a link that was sent, to be looked at by the worker. Raises NotFound, Forbidden, TooMany.

    `looked_at_within` so many seconds the asker looks itself: the worker waits as long.
    """
    # Its row is locked: of two who send the same at once, the second finds what the first has kept.
    place = await thread_linked_to(session, post_id)
    require(may_link(site, place[0], ping.kind, clock.now()))
    if is_own(settings, site, ping.source):
        return Received(Became.OWN)
    known = await known_link(session, post_id, ping.source)
    if known is not None:
        await _sent_again(session, known, place[0], ping)
        return Received(Became.KNOWN, known)
    comment = await take_in_link(
        session, settings, site, place, _link(ping), looked_at_within=looked_at_within
    )
    await _keep(session, comment.id, place[0], ping)
    return Received(Became.NEW, comment.id)


def source_key(source: str) -> str:
    """The name of a page, however its address is spelled."""
    return hashlib.sha256(normalised(source).encode()).hexdigest()


async def known_link(session: AsyncSession, post_id: int, source: str) -> int | None:
    """Which comment is the link of a page to a post, also one that was brought along from another site."""
    asked = {
        "post": post_id,
        "key": source_key(source),
        "source": source,
        "normalised": normalised(source),
    }
    rows = await _KNOWN.rows(session, asked)
    return int(rows[0][1]) if rows else None


# Put together once, as that takes several times as long as asking.
_POST = bindparam("post", type_=BigId)
_BROUGHT_ALONG = (
    select(literal(1).label("rank"), Comment.id)
    .join(Thread, Thread.id == Comment.thread_id)
    .where(
        Thread.post_id == _POST,
        Comment.section == Section.LINKBACKS,
        Comment.author_url.in_((bindparam("source"), bindparam("normalised"))),
        # Of those that are shown there is an index, and the others nobody misses.
        Comment.is_shown,
    )
)
_SENT_HERE = select(literal(0).label("rank"), Linkback.comment_id.label("id")).where(
    Linkback.post_id == _POST, Linkback.source_key == bindparam("key")
)
_KNOWN = Prepared(union_all(_SENT_HERE, _BROUGHT_ALONG).order_by("rank", "id").limit(1))


async def _sent_again(session: AsyncSession, comment_id: int, post: Post, ping: Ping) -> None:
    if ping.kind != CommentKind.WEBMENTION:
        return
    known = await session.get(Linkback, comment_id, populate_existing=True)
    if known is None:
        await _keep(session, comment_id, post, ping)
    else:
        known.sent += 1
        known.target, known.asked_by = ping.target, ping.address
    await link_sent_again(session, comment_id, ping.kind)


def _link(ping: Ping) -> Link:
    return Link(
        kind=ping.kind,
        source=ping.source,
        name=ping.title or ping.site_name or host_of(ping.source),
        text=ping.text,
        address=ping.address,
        agent=ping.agent,
    )


async def _keep(session: AsyncSession, comment_id: int, post: Post, ping: Ping) -> None:
    session.add(
        Linkback(
            comment_id=comment_id,
            post_id=post.id,
            source_key=source_key(ping.source),
            source=ping.source,
            target=ping.target,
            asked_by=ping.address,
        )
    )
    await session.flush()
