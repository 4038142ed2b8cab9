"""A group in the site that is measured: one discussion, read by everybody, and answered by a member."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from time import time_ns

from app.accounts.sessions import Whereabouts, start_session
from app.core import clock
from app.core.markup import markdown_comment
from app.discussions.models import Comment, CommentStatus, Thread
from app.discussions.pages import rebuild_pages
from app.discussions.threading import place_of
from app.groups.models import Topic
from bench.crowd import insert_rows
from bench.loading import LoadedSite
from bench.pages import TAKEN_IN, Page
from bench.people import Sent, doors_to
from bench.words import Words
from tests.groups.building import a_group, a_membership
from tests.world import a_member

SLUG, REPLIES = "job-search", 100
# Far from those that an import brought along.
_FROM = 1 << 30
_numbers = count(time_ns() // 1000)


@dataclass(frozen=True)
class Discussion:
    """Where it stands, and what the browser of a member sends who is signed in."""

    topic_id: int
    path: str
    cookie: str

    @property
    def pages(self) -> tuple[Page, ...]:
        """Its first page, kept for visitors and made for members."""
        return (
            Page("discussion page", self.path),
            Page("signed-in discussion page", self.path, cookie=self.cookie),
        )

    @property
    def reply(self) -> Page:
        """An answer in it, as the table names it."""
        return Page("reply in a group", "", status=TAKEN_IN, cookie=self.cookie)

    def replies(self, server: str) -> Iterator[Sent]:
        """Something else by the same member each time."""
        words = Words(next(_numbers))
        for number in _numbers:
            text = f"{words.paragraph(3, rich=True)} {number}"
            yield f"{server}/groups/{SLUG}/d/{self.topic_id}/replies", {"comment": text}


def a_discussion(site: LoadedSite) -> Discussion:
    """Put it into a site that may be written into."""
    return asyncio.run(_begun(site))


async def _begun(site: LoadedSite) -> Discussion:
    at, words = clock.now() - timedelta(days=1), Words(11)
    async with doors_to(site) as doors, doors.unit_of_work() as db:
        owner, member = await a_member(db, "Who keeps it"), await a_member(db, "Who answers")
        group = await a_group(db, by=owner, slug=SLUG)
        await a_membership(db, group, member, approved=9)
        topic = Topic(
            group_id=group.id, user_id=owner.id, author_name=owner.name, title="Who is hiring?",
            slug="who-is-hiring", guid="tag:bench:topic", is_shown=True, opening_id=_FROM,
            created_at=at, last_said_at=at, last_said_by=owner.name, reply_count=REPLIES,
        )  # fmt: skip
        db.add(topic)
        await db.flush()
        thread = Thread(topic_id=topic.id, group_id=group.id, comment_count=REPLIES + 1)
        db.add(thread)
        await db.flush()
        texts = [words.paragraph(2, rich=True) for _ in range(REPLIES + 1)]
        rows = [
            {"id": key, "thread_id": thread.id, "status": CommentStatus.APPROVED, "is_shown": True,
             "group_id": group.id, "is_opening": key == _FROM,
             "guid": f"tag:bench:comment/{key}", "user_id": member.id, "author_name": member.name,
             "created_at": at, "approved_at": at, "place": place_of(at, key), "body_source": text,
             "body_html": markdown_comment(text)}
            for key, text in enumerate(texts, _FROM)
        ]  # fmt: skip
        await insert_rows(db, Comment, rows)
        await rebuild_pages(db, thread.id)
        group.topic_count = 1
        token = await start_session(db, member, Whereabouts("127.0.0.1", "A browser"))
    path = f"/groups/{SLUG}/d/{topic.id}-{topic.slug}/"
    return Discussion(topic.id, path, f"session={token}")
