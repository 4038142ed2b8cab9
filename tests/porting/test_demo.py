"""The demo site in a database."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import open_database
from app.core.errors import Conflict
from app.core.freshness.news import open_news
from app.discussions.models import Comment, CommentStatus, Thread
from app.groups.models import Group
from app.media.models import Upload
from app.porting.demo.boards import read_demo_boards
from app.porting.demo.build import build_demo
from app.porting.demo.groups import read_demo_groups
from app.porting.demo.reader import read_demo_site, read_upload
from app.posts.models import Post, PostAuthor, Term
from app.resources.models import Attachment, Resource
from app.settings import Settings
from app.work import Doors
from tests.databases import Copies
from tests.world import a_category, a_post

pytestmark = pytest.mark.anyio

# What a row is to its readers; a draft's address waits for its date.
LASTING = (
    select(Post.id, Post.guid, Post.title, Post.created_at, Post.published_at, Post.status),
    select(Post.path).where(Post.published_at.is_not(None)).order_by(Post.id),
    select(Comment.id, Comment.guid, Comment.parent_id, Comment.place, Comment.created_at),
    select(Term.id, Term.path, Term.name),
    select(Upload.id, Upload.path, Upload.sha256, Upload.guid),
    select(PostAuthor.post_id, PostAuthor.user_id, PostAuthor.position),
    select(Resource.id, Resource.guid, Resource.slug, Resource.published_at, Resource.owner_id),
    select(Attachment.resource_id, Attachment.post_id),
)


@dataclass
class Interrupted:
    """Doors whose unit of work is broken off just before it would be committed."""

    doors: Doors

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """As ever."""
        async with self.doors.reading() as session:
            yield session

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """Everything was done, and then the power failed."""
        async with self.doors.unit_of_work() as session:
            yield session
            raise KeyboardInterrupt


async def everything(doors: Doors) -> list[list[Any]]:
    async with doors.reading() as db:
        return [sorted(map(repr, await db.execute(query))) for query in LASTING]


async def test_all_that_the_files_hold_is_there(doors: Doors, settings: Settings) -> None:
    demo = read_demo_site()

    await build_demo(doors, settings)

    approved = Comment.status == CommentStatus.APPROVED
    by_thread = select(Comment.thread_id, func.count()).where(approved).group_by(Comment.thread_id)
    async with doors.reading() as db:
        written = Counter(await db.scalars(select(Post.status)))
        under_posts = select(Thread.id).where(Thread.post_id.is_not(None))
        said = Counter(
            await db.scalars(select(Comment.status).where(Comment.thread_id.in_(under_posts)))
        )
        groups = dict((await db.execute(select(Group.slug, Group.topic_count))).all())
        members = dict((await db.execute(select(Group.slug, Group.member_count))).all())
        counted = {row[0]: row[1] for row in await db.execute(by_thread)}
        kept = {t.id: t.comment_count + t.linkback_count for t in await db.scalars(select(Thread))}
        uploads = list(await db.scalars(select(Upload)))
    assert written == Counter(post.status for post in demo.posts)
    assert said == Counter(comment.status for post in demo.posts for comment in post.comments)
    told = read_demo_groups().groups
    boards = Counter(wish.group for wish in read_demo_boards())
    assert groups == {group.slug: len(group.topics) + boards[group.slug] for group in told}
    assert members == {g.slug: len(g.members) + len(g.moderators) + 1 for g in told}
    assert {thread_id: count for thread_id, count in kept.items() if count} == counted
    for upload in uploads:
        picture = (settings.data / "uploads" / upload.path).read_bytes()
        assert picture == read_upload(upload.path)
        assert (upload.mime, upload.size) == ("image/png", len(picture))


async def test_its_boards_hold_what_can_be_answered_today(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    await build_demo(doors, settings)

    asks = (await visitor.get("/groups/thursday-club/asks/")).text
    offers = (await visitor.get("/groups/thursday-club/offers/")).text

    for wish in read_demo_boards():
        assert wish.title in (offers if wish.times else asks)


async def test_its_library_holds_a_scorecard_and_a_letter(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    await build_demo(doors, settings)

    library = (await visitor.get("/resources/")).text
    scorecard = await visitor.get("/resources/would-they-return-your-call/download")
    letter = (await visitor.get("/resources/a-thank-you-note/")).text
    post = (await visitor.get("/2010/06/a-thank-you-note-is-reporting/")).text

    assert "A scorecard" in library
    assert (scorecard.status_code, scorecard.content[:5]) == (200, b"%PDF-")
    assert scorecard.headers["content-type"] == "application/pdf"
    assert ">Their name</label>" in letter
    assert "/resources/a-thank-you-note/" in post


async def test_the_demo_is_the_same_each_time(copies: Copies, tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with copies.fresh(tmp_path / name) as url:
            database = open_database(url)
            news = open_news(url)
            doors = Doors(database, news)
            await build_demo(doors, Settings(_env_file=None, data=tmp_path / name))
            found.append(await everything(doors))
            await news.close()
            await database.close()

    assert all(found[0])
    assert found[0] == found[1]


async def test_a_site_with_anything_in_it_is_left_alone(doors: Doors, settings: Settings) -> None:
    async with doors.unit_of_work() as db:
        await a_post(db, "Mine", under=[await a_category(db)])
    before = await everything(doors)

    with pytest.raises(Conflict, match="needs an empty one"):
        await build_demo(doors, settings)

    assert await everything(doors) == before


async def test_a_build_broken_off_leaves_nothing(doors: Doors, settings: Settings) -> None:
    with pytest.raises(KeyboardInterrupt):
        await build_demo(Interrupted(doors), settings)

    assert not any(await everything(doors))
