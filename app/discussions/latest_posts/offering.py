"""Offers guests their newest post while they are still writing: looked for as soon as they tick the box.

Whoever asks hears what was found, and nothing else: not that there is no feed, nor that nobody
answered, nor when that was known. Else this would tell strangers what our connections do.
"""

from datetime import timedelta

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.db import UtcDateTime
from app.core.errors import TooMany
from app.core.i18n import _
from app.core.limits import Limit, take
from app.core.networks import household
from app.core.secrets import Secrets
from app.discussions.latest_posts.feeds import Item
from app.discussions.latest_posts.keeping import linked
from app.discussions.latest_posts.models import Lookup

LIMITS = (Limit(5, timedelta(minutes=10)), Limit(20, timedelta(days=1)))
# What was found is taken for the comment without asking again for so long.
FRESH = timedelta(hours=1)
KEPT = timedelta(days=1)

# Two may ask for the same website at once: one of them has it looked up.
_BEGIN = text(
    "INSERT INTO latest_post_lookups (website, asked_at, url, title) VALUES (:website, :at, '', '')"
    " ON CONFLICT (website) DO UPDATE SET asked_at = excluded.asked_at, url = '', title = ''"
    " WHERE latest_post_lookups.asked_at < :stale RETURNING website"
).bindparams(bindparam("at", type_=UtcDateTime()), bindparam("stale", type_=UtcDateTime()))


async def begin_lookup(
    session: AsyncSession, secrets: Secrets, website: str, asked_by: str
) -> bool:
    """Whether this website is to be looked up now: not where that was done lately. Raises TooMany."""
    at = clock.now()
    subject = secrets.keyed_hash("pace", household(asked_by)[0])
    wait = await take(session, f"latest post:{subject}", LIMITS, at)
    if wait is not None:
        raise TooMany(_("That was very quick. Please wait a little, then send it again."))
    begun = await session.execute(_BEGIN, {"website": website, "at": at, "stale": at - FRESH})
    return begun.first() is not None


async def end_lookup(session: AsyncSession, website: str, item: Item | None) -> None:
    """Keep what was found at a website."""
    url, title = linked(item)
    found = update(Lookup).where(Lookup.website == website).values(url=url, title=title)
    await session.execute(found)


async def find_offer(session: AsyncSession, website: str) -> Item | None:
    """What was found at a website lately."""
    query = select(Lookup.url, Lookup.title).where(
        Lookup.website == website, Lookup.url != "", Lookup.asked_at > clock.now() - FRESH
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else Item(row.url, row.title)


async def forget_lookups(session: AsyncSession) -> None:
    """Delete what nobody waits for any more."""
    await session.execute(delete(Lookup).where(Lookup.asked_at < clock.now() - KEPT))
