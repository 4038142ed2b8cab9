"""Reads a group in parts: some hundred messages at a time, each part in a moment of its own.

However long somebody takes to fetch the file, nothing is held for them meanwhile, and no more than
one part is in memory.
"""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from anyio import to_thread
from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.blocks import seen_by
from app.core.answers import require
from app.core.db import Work
from app.core.errors import NotFound
from app.core.i18n import _
from app.discussions.models import Comment, CommentStatus, Section, Thread
from app.discussions.queries import IS_APPROVED
from app.groups.models import Group, Topic
from app.groups.policy import may_run
from app.groups.queries import get_group
from app.porting.mbox.messages import Said, written

_TOGETHER = 300
_THREADS = 200
_Parent = aliased(Comment)


class Place(NamedTuple):
    """How far a group was read: this thread up to this place in it, and all threads before."""

    thread_id: int = 0
    place: bytes = b""


async def group_to_take(session: AsyncSession, actor: Actor, slug: str) -> Group:
    """A group whose texts `actor` may take away, which its log shows. Raises NotFound, Forbidden, SignInNeeded."""
    here = await get_group(session, actor, slug)
    require(may_run(actor, here))
    record_audit(session, actor, "group exported", f"group:{here.group.id}")
    return here.group


async def group_as_mbox(
    work: Work, actor: Actor, group: Group, base_url: str, host: str
) -> AsyncIterator[tuple[bytes, int]]:
    """The file in parts, each with the number of messages in it, topic after topic.

    What `actor` does not see, by a block, is not in it; nor is what waits, is spam or was removed.
    """
    place: Place | None = Place()
    while place is not None:
        async with work.reading() as session:
            said, place = await _part(session, actor, group, base_url, place)
        if said:
            yield await to_thread.run_sync(_joined, said, host), len(said)


async def write_mbox(
    work: Work, actor: Actor, slug: str, target: Path, urls: tuple[str, str]
) -> int:
    """Write a group's file; gives the number of messages. `urls`: the site's address, and its host.

    For the machine: closed groups, too. The file appears under its name when it is whole.
    Raises NotFound, and OSError where it can't be written.
    """
    async with work.reading() as session:
        group: Group | None = await session.scalar(select(Group).where(Group.slug == slug))
        if group is None:
            raise NotFound(_("There is no such group."))
        session.expunge(group)
    unfinished = target.with_name(f"{target.name}.unfinished")
    number = 0
    with unfinished.open("wb") as file:
        async for part, messages in group_as_mbox(work, actor, group, *urls):
            file.write(part)
            number += messages
    unfinished.replace(target)
    return number


async def _part(
    session: AsyncSession, actor: Actor, group: Group, base_url: str, after: Place
) -> tuple[list[Said], Place | None]:
    """Some messages, and where to go on; None at the end."""
    found = (await session.execute(_threads(actor, group.id, after))).all()
    if not found:
        return [], None
    if found[0].id != after.thread_id:
        # Nothing is left of it: it went, or ended where the part before did.
        after = Place(found[0].id)
    threads = [found[0].id] if after.place else _together(found)
    rows = (await session.execute(_messages(actor, threads, after))).all()
    said = [_said(row, group, base_url) for row in rows]
    if len(rows) == _TOGETHER:
        return said, Place(rows[-1].thread_id, rows[-1].place)
    return said, Place(threads[-1] + 1)


def _together(threads: Sequence[Any]) -> list[int]:
    """As many short threads as make up one part, or a long one by itself: no more is looked at than is taken."""
    found: list[int] = []
    number = 0
    for thread in threads:
        if found and number + thread.comment_count > _TOGETHER:
            break
        found.append(thread.id)
        number += thread.comment_count
    return found


def _threads(actor: Actor, group_id: int, after: Place) -> Select[int, int]:
    return (
        select(Thread.id, Thread.comment_count)
        .join(Topic, Topic.id == Thread.topic_id)
        .where(
            Thread.group_id == group_id,
            Thread.id >= after.thread_id,
            Topic.is_shown,
            Topic.moved_to.is_(None),
            seen_by(actor, Topic.user_id),
        )
        .order_by(Thread.id)
        .limit(_THREADS)
    )


def _messages(actor: Actor, threads: list[int], after: Place) -> Select[*tuple[Any, ...]]:
    answered = and_(_Parent.id == Comment.parent_id, _Parent.status == CommentStatus.APPROVED)
    one = Comment.thread_id == threads[0]
    which = (
        and_(one, Comment.place > after.place) if after.place else Comment.thread_id.in_(threads)
    )
    return (
        select(
            Comment.id, Comment.thread_id, Comment.place, Comment.user_id, Comment.author_name,
            Comment.body_source, Comment.created_at, Topic.id.label("topic_id"), Topic.title,
            Topic.slug, Topic.opening_id, _Parent.id.label("parent_id"),
        )
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Topic, Topic.id == Thread.topic_id)
        .outerjoin(_Parent, answered)
        .where(
            which,
            Comment.section == Section.COMMENTS,
            Comment.is_shown,
            IS_APPROVED,
            seen_by(actor, Comment.user_id),
        )
        .order_by(Comment.thread_id, Comment.place)
        .limit(_TOGETHER)
    )  # fmt: skip


def _joined(said: Sequence[Said], host: str) -> bytes:
    return b"".join(written(one, host) for one in said)


def _said(row: Any, group: Group, base_url: str) -> Said:
    home = f"{base_url}/groups/{quote(group.slug)}/"
    name = f"{row.topic_id}-{quote(row.slug)}" if row.slug else str(row.topic_id)
    opens = row.id == row.opening_id
    return Said(
        id=row.id,
        thread_id=row.thread_id,
        group_id=group.id,
        group_name=group.name,
        topic_title=row.title,
        url=f"{home}d/{name}/" if opens else f"{home}r/{row.id}",
        opens=opens,
        parent_id=row.parent_id,
        parent_opens=row.parent_id == row.opening_id,
        author_id=row.user_id,
        author_name=row.author_name,
        text=row.body_source,
        at=row.created_at,
    )
