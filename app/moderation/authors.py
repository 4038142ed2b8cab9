"""Author keys: who somebody is to the moderators, without their address being kept in the open."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import BigId, UtcDateTime
from app.core.prepared import Prepared
from app.core.rows import Rows, flush_changes
from app.core.secrets import Secrets
from app.moderation.models import AuthorKey, Standing

# Trusted: so many approved, on so many different days, and no spam for so long.
TRUSTED_AFTER = 5
TRUSTED_DAYS = 3
SPAM_FORGIVEN_AFTER = timedelta(days=90)

_INSERT = (
    "INSERT INTO author_keys"
    " (key, standing, pending, approved, spam, removed, approved_days, first_seen_at)"
    " VALUES (:key, '', {pending}, 0, 0, 0, '[]', :at)"
)
_MAKE = text(_INSERT.format(pending=0) + " ON CONFLICT (key) DO NOTHING").bindparams(
    bindparam("at", type_=UtcDateTime())
)
_COLUMNS = AuthorKey.__table__.columns


def _make_or(change: str, pending: int) -> Prepared:
    """Makes the row of a key, or changes the one that is there; it is locked, and returned."""
    statement = f"{_INSERT.format(pending=pending)} ON CONFLICT (key) DO UPDATE SET {change}"
    columns = ", ".join(f"author_keys.{column.name}" for column in _COLUMNS)
    return Prepared(
        text(f"{statement} RETURNING {columns}")
        .bindparams(bindparam("key", type_=String), bindparam("at", type_=UtcDateTime()))
        .columns(*_COLUMNS)
    )


# Changing a row to what it was locks it, as FOR UPDATE does, and lets it be returned.
_MAKE_OR_LOCK = _make_or("key = excluded.key", 0)
_MAKE_OR_COUNT = _make_or("pending = author_keys.pending + 1", 1)
_LOCKED = Prepared(
    select(*_COLUMNS).where(_COLUMNS.id == bindparam("author", type_=BigId)).with_for_update()
)
_AUTHORS = Rows(AuthorKey)
# A column of an author key that counts comments with this status.
_COUNTED = {"pending": "pending", "approved": "approved", "spam": "spam", "removed": "removed"}


def normalised_email(email: str) -> str:
    """An address as the same person writes it today and tomorrow."""
    return email.strip().casefold()


def key_of_email(secrets: Secrets, email: str) -> str:
    """The key of a guest; the empty text for somebody who gave no address."""
    email = normalised_email(email)
    return secrets.keyed_hash("author key", f"email:{email}") if email else ""


def key_of_typed_email(secrets: Secrets, email: str) -> str:
    """The key of whoever typed an address without proving that it is theirs: never that of its owner."""
    return secrets.keyed_hash("author key", f"typed:{normalised_email(email)}")


def key_of_browser(secrets: Secrets, token: str) -> str:
    """The key of a browser that was asked to remember somebody; `token` is known to it alone."""
    return secrets.keyed_hash("author key", f"browser:{token}")


def key_of_member(secrets: Secrets, user_id: int) -> str:
    """The key of somebody with an account."""
    return secrets.keyed_hash("author key", f"member:{user_id}")


def key_of_site(secrets: Secrets, host: str) -> str:
    """The key of another site, whose pages link here."""
    return secrets.keyed_hash("author key", f"site:{host}")


async def author_of_key(session: AsyncSession, key: str, at: datetime) -> AuthorKey:
    """The row of a key, made where there is none, and locked until the end of the transaction."""
    return await _made(session, _MAKE_OR_LOCK, key, at)


async def arriving_author(session: AsyncSession, key: str, at: datetime) -> AuthorKey:
    """The same, and one more comment of theirs waits from now on: whatever comes in begins so."""
    return await _made(session, _MAKE_OR_COUNT, key, at)


async def _made(session: AsyncSession, made: Prepared, key: str, at: datetime) -> AuthorKey:
    # Two may meet here; one row comes of it, and each has it in one statement.
    await flush_changes(session)
    (row,) = await made.rows(session, {"key": key, "at": at})
    return _AUTHORS.read(session, dict(zip(_COLUMNS.keys(), row, strict=True)))


async def authors_of_keys(
    session: AsyncSession, first_seen: Mapping[str, datetime]
) -> dict[str, AuthorKey]:
    """The rows of many keys at once, made where there are none, locked in the order of their ids."""
    if not first_seen:
        return {}
    query = select(AuthorKey).where(AuthorKey.key.in_(first_seen)).order_by(AuthorKey.id)
    known = set(await session.scalars(query.with_only_columns(AuthorKey.key).order_by(None)))
    new = [{"key": key, "at": at} for key, at in sorted(first_seen.items()) if key not in known]
    if new:
        await session.execute(_MAKE, new)
    locked = query.with_for_update().execution_options(populate_existing=True)
    return {author.key: author for author in await session.scalars(locked)}


async def locked_author(session: AsyncSession, author_key_id: int | None) -> AuthorKey | None:
    """The row of an author, locked until the end of the transaction."""
    if author_key_id is None:
        return None
    await flush_changes(session)
    rows = await _LOCKED.rows(session, {"author": author_key_id})
    return (
        _AUTHORS.read(session, dict(zip(_COLUMNS.keys(), rows[0], strict=True))) if rows else None
    )


def count_author(
    author: AuthorKey | None, was: str, became: str, *, written_at: datetime, at: datetime
) -> None:
    """Move one comment of an author from a status to another; `was` or `became` may be empty."""
    if author is None:
        return
    for column, value in _counted(author, was, became, written_at, at).items():
        setattr(author, column, value)


async def count_author_now(
    session: AsyncSession,
    author: AuthorKey | None,
    was: str,
    became: str,
    *,
    written_at: datetime,
    at: datetime,
) -> None:
    """The same, written here and now: for what everything that comes in passes."""
    values = _counted(author, was, became, written_at, at) if author is not None else {}
    if author is not None and values:
        await _AUTHORS.write(session, author, **values)


def _counted(
    author: AuthorKey, was: str, became: str, written_at: datetime, at: datetime
) -> dict[str, Any]:
    """What changes in an author's row."""
    values: dict[str, Any] = {}
    if was == became:
        return values
    for status, by in ((was, -1), (became, 1)):
        if column := _COUNTED.get(status):
            values[column] = max(getattr(author, column) + by, 0)
    if became == "approved":
        days = {*author.approved_days, f"{written_at:%Y-%m-%d}"}
        values["approved_days"] = sorted(days)[:TRUSTED_DAYS]
    if became == "spam":
        values["last_spam_at"] = at
    return values


def is_trusted(author: AuthorKey, at: datetime) -> bool:
    """Whether what they write need not wait, once it is proved to be theirs."""
    if author.standing != Standing.OPEN:
        return author.standing == Standing.TRUSTED
    forgiven = author.last_spam_at is None or at - author.last_spam_at > SPAM_FORGIVEN_AFTER
    return (
        author.approved >= TRUSTED_AFTER and len(author.approved_days) >= TRUSTED_DAYS and forgiven
    )
