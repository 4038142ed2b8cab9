"""Who an author key is, in words another site can use.

A key is hashed with its site's secret, which stays behind. So the archive says what each was made
of, as far as that can be told: whoever is known here is known there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.secrets import Secrets
from app.discussions.models import Comment, Section
from app.linkbacks.models import Linkback
from app.moderation.authors import key_of_email, key_of_member, key_of_site, key_of_typed_email
from app.moderation.submission import host_of

# An address that was proved, one that was only typed, a member's number, a site's host; or the key itself.
_EMAIL, _TYPED, _MEMBER, _SITE, _SEALED = "email", "typed", "member", "site", "sealed"
_SEALED_LENGTH = 64


async def open_keys(
    session: AsyncSession, secrets: Secrets, rows: Sequence[dict[str, Any]]
) -> None:
    """Put what it was made of in the place of each key; a browser's, which nobody knows, stays as it is."""
    names: dict[str, str] = {}
    for row in rows:
        if row["user_id"] is not None:
            names[key_of_member(secrets, row["user_id"])] = f"{_MEMBER}:{row['user_id']}"
    for email, source in await _said_by(session, [row["id"] for row in rows]):
        if email:
            names[key_of_email(secrets, email)] = f"{_EMAIL}:{email}"
            names[key_of_typed_email(secrets, email)] = f"{_TYPED}:{email}"
        if source and (host := host_of(source)):
            names[key_of_site(secrets, host)] = f"{_SITE}:{host}"
    for row in rows:
        row["key"] = names.get(row["key"], f"{_SEALED}:{row['key']}")


def seal_key(secrets: Secrets, named: str) -> str:
    """The key, as this site makes it of that. Raises ValueError for what no archive says."""
    kind, _colon, name = named.partition(":")
    if kind == _EMAIL and name:
        return key_of_email(secrets, name)
    if kind == _TYPED and name:
        return key_of_typed_email(secrets, name)
    if kind == _SITE and name:
        return key_of_site(secrets, name)
    if kind == _MEMBER and name.isascii() and name.isdecimal():
        return key_of_member(secrets, int(name))
    if kind == _SEALED and 0 < len(name) <= _SEALED_LENGTH:
        return name
    raise ValueError("key: it must say whose it is, such as email:… or member:…")


async def _said_by(
    session: AsyncSession, author_ids: Sequence[int]
) -> Sequence[tuple[str, str | None]]:
    """Every address, and every page, that something by these authors bears."""
    query = (
        select(Comment.author_email, Linkback.source)
        .outerjoin(Linkback, Linkback.comment_id == Comment.id)
        .where(
            Comment.author_key_id.in_(author_ids),
            or_(
                Comment.author_email != "",
                and_(Comment.section == Section.LINKBACKS, Linkback.source.is_not(None)),
            ),
        )
        .distinct()
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


def reporter_as_told(row: Mapping[str, Any]) -> str:
    """Who reported something: a member; of a visitor, whose network it says, nothing."""
    reporter = str(row["reporter"])
    return reporter if reporter.startswith("user:") else ""


def reporter_as_kept(row: Mapping[str, Any]) -> str:
    """The same here: each visitor is somebody else."""
    return str(row["reporter"] or f"archive:{row['id']}")
