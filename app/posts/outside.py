"""Whether links to other sites still lead somewhere: asked by the worker, remembered for a day.

No request waits for another server. Whoever looks a text over is told what is known of its links by then, and
what is not known is asked in the background. Each address is asked by one GET whose body nobody reads: many
servers answer a HEAD as if nothing stood there, and asking twice would take two of their few turns.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import String, bindparam, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.actor import Actor
from app.core import clock
from app.core.db import Base, UtcDateTime
from app.core.errors import Unreachable
from app.core.jobs import Tools, enqueue_all, job
from app.core.limits import Limit, take
from app.core.outbound.asking import LINK, UNREAD, Asking
from app.core.outbound.opening import open_door

KEPT_FOR = timedelta(days=1)
# Of one text so many are asked, and for one person so many texts.
MOST_ASKED = 60
LONGEST = 2000
LOOKS = (Limit(20, timedelta(minutes=10)), Limit(200, timedelta(days=1)))
_GONE = (404, 410)


class Came(StrEnum):
    """What came of asking."""

    WAITS = ""
    ANSWERS = "answers"
    GONE = "gone"
    SILENT = "silent"


class OutsideLink(Base):
    """An address of another site that somebody links to, and whether anything stands there."""

    __tablename__ = "outside_links"

    # 64 hex digits of the address: it is too long for a key itself.
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    url: Mapped[str] = mapped_column(String(LONGEST))
    came: Mapped[Came] = mapped_column(String(10), default=Came.WAITS)
    # When it was wanted, then when it was asked.
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """An address, and what is known of it."""

    digest: str
    url: str
    came: Came


_WANT = text(
    "INSERT INTO outside_links (digest, url, came, at) VALUES (:digest, :url, '', :at)"
    " ON CONFLICT (digest) DO NOTHING RETURNING digest"
).bindparams(bindparam("at", type_=UtcDateTime()))


async def what_is_known(session: AsyncSession, digests: Sequence[str]) -> dict[str, Asked]:
    """What is known of addresses by their digests, as far as it is not too old."""
    query = select(OutsideLink.digest, OutsideLink.url, OutsideLink.came).where(
        OutsideLink.digest.in_(digests[:MOST_ASKED]), OutsideLink.at > clock.now() - KEPT_FOR
    )
    rows = await session.execute(query)
    return {digest: Asked(digest, url, Came(came)) for digest, url, came in rows}


async def want_asked(session: AsyncSession, actor: Actor, urls: Sequence[str]) -> bool:
    """Have addresses asked that nobody knows of; False where this person has had too many asked lately."""
    now = clock.now()
    if await take(session, f"outside links:{actor.user_id}", LOOKS, now) is not None:
        return False
    await session.execute(delete(OutsideLink).where(OutsideLink.at <= now - KEPT_FOR))
    wanted = []
    # In one order, so that two who want the same wait for each other and for nothing else.
    for digest, url in sorted((digest_of(url), url) for url in urls[:MOST_ASKED]):
        row = await session.execute(_WANT, {"digest": digest, "url": url, "at": now})
        if row.first() is not None:
            wanted.append((ask_outside_link, {"digest": digest}))
    await enqueue_all(session, wanted)
    return True


def digest_of(url: str) -> str:
    """The name an address goes by."""
    return hashlib.sha256(url.encode()).hexdigest()


@job("ask-outside-link", asks_strangers=True)
async def ask_outside_link(tools: Tools, *, digest: str) -> None:
    """Ask one address whether anything stands there; when its server has had enough for now, later."""
    async with tools.work.reading() as session:
        link = await session.get(OutsideLink, digest)
    if link is None or link.came:
        return
    came = await _came_of(tools, link)
    async with tools.work.unit_of_work() as session:
        values = {"came": came, "at": clock.now()}
        await session.execute(
            update(OutsideLink).where(OutsideLink.digest == digest).values(values)
        )


async def _came_of(tools: Tools, link: OutsideLink) -> Came:
    asking = Asking(LINK, UNREAD, may_wait=False, kept_for=f"link {link.digest}")
    try:
        async with open_door(tools.settings, tools.work).open(link.url, asking) as answer:
            if answer.status in _GONE:
                return Came.GONE
            # Who wants to be signed in, or wants no robots, is there.
            return Came.ANSWERS if answer.status < 500 else Came.SILENT
    except Unreachable:
        return Came.SILENT
