"""A form for a new post makes one post, however often it is sent.

Each such form has a key of its own, made up when it is shown. The key is taken in the transaction that writes
the post: whoever sends the form once more, because the answer was lost on its way, waits for the end of that
and comes to the same post.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    String,
    and_,
    bindparam,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime
from app.core.errors import Invalid
from app.core.i18n import _

# A browser that was closed with words in it may send them after a holiday.
KEPT_FOR = timedelta(days=60)
# What tells nothing of what was written: where the form stood, and what it was shown on.
_ABOUT_THE_FORM = frozenset(("form_key", "base", "device", "id"))


class BegunPost(Base):
    """The form of a new post that was sent, and what it made."""

    __tablename__ = "begun_posts"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    # None only while the post is being written, which nobody else sees.
    post_id: Mapped[int | None] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), index=True
    )
    # What was typed when it was sent last, and the version of the post that this made.
    typed: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    made_at: Mapped[datetime]


_CLAIM = text(
    "INSERT INTO begun_posts (user_id, key, typed, version, made_at)"
    " VALUES (:user_id, :key, '', 0, :made_at) ON CONFLICT (user_id, key) DO NOTHING"
).bindparams(bindparam("made_at", type_=UtcDateTime()))


def new_form_key() -> str:
    """A key for a form that is about to be shown."""
    return str(uuid4())


def typed_digest(typed: Mapping[str, str]) -> str:
    """64 hex digits that are the same for whatever says the same (SHA-256)."""
    said = sorted(field for field in typed.items() if field[0] not in _ABOUT_THE_FORM)
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


async def claim_form(session: AsyncSession, user_id: int, key: str, at: datetime) -> BegunPost:
    """The form with that key: its `post_id` is None for whoever sends it first, and is to write the post.

    Raises Invalid for what is no key.
    """
    if not _is_key(key):
        raise Invalid(_("This form could not be told from others. Please send it once more."))
    mine = BegunPost.user_id == user_id
    await session.execute(delete(BegunPost).where(mine, BegunPost.made_at <= at - KEPT_FOR))
    await session.execute(_CLAIM, {"user_id": user_id, "key": key, "made_at": at})
    query = select(BegunPost).where(_its(user_id, key)).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def note_sent(
    session: AsyncSession, user_id: int, typed: Mapping[str, str], version: int
) -> None:
    """What a form that was sent again came to, so that it may be sent yet again."""
    if key := typed.get("form_key"):
        values = {"typed": typed_digest(typed), "version": version}
        await session.execute(update(BegunPost).where(_its(user_id, key)).values(values))


def _its(user_id: int, key: str) -> ColumnElement[bool]:
    return and_(BegunPost.user_id == user_id, BegunPost.key == key)


def _is_key(key: str) -> bool:
    try:
        return str(UUID(key)) == key
    except ValueError:
        return False
