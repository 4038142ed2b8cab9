"""A crowd of commenters, inserted in bulk: what years of a lively site leave in the database."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.core.db import Base
from app.core.markup import markdown_comment
from app.discussions.models import Comment, CommentStatus, Section, Thread
from app.discussions.pages import rebuild_pages
from app.discussions.threading import place_of
from app.moderation.models import AuthorKey, Case, CaseCount, Tab
from app.posts import actions as writing
from app.posts.models import Post
from app.search.entries import comment_entry, held_entry
from app.search.index import index_of
from app.site.queries import ensure_site
from app.work import Doors
from bench.words import Words
from tests.world import a_member

MODERATOR = "The moderator of the crowd"
POSTS, AUTHORS, TEXTS = 1_000, 50_000, 20_000
IN_ONE_GO = 5_000
# So many wait, are spam, and were removed, fewer where there are few at all; all others are approved.
WAITING, SPAM, REMOVED = 20_000, 100_000, 10_000

_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_TABS = {"pending": Tab.NEEDS, "approved": Tab.RECENT, "spam": Tab.SPAM, "removed": Tab.REMOVED}


async def fill(doors: Doors, comments: int) -> None:
    """Posts, people, comments with their cases and entries; nothing where there is something already."""
    async with doors.reading() as db:
        if await db.scalar(select(Comment.id).limit(1)) is not None:
            return
    print(f"Filling a database with {comments:,} comments …", flush=True)
    async with doors.unit_of_work() as db:
        await _people_and_posts(db)
    counts: Counter[tuple[str, str]] = Counter()
    for some in in_parts(_comments(comments)):
        async with doors.unit_of_work() as db:
            await _write(db, some)
        counts.update((_TABS[row["status"]], "comment") for row in some)
    async with doors.unit_of_work() as db:
        rows = [
            {"tab": tab, "kind": kind, "group_id": 0, "number": n}
            for (tab, kind), n in counts.items()
        ]
        await insert_rows(db, CaseCount, rows)
        await _thread_counts(db)
        await _author_counts(db)


async def _people_and_posts(db: AsyncSession) -> None:
    site = await ensure_site(db, "bench.example")
    await a_member(db, MODERATOR, roles=[Role.MODERATOR])
    words = Words(5)
    for number in range(1, POSTS + 1):
        draft = writing.Draft(
            title=words.title(), body=words.paragraph(3), slug=f"post-{number}",
            at=_FIRST + timedelta(hours=number),
        )  # fmt: skip
        post = await writing.add_post(db, OWNER_AT_THE_MACHINE, site, draft)
        db.add(Thread(post_id=post.id))
    keys = [
        {"id": number, "key": f"{number:064x}", "approved": 0, "spam": 0, "approved_days": [],
         "standing": "", "pending": 0, "removed": 0, "first_seen_at": _FIRST}
        for number in range(1, AUTHORS + 1)
    ]  # fmt: skip
    await insert_rows(db, AuthorKey, keys)


def _comments(number: int) -> Iterator[dict[str, Any]]:
    chance, words = random.Random(7), Words(7)
    texts = [words.paragraph(chance.choice((1, 1, 2, 3)), rich=True) for _ in range(TEXTS)]
    drawn = [(text, markdown_comment(text)) for text in texts]
    names = [words.name() for _ in range(600)]
    for comment_id in range(1, number + 1):
        at = _FIRST + timedelta(minutes=2 * comment_id)
        status, (source, html) = (
            _status(chance.randrange(max(number, 2 * (WAITING + SPAM + REMOVED)))),
            chance.choice(drawn),
        )
        approved = status == CommentStatus.APPROVED
        yield {
            "id": comment_id, "thread_id": chance.randint(1, POSTS), "parent_id": None,
            "kind": "comment", "section": Section.COMMENTS, "status": status,
            "guid": f"tag:bench,2020:comment/{comment_id}", "author_name": chance.choice(names),
            "author_url": "https://elsewhere.example/" if status == CommentStatus.SPAM else "",
            "author_key_id": chance.randint(1, AUTHORS), "body_source": source, "body_html": html,
            "created_at": at, "approved_at": at if approved else None, "is_shown": approved,
            "place": place_of(at, comment_id), "version": 1,
        }  # fmt: skip


def _status(drawn: int) -> CommentStatus:
    if drawn < WAITING:
        return CommentStatus.PENDING
    if drawn < WAITING + SPAM:
        return CommentStatus.SPAM
    is_removed = drawn < WAITING + SPAM + REMOVED
    return CommentStatus.REMOVED if is_removed else CommentStatus.APPROVED


async def _write(db: AsyncSession, rows: list[dict[str, Any]]) -> None:
    await insert_rows(db, Comment, rows)
    await insert_rows(db, Case, [_case(row) for row in rows])
    entries = [
        comment_entry(row["id"], row["author_name"], row["body_html"])
        if row["is_shown"]
        else held_entry(
            row["id"], row["status"], row["author_name"], row["author_url"], row["body_html"]
        )
        for row in rows
    ]
    await index_of(db).write(db, entries)


def _case(row: dict[str, Any]) -> dict[str, Any]:
    number = row["id"]
    return {
        "kind": "comment", "item_id": number, "post_id": row["thread_id"],
        "author_key_id": row["author_key_id"], "tab": _TABS[row["status"]],
        "arrived_at": row["created_at"], "moved_at": row["created_at"],
        "reasons": [{"code": "first_time", "because": "First comment from this address"}],
        "reason_codes": " first_time ", "score": number % 100 / 100, "akismet": "spam",
        "doubt": number % 89 / 100 if row["status"] == CommentStatus.SPAM else 0.0,
        "links": number % 4, "is_proved": number % 5 == 0, "version": 1,
    }  # fmt: skip


async def _thread_counts(db: AsyncSession) -> None:
    for thread_id in await db.scalars(select(Thread.id).join(Post, Post.id == Thread.post_id)):
        approved = Comment.thread_id == thread_id, Comment.status == CommentStatus.APPROVED
        ids = (await db.scalars(select(Comment.id).where(*approved))).all()
        await db.execute(
            update(Thread).where(Thread.id == thread_id).values(comment_count=len(ids))
        )
        await rebuild_pages(db, thread_id)


async def _author_counts(db: AsyncSession) -> None:
    """So that whoever counts up and down from here says the truth."""
    by = Comment.author_key_id, Comment.status
    found = await db.execute(select(*by, func.count()).group_by(*by))
    counts: dict[int, dict[str, int]] = {}
    for author_id, status, number in found:
        counts.setdefault(author_id, dict.fromkeys(CommentStatus, 0))[status] = number
    table = cast("Table", AuthorKey.__table__)
    change = update(table).where(table.c.id == bindparam("own"))
    change = change.values({status: bindparam(f"now_{status}") for status in CommentStatus})
    rows = [
        {"own": author_id} | {f"now_{status}": number for status, number in one.items()}
        for author_id, one in counts.items()
    ]
    await (await db.connection()).execute(change, rows)


async def insert_rows(db: AsyncSession, table: type[Base], rows: list[dict[str, Any]]) -> None:
    await db.execute(insert(cast("Table", table.__table__)), rows)


def in_parts(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == IN_ONE_GO:
            yield part
            part = []
    if part:
        yield part
