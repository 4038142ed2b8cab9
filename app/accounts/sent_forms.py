"""A form that is sent twice is done once: a button was pressed twice, or the answer was lost on its way.

What was sent is kept in the transaction of what it made: whoever sends the same once more, and be it at the
same moment, waits for the end of that and is led to the same place; what was rolled back leaves nothing behind.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, bindparam, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.actor import Actor
from app.core import clock
from app.core.db import Base, UtcDateTime

KEPT_FOR = timedelta(days=1)


class SentForm(Base):
    """A form that somebody sent, and where it led; goes with its sender, or after a day."""

    __tablename__ = "sent_forms"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    # Empty only while it is being done, which nobody else sees.
    led_to: Mapped[str] = mapped_column(String(1000))
    made_at: Mapped[datetime] = mapped_column(index=True)


_CLAIM = text(
    "INSERT INTO sent_forms (user_id, digest, led_to, made_at)"
    " VALUES (:user_id, :digest, '', :made_at) ON CONFLICT (user_id, digest) DO NOTHING"
).bindparams(bindparam("made_at", type_=UtcDateTime()))


async def claim_sent(
    session: AsyncSession, actor: Actor, path: str, typed: Mapping[str, str]
) -> SentForm:
    """What was sent: its `led_to` is empty for whoever sends it first, and is to fill it in.

    A form is told from others by the token that was made when it was shown, and by what was typed: a
    fresh form with the same words is another, and so is the same form with other words. Of visitors,
    who may send none of these forms, nothing is kept.
    """
    at, digest = clock.now(), _digest(path, typed)
    if actor.user_id is None:
        return SentForm(digest=digest, led_to="", made_at=at)
    its = (SentForm.user_id == actor.user_id, SentForm.digest == digest)
    await session.execute(delete(SentForm).where(*its, SentForm.made_at <= at - KEPT_FOR))
    values = {"user_id": actor.user_id, "digest": digest, "made_at": at}
    await session.execute(_CLAIM, values)
    query = select(SentForm).where(*its).execution_options(populate_existing=True)
    return (await session.scalars(query)).one()


async def forget_old_forms(session: AsyncSession, at: datetime) -> None:
    """Delete what nobody sends again."""
    await session.execute(delete(SentForm).where(SentForm.made_at <= at - KEPT_FOR))


def _digest(path: str, typed: Mapping[str, str]) -> str:
    """64 hex digits that are the same for whatever says the same at the same address (SHA-256)."""
    return hashlib.sha256(json.dumps([path, sorted(typed.items())]).encode()).hexdigest()
