"""One announcement on its way: what is to be told, how it went, and when it is tried again."""

from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.linkbacks.sent import SENT_ONCE, Announcement, AnnouncementKind, AnnouncementState
from app.linkbacks.telling import Errand, Offer, Outcome
from app.posts.models import Post
from app.site.queries import get_site

MOST_TRIES = 3
# Between one try and the next.
WAITS = (timedelta(minutes=1), timedelta(hours=1))
# Between two that ask one server again: WordPress takes one ping in fifteen seconds.
APART = timedelta(seconds=20)


async def find_errand(session: AsyncSession, announcement_id: int) -> Errand | None:
    """What is to be told; None where that was done, or is no longer wanted."""
    row = await session.get(Announcement, announcement_id)
    if row is None or not row.is_open or row.is_void:
        return None
    post = await session.get_one(Post, row.post_id)
    return Errand(
        id=row.id,
        post_id=row.post_id,
        source=row.source,
        target=row.target,
        version=row.wanted,
        is_news=row.told is not None,
        offer=_known_offer(row),
        tries=row.tries,
        title=post.title,
        excerpt=post.summary,
        blog_name=(await get_site(session)).title,
        listed=frozenset(await session.scalars(_listed_of(row))),
    )


async def begin(session: AsyncSession, errand: Errand, offer: Offer) -> None:
    """Count a try before it is made."""
    await _note_offer(session, errand, offer, errand.tries + 1)


async def put_off(session: AsyncSession, errand: Errand, offer: Offer) -> None:
    """Keep what was found, for the page need not be asked again; nothing was tried."""
    await _note_offer(session, errand, offer, errand.tries)


async def settle(
    session: AsyncSession, errand: Errand, offer: Offer | None, outcome: Outcome
) -> timedelta | None:
    """Write down how it went; how long to wait before the next try, if there is one."""
    # The post first, as whoever brings its rows up to date: of two that fail at once, one sees the other.
    await session.execute(select(Post.id).where(Post.id == errand.post_id).with_for_update())
    row = await _locked(session, errand.id)
    if row is None:
        return None
    is_sent = outcome.state == AnnouncementState.SENT
    row.tries = errand.tries + 1
    row.answer, row.updated_at = outcome.answer, clock.now()
    row.status_url = outcome.status_url or row.status_url
    if offer is not None:
        row.kind, row.endpoint = offer.kind, offer.endpoint
    if is_sent:
        row.told = errand.version
    if row.wanted != errand.version and not (is_sent and row.kind in SENT_ONCE):
        # Something changed meanwhile, and whoever changed it has asked for another turn.
        row.want(row.wanted, clock.now())
        return None
    row.state = outcome.state
    if row.state == AnnouncementState.FAILED and row.tries >= MOST_TRIES:
        row.state = AnnouncementState.GIVEN_UP
    if row.state != AnnouncementState.FAILED:
        return None
    return WAITS[row.tries - 1] + APART * await _ahead(session, row)


async def forget_void(session: AsyncSession, announcement_id: int) -> None:
    """Delete the row of a link that came and went before anybody was told."""
    row = await _locked(session, announcement_id)
    if row is not None and row.is_void and not row.is_listed:
        await session.delete(row)


async def _ahead(session: AsyncSession, row: Announcement) -> int:
    """How many links of the same post wait to ask the same server again."""
    query = select(Announcement.endpoint, Announcement.target).where(
        Announcement.post_id == row.post_id,
        Announcement.id != row.id,
        Announcement.state == AnnouncementState.FAILED,
    )
    server = _server(row.endpoint or row.target)
    waiting = await session.execute(query)
    return sum(_server(endpoint or target) == server for endpoint, target in waiting)


def _server(url: str) -> str:
    return urlsplit(url).netloc


def _known_offer(row: Announcement) -> Offer | None:
    if row.is_listed:
        return Offer(AnnouncementKind.TRACKBACK, row.target)
    return Offer(row.kind, row.endpoint) if row.endpoint else None


def _listed_of(row: Announcement) -> Select[str]:
    return select(Announcement.address).where(
        Announcement.post_id == row.post_id, Announcement.is_listed
    )


async def _note_offer(session: AsyncSession, errand: Errand, offer: Offer, tries: int) -> None:
    row = await _locked(session, errand.id)
    if row is not None and row.wanted == errand.version:
        row.kind, row.endpoint, row.tries = offer.kind, offer.endpoint, tries


async def _locked(session: AsyncSession, announcement_id: int) -> Announcement | None:
    query = select(Announcement).where(Announcement.id == announcement_id).with_for_update()
    found: Announcement | None = await session.scalar(query)
    return found
