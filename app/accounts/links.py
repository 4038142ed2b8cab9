"""Links that are mailed and work once: made, looked at, used. Of two who use one at once, one wins."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import LinkPurpose, OneTimeLink
from app.core import clock
from app.core.errors import Gone, NotFound
from app.core.i18n import marked
from app.core.secrets import hashed, new_token

_UNKNOWN = marked("There is no such link. Was all of it copied?")
_USED = marked("This link has done its work: it works once.")
_EXPIRED = marked("This link is too old.")
_NOTHING: Mapping[str, Any] = {}


async def make_link(
    session: AsyncSession,
    purpose: LinkPurpose,
    *,
    user_id: int | None = None,
    subject_id: int | None = None,
    payload: Mapping[str, Any] = _NOTHING,
    lifetime: timedelta,
) -> str:
    """The token of a new link: it stands in the letter, and nowhere else in the clear."""
    token, now = new_token(), clock.now()
    link = OneTimeLink(
        token_hash=hashed(token),
        purpose=purpose,
        user_id=user_id,
        subject_id=subject_id,
        payload=dict(payload),
        created_at=now,
        expires_at=now + lifetime,
    )
    session.add(link)
    await session.flush()
    return token


async def find_link(session: AsyncSession, purpose: LinkPurpose, token: str) -> OneTimeLink:
    """The link of a token, still good. Raises NotFound for what was never sent, Gone for what was used or is old."""
    query = select(OneTimeLink).where(
        OneTimeLink.token_hash == hashed(token), OneTimeLink.purpose == purpose
    )
    link: OneTimeLink | None = await session.scalar(query)
    if link is None:
        raise NotFound(_UNKNOWN)
    if link.used_at is not None:
        raise Gone(_USED)
    if link.expires_at <= clock.now():
        raise Gone(_EXPIRED)
    return link


async def use_link(session: AsyncSession, purpose: LinkPurpose, token: str) -> OneTimeLink:
    """The same, and from now on it is used. Raises as `find_link`."""
    link = await find_link(session, purpose, token)
    still_good = (OneTimeLink.id == link.id) & OneTimeLink.used_at.is_(None)
    used = await session.execute(
        update(OneTimeLink).where(still_good).values(used_at=clock.now()).returning(OneTimeLink.id)
    )
    if used.scalar_one_or_none() is None:
        # Somebody else pressed it since it was looked at.
        raise Gone(_USED)
    return link


async def void_links(session: AsyncSession, purpose: LinkPurpose, user_id: int) -> None:
    """Let none of somebody's open links of this purpose work any more."""
    open_ones = (
        (OneTimeLink.user_id == user_id)
        & (OneTimeLink.purpose == purpose)
        & OneTimeLink.used_at.is_(None)
    )
    await session.execute(update(OneTimeLink).where(open_ones).values(used_at=clock.now()))
