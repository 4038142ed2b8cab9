"""A group as it is after years: ten thousand members, two hundred thousand replies, half of them in one discussion."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor, Role
from app.accounts.models import User
from app.core import clock
from app.core.db import BigId
from app.core.markup import markdown_comment
from app.core.secrets import Secrets
from app.discussions.models import Comment, CommentStatus, Section, Thread
from app.discussions.pages import rebuild_pages
from app.discussions.threading import place_of
from app.groups.founding import GroupDraft, found_group
from app.groups.models import Group, MemberRole, Membership, MemberState, Reading, Topic
from app.groups.profiles.models import Profile, ProfileWord
from app.moderation.authors import key_of_member
from app.moderation.models import AuthorKey, Case, CaseCount, Tab
from app.notifications.notices.kinds import TOPIC_BEGUN, Level
from app.notifications.notices.models import Notice
from app.search.entries import comment_entry
from app.search.index import index_of
from app.site.queries import ensure_site
from app.work import Doors
from bench.crowd import in_parts, insert_rows
from bench.words import Words
from tests.world import a_member

BIG, EMPTY = "everybody", "nobody-yet"
OWNER, MEMBER = "The owner of the group", "A member of the group"
# So much is said in one topic of the smaller ones, and so many notices lie in the member's inbox.
IN_A_TOPIC, NOTICES, TEXTS = 50, 5_000, 5_000

_NOW = clock.now().replace(microsecond=0)
_FIRST = datetime(2022, 1, 1, tzinfo=UTC)
_TAGS = ("letters", "interviews", "salary", "moving", "teaching")
_PLACES = ("Bonn", "Kiel", "Ulm", "Jena")


@dataclass(frozen=True)
class Size:
    """How many belong to it, and how many replies there are: in all, and in its longest discussion."""

    members: int = 10_000
    replies: int = 200_000
    longest: int = 100_000


@dataclass(frozen=True, slots=True)
class _Said:
    """One topic to be: its id is its thread's, too."""

    id: int
    replies: range


async def fill_group(doors: Doors, secrets: Secrets, size: Size) -> None:
    """The group with all that hangs on it, and an empty one; nothing where they are already."""
    async with doors.reading() as db:
        if await db.scalar(select(Group.id).where(Group.slug == BIG)) is not None:
            return
    print(f"Filling a group: {size} …", flush=True)
    async with doors.unit_of_work() as db:
        group_id = await _people(db, secrets, size)
    topics = list(_topics(size))
    async with doors.unit_of_work() as db:
        await insert_rows(db, Topic, [_topic(group_id, one) for one in topics])
        threads = [
            {"id": one.id, "topic_id": one.id, "group_id": group_id,
             "comment_count": len(one.replies), "linkback_count": 0,
             "approved_at": _at(one.replies[-1], size)}
            for one in topics
        ]  # fmt: skip
        await insert_rows(db, Thread, threads)
    for some in in_parts(_comments(group_id, topics, size)):
        async with doors.unit_of_work() as db:
            await _write(db, group_id, some)
    async with doors.unit_of_work() as db:
        await _round_off(db, group_id, topics, size)


async def _people(db: AsyncSession, secrets: Secrets, size: Size) -> int:
    site = await ensure_site(db, "bench.example")
    owner = await a_member(db, OWNER, roles=[Role.OWNER])
    member = await a_member(db, MEMBER)
    actor = Actor(user_id=owner.id, name=OWNER, roles=frozenset({Role.OWNER}))
    ids = []
    for slug in (BIG, EMPTY):
        draft = GroupDraft(name=slug.title(), purpose="Everybody helps.", joining="request",
                           holds_first=0)  # fmt: skip
        ids.append((await found_group(db, actor, draft, host=site.guid_host, slug=slug)).id)
    big, empty = ids
    people = [
        {"login": f"m{n}", "slug": f"m{n:05}", "name": f"Member {n}", "created_at": _FIRST,
         "email": f"m{n}@bench.example", "email_confirmed_at": _FIRST}
        for n in range(size.members)
    ]  # fmt: skip
    await insert_rows(db, User, people)
    others = select(User.id).where(User.login.like("m%"), User.id.not_in((owner.id, member.id)))
    everybody = [member.id, *sorted(await db.scalars(others))]
    await insert_rows(db, Membership, [_member(big, n, id_) for n, id_ in enumerate(everybody)])
    await insert_rows(db, Membership, [_member(empty, 0, member.id)])
    await insert_rows(db, Profile, [{"user_id": id_, "is_listed": True} for id_ in everybody])
    await insert_rows(db, ProfileWord, [row for id_ in everybody for row in _words_of(id_)])
    keys = [
        {"key": key_of_member(secrets, id_), "user_id": id_, "approved": 20, "first_seen_at": _FIRST}
        for id_ in everybody
    ]  # fmt: skip
    await insert_rows(db, AuthorKey, keys)
    await db.execute(update(Group).where(Group.id == big).values(member_count=len(everybody) + 1))
    await db.execute(update(Group).where(Group.id == empty).values(member_count=2))
    return big


def _member(group_id: int, number: int, user_id: int) -> dict[str, Any]:
    # One in fifty keeps the group or asks to join it; one in ten came this week.
    asks = number % 50 == 7
    at = _NOW - timedelta(minutes=number) if number % 10 == 3 else _FIRST + timedelta(hours=number)
    return {
        "group_id": group_id, "user_id": user_id, "approved": 9,
        "role": MemberRole.MODERATOR if number % 1000 == 999 else MemberRole.MEMBER,
        "state": MemberState.REQUESTED if asks else MemberState.ACTIVE,
        "asked_at": at if asks else None, "joined_at": None if asks else at,
        "answers": [], "version": 1,
    }  # fmt: skip


def _words_of(user_id: int) -> Iterator[dict[str, Any]]:
    words = (("can_help", _TAGS), ("looking_for", _TAGS[1:]), ("place", _PLACES))
    for kind, among in words:
        word = among[user_id % len(among)]
        yield {
            "user_id": user_id,
            "kind": kind,
            "key": word.casefold(),
            "word": word,
            "position": 0,
        }
    if user_id % 2500 == 0:
        yield {"user_id": user_id, "kind": "can_help", "key": "falconry", "word": "falconry",
               "position": 1}  # fmt: skip


def _topics(size: Size) -> Iterator[_Said]:
    """The longest is the first; comments are numbered through, the opening text of each included."""
    yield _Said(1, range(1, size.longest + 2))
    number, after, left = 2, size.longest + 2, size.replies - size.longest
    while left > 0:
        some = min(left, IN_A_TOPIC)
        yield _Said(number, range(after, after + some + 1))
        number, after, left = number + 1, after + some + 1, left - some


def _at(comment_id: int, size: Size) -> datetime:
    """All of it was said by yesterday, one after the other."""
    span = (_NOW - timedelta(days=1) - _FIRST) / (2 * size.replies + size.longest)
    return (_FIRST + comment_id * span).replace(microsecond=0)


def _topic(group_id: int, one: _Said) -> dict[str, Any]:
    title = "What I learned this week" if one.id == 1 else f"Question {one.id}"
    at = _FIRST + timedelta(minutes=one.id)
    return {
        "id": one.id, "group_id": group_id, "kind": ("discussion", "ask")[one.id % 20 == 2],
        "user_id": None, "author_name": "Ada", "title": title, "slug": title.lower().replace(" ", "-"),
        "guid": f"tag:bench,2022:topic/{one.id}", "tags": [_TAGS[one.id % len(_TAGS)]],
        "is_shown": True, "is_pinned": one.id == 3, "is_locked": False,
        "opening_id": one.replies[0], "created_at": at, "reply_count": len(one.replies) - 1,
        "last_said_at": at, "last_said_by": "Ada", "version": 1,
    }  # fmt: skip


def _comments(group_id: int, topics: list[_Said], size: Size) -> Iterator[dict[str, Any]]:
    chance, words = random.Random(7), Words(7)
    texts = [words.paragraph(chance.choice((1, 1, 2, 3)), rich=True) for _ in range(TEXTS)]
    drawn = [(text, markdown_comment(text)) for text in texts]
    for topic in topics:
        for comment_id in topic.replies:
            at, (source, html) = _at(comment_id, size), chance.choice(drawn)
            number = chance.randrange(size.members)
            yield {
                "id": comment_id, "thread_id": topic.id, "kind": "comment",
                "group_id": group_id, "is_opening": comment_id == topic.replies[0],
                "section": Section.COMMENTS, "status": CommentStatus.APPROVED,
                "guid": f"tag:bench,2022:comment/{comment_id}", "author_name": f"Member {number}",
                "user_id": number + 3, "author_key_id": number + 2,
                "body_source": source, "body_html": html, "created_at": at, "approved_at": at,
                "is_shown": True, "place": place_of(at, comment_id), "version": 1,
            }  # fmt: skip


async def _write(db: AsyncSession, group_id: int, rows: list[dict[str, Any]]) -> None:
    await insert_rows(db, Comment, rows)
    cases = [
        {"kind": "comment", "item_id": row["id"], "group_id": group_id, "tab": Tab.RECENT,
         "author_key_id": row["author_key_id"], "arrived_at": row["created_at"],
         "moved_at": row["created_at"], "is_proved": True, "version": 1}
        for row in rows
    ]  # fmt: skip
    await insert_rows(db, Case, cases)
    entries = [comment_entry(row["id"], row["author_name"], row["body_html"]) for row in rows]
    await index_of(db).write(db, entries)


async def _round_off(db: AsyncSession, group_id: int, topics: list[_Said], size: Size) -> None:
    """What is kept beside: counters, boundaries, what was read, and told."""
    said = sum(len(one.replies) for one in topics)
    counted = {"tab": Tab.RECENT, "kind": "comment", "group_id": group_id, "number": said}
    await insert_rows(db, CaseCount, [counted])
    for one in topics:
        await rebuild_pages(db, one.id)
        last = _at(one.replies[-1], size)
        topic = update(Topic).where(Topic.id == one.id)
        await db.execute(topic.values(last_said_at=last, last_said_by=f"Member {one.id}"))
    group = update(Group).where(Group.id == group_id)
    await db.execute(group.values(topic_count=len(topics), last_said_at=_NOW))
    users = list(await db.scalars(select(User.id).order_by(User.id)))
    middle = topics[0].replies[size.longest // 2]
    read = [
        {"user_id": id_, "topic_id": 1, "comment_id": middle, "at": _at(middle, size)}
        for id_ in users
    ]
    mine = (await db.scalars(select(User.id).where(User.name == MEMBER))).one()
    read += [
        {"user_id": mine, "topic_id": one.id, "comment_id": one.replies[0], "at": _NOW}
        for one in topics[1::2]
    ]
    await insert_rows(db, Reading, read)
    await insert_rows(db, Notice, [_notice(mine, group_id, n) for n in range(NOTICES)])
    if db.get_bind().dialect.name == "postgresql":
        await _count_on(db, (Comment, Topic, Thread))


def _notice(user_id: int, group_id: int, number: int) -> dict[str, Any]:
    return {
        "user_id": user_id, "kind": TOPIC_BEGUN.name, "path": "/groups/", "about": f"topic:{number}",
        "once": f"topic:{number}", "group_id": group_id, "level": Level.INBOX, "created_at": _NOW,
        "facts": {"name": "Ada", "title": f"Question {number}", "group": "Everybody"},
        "read_at": _NOW if number % 2 else None,
    }  # fmt: skip


async def _count_on(db: AsyncSession, tables: tuple[Any, ...]) -> None:
    """PostgreSQL's own numbers go on after those that were given by hand."""
    for table in tables:
        sequence = func.pg_get_serial_sequence(table.__tablename__, "id")
        highest = select(func.max(table.id, type_=BigId)).scalar_subquery()
        await db.execute(select(func.setval(sequence, highest)))
