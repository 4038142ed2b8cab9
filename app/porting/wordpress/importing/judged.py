"""What WordPress's moderators decided comes along: who is known here, what waits, and what is spam."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import marked
from app.core.secrets import Secrets
from app.discussions.deciding import TABS
from app.discussions.models import CommentStatus
from app.moderation.authors import authors_of_keys, count_author, key_of_email, key_of_member
from app.moderation.cases import note_count
from app.moderation.models import Case, Check, Standing
from app.porting.wordpress.importing.state import add_rows

Row = dict[str, Any]

_BLOCKED = marked("A moderator has blocked this author here")
_BECAUSE = {
    CommentStatus.PENDING: marked("It waited in WordPress when the site moved"),
    CommentStatus.SPAM: marked("WordPress had it in spam"),
    CommentStatus.REMOVED: marked("WordPress had it in the trash"),
}


async def know_authors(
    session: AsyncSession, secrets: Secrets, rows: Sequence[Row]
) -> frozenset[int]:
    """Give each row the author key behind it, and each key its counts: who was known stays known.

    Returns the ids of those keys whose authors are blocked here.
    """
    keys: list[str] = [_key(secrets, row) for row in rows]
    first_seen = {key: row["created_at"] for key, row in zip(keys, rows, strict=True) if key}
    authors = await authors_of_keys(session, first_seen)
    for key, row in zip(keys, rows, strict=True):
        author, at = authors.get(key), row["created_at"]
        row["author_key_id"] = author.id if author else None
        count_author(author, "", row["status"], written_at=at, at=at)
        if author and (author.first_seen_at is None or at < author.first_seen_at):
            author.first_seen_at = at
    return frozenset(a.id for a in authors.values() if a.standing == Standing.BLOCKED)


async def open_cases(
    session: AsyncSession,
    rows: Sequence[Row],
    post_id: int,
    because: Mapping[CommentStatus, str] = _BECAUSE,
    blocked: Collection[int] = (),
) -> None:
    """A case for each that is not approved; those that are get theirs once somebody decides."""
    unapproved = (row for row in rows if row["status"] != CommentStatus.APPROVED)
    cases = [
        _case(row, post_id, _BLOCKED if _is_of(row, blocked) else because[row["status"]])
        for row in unapproved
    ]
    await add_rows(session, Case, cases)
    for case in cases:
        note_count(session, case["tab"], case["kind"], 1)


def _is_of(row: Row, authors: Collection[int]) -> bool:
    return row["status"] == CommentStatus.SPAM and row["author_key_id"] in authors


def _key(secrets: Secrets, row: Row) -> str:
    if row["user_id"] is not None:
        return key_of_member(secrets, row["user_id"])
    return key_of_email(secrets, row["author_email"])


def _case(row: Row, post_id: int, because: str) -> Row:
    status = CommentStatus(row["status"])
    return {
        "kind": row["kind"],
        "item_id": row["id"],
        "post_id": post_id,
        "author_key_id": row["author_key_id"],
        "tab": TABS[status],
        "arrived_at": row["created_at"],
        "moved_at": row["created_at"],
        "check_state": Check.DONE,
        "reasons": [{"code": "imported", "because": because}],
        "reason_codes": " imported ",
        "links": row["body_html"].count("<a "),
        "is_proved": row["user_id"] is not None,
    }
