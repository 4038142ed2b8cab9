"""What was here and was taken away for good, by what it is called elsewhere: no import brings it back.

Only hashes are kept. What names a person is hashed with the site's secret before it comes here.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import String, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId

_AT_ONCE = 5000
_NOTE = text(
    "INSERT INTO gone (key, item_id) VALUES (:key, :item_id)"
    " ON CONFLICT (key) DO UPDATE SET item_id = excluded.item_id"
)


class GoneKind(StrEnum):
    """What a name is the name of."""

    # By its GUID.
    COMMENT = "comment"
    # By the path where a redirect was.
    ADDRESS = "address"
    # By the path of its archive.
    TERM = "term"
    # By a keyed hash of a login or an e-mail address; the row of the account stays, and says nothing.
    ACCOUNT = "account"
    # By an author key.
    COMMENTER = "commenter"


class Gone(Base):
    """One name of something that is gone; `item_id` is what is left of it, where anything is."""

    __tablename__ = "gone"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    item_id: Mapped[int | None] = mapped_column(BigId)


async def note_gone(
    session: AsyncSession, kind: GoneKind, names: Iterable[str], item_id: int | None = None
) -> None:
    """Remember that what is called so went for good."""
    rows = [{"key": _key(kind, name), "item_id": item_id} for name in dict.fromkeys(names)]
    if rows:
        await session.execute(_NOTE, rows)


async def gone_among(
    session: AsyncSession, kind: GoneKind, names: Sequence[str]
) -> dict[str, int | None]:
    """Those of these names whose things went for good, with what is left of them."""
    by_key = {_key(kind, name): name for name in names}
    keys, found = list(by_key), dict[str, int | None]()
    for start in range(0, len(keys), _AT_ONCE):
        some = Gone.key.in_(keys[start : start + _AT_ONCE])
        rows = await session.execute(select(Gone.key, Gone.item_id).where(some))
        found |= {by_key[key]: item_id for key, item_id in rows}
    return found


def _key(kind: GoneKind, name: str) -> str:
    return sha256(f"{kind}:{name}".encode()).hexdigest()
