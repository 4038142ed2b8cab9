"""Many act on the same discussions at once: nobody waits for who waits for them, and all counters are right."""

import asyncio
from collections import Counter
from random import Random

import pytest
from sqlalchemy import func, select

from app.core.errors import Conflict, Forbidden, NotFound
from app.discussions import actions as deciding
from app.discussions.models import Comment, CommentStatus, Thread, ThreadPage
from app.discussions.topics.editing import edit_said
from app.discussions.topics.keeping import close, merge
from app.discussions.topics.speaking import TopicDraft, reply_in_topic, start_topic
from app.groups.joining import join
from app.groups.keeping import ban, lift_ban
from app.groups.models import Group, Membership, Topic
from app.groups.queries import INSIDE
from app.moderation.models import Case, CaseCount
from app.moderation.submission import submission_of
from tests.groups.building import a_group, a_membership, as_actor
from tests.world import a_member, the_site

pytestmark = pytest.mark.anyio

ACTORS, ACTS, TOPICS = 6, 14, 4
# What somebody is told who comes too late, or may not any more. A deadlock is none of these.
REFUSALS = (Conflict, Forbidden, NotFound)


@pytest.fixture
def settings(settings):
    settings.__dict__["rate_limits"] = "off"
    return settings


class Crowd:
    """People in one group who do anything that may be done there, each by a dice of their own."""

    def __init__(self, doors, settings):
        self.doors, self.settings = doors, settings
        self.done, self.refused, self.said = Counter(), Counter(), 0

    async def gather(self):
        """A group with two who keep it, members, and discussions in it."""
        async with self.doors.unit_of_work() as db:
            self.site = await the_site(db)
            olga, mona = await a_member(db, "Olga"), await a_member(db, "Mona")
            group = await a_group(db, by=olga, daily_topics=0, daily_replies=0)
            await a_membership(db, group, mona, role="moderator")
            members = [await a_member(db, f"Member {n}") for n in range(4)]
            for one in members:
                await a_membership(db, group, one)
            self.slug, self.keepers = group.slug, [as_actor(olga), as_actor(mona)]
            self.members = [as_actor(one) for one in members]
        for number in range(TOPICS):
            async with self.doors.unit_of_work() as db:
                words, draft = self._words(number % 4), TopicDraft(f"Discussion {number}")
                by = self.members[number % 4]
                await start_topic(db, by, self.settings, self.site, self.slug, draft, words)

    def _words(self, member):
        self.said += 1
        by = self.members[member]
        return submission_of(f"Words {self.said}.", name=by.name, user_id=by.user_id)

    async def act(self, seed):
        """One of them, one act after the other."""
        dice = Random(seed)
        for _ in range(ACTS):
            kind = dice.choice((self._reply,) * 4 + (self._decide,) * 4 + (self._edit,) * 2 + (
                self._close, self._merge, self._ban, self._join,
            ))  # fmt: skip
            try:
                async with self.doors.unit_of_work() as db:
                    await kind(db, dice)
            except REFUSALS as error:
                self.refused[type(error).__name__] += 1
            else:
                self.done[kind.__name__] += 1

    async def _reply(self, db, dice):
        member = dice.randrange(4)
        place, words = (self.slug, dice.randint(1, TOPICS)), self._words(member)
        await reply_in_topic(db, self.members[member], self.settings, self.site, place, words)

    async def _decide(self, db, dice):
        verb = dice.choice(
            (deciding.approve, deciding.hold, deciding.remove, deciding.mark_as_spam)
        )
        # Seldom about what a discussion begins with: nothing more happens in what is not shown.
        first = 1 if dice.random() < 0.1 else min(TOPICS + 1, self.said)
        await verb(db, dice.choice(self.keepers), dice.randint(first, self.said))

    async def _edit(self, db, dice):
        comment = dice.randint(1, self.said)
        row = await db.get(Comment, comment)
        if row is None:
            raise NotFound
        by = next(one for one in self.members if one.user_id == row.user_id)
        self.said += 1
        text, version = f"Other words {self.said}.", row.version
        await edit_said(db, by, self.settings, self.site, comment, text, version=version)

    async def _close(self, db, dice):
        keeper, topic = dice.choice(self.keepers), dice.randint(1, TOPICS)
        await close(db, keeper, self.slug, topic, is_locked=dice.random() < 0.4)

    async def _merge(self, db, dice):
        one, other = dice.sample(range(1, TOPICS + 1), 2)
        await merge(db, dice.choice(self.keepers), self.slug, one, other)

    async def _ban(self, db, dice):
        keeper, member = dice.choice(self.keepers), dice.choice(self.members)
        await ban(db, keeper, self.slug, member.user_id, until=None)

    async def _join(self, db, dice):
        member = dice.choice(self.members)
        await lift_ban(db, dice.choice(self.keepers), self.slug, member.user_id)
        await join(db, member, self.slug, accepts_rules=True)


async def test_many_who_speak_decide_merge_and_put_out_at_once_leave_everything_right(
    doors, settings
):
    crowd = Crowd(doors, settings)
    await crowd.gather()

    async with asyncio.timeout(60):
        await asyncio.gather(*(crowd.act(seed) for seed in range(ACTORS)))

    assert set(crowd.done) >= {"_reply", "_decide"}, crowd.refused
    async with doors.reading() as db:
        await _everything_is_counted(db)
        lost = await db.scalar(
            select(func.count())
            .select_from(Comment)
            .join(Thread, Thread.id == Comment.thread_id)
            .join(Topic, Topic.id == Thread.topic_id)
            .where(Topic.moved_to.is_not(None))
        )
    assert lost == 0, "said in what was put into another discussion"


async def _everything_is_counted(db):
    """Each counter against what it counts."""
    approved = Comment.status == CommentStatus.APPROVED
    rows = await db.execute(
        select(Topic, Thread, func.count(Comment.id))
        .join(Thread, Thread.topic_id == Topic.id)
        .outerjoin(Comment, (Comment.thread_id == Thread.id) & approved)
        .group_by(Topic.id, Thread.id)
    )
    for topic, thread, number in rows:
        assert thread.comment_count == number, topic.id
        assert topic.reply_count == number - int(topic.is_shown), topic.id
    shown = await db.scalar(select(func.count()).select_from(Topic).where(Topic.is_shown))
    inside = select(func.count()).select_from(Membership).where(Membership.state.in_(INSIDE))
    group = (await db.scalars(select(Group))).one()
    assert group.topic_count == shown
    assert group.member_count == await db.scalar(inside)
    cases = select(Case.tab, Case.kind, Case.group_id, func.count())
    there = await db.execute(cases.group_by(Case.tab, Case.kind, Case.group_id))
    counted = await db.execute(
        select(CaseCount.tab, CaseCount.kind, CaseCount.group_id, CaseCount.number).where(
            CaseCount.number != 0
        )
    )
    assert sorted(map(tuple, counted)) == sorted(map(tuple, there))
    drawn = select(func.coalesce(func.sum(ThreadPage.size), 0))
    shown = select(func.count()).select_from(Comment).where(Comment.is_shown)
    assert await db.scalar(drawn) == await db.scalar(shown)
    assert set(await db.scalars(select(Thread.group_id))) == {group.id}


async def _meanwhile(doors, count_queries, act, other):
    """Do `other` while the transaction of `act` is still open: what comes of it."""

    async def begin():
        async with doors.unit_of_work() as db:
            await other(db)

    async with doors.unit_of_work() as db:
        await act(db)
        with count_queries() as asked:
            task = asyncio.create_task(begin())
            # On SQLite it waits for the pen, else for the thread's row.
            # Nothing tells that a statement was sent.
            while not (doors.database.is_sqlite or any("FOR UPDATE" in one for one in asked)):  # noqa: ASYNC110
                await asyncio.sleep(0)
    return (await asyncio.gather(task, return_exceptions=True))[0]


async def test_who_waited_finds_a_discussion_as_it_is_after_the_wait(
    doors, settings, count_queries
):
    crowd = Crowd(doors, settings)
    await crowd.gather()
    keeper, slug = crowd.keepers[0], crowd.slug

    async def say(db):
        words = crowd._words(0)
        await reply_in_topic(db, crowd.members[0], settings, crowd.site, (slug, 1), words)

    closed = await _meanwhile(
        doors, count_queries, lambda db: close(db, keeper, slug, 1, is_locked=True), say
    )
    merged = await _meanwhile(doors, count_queries, lambda db: merge(db, keeper, slug, 1, 2), say)
    held = await _meanwhile(
        doors, count_queries, lambda db: merge(db, keeper, slug, 2, 3),
        lambda db: deciding.hold(db, keeper, 1),
    )  # fmt: skip

    assert isinstance(closed, Forbidden)
    assert isinstance(merged, NotFound)
    # Either it was told to come again, or it came after all that.
    assert held is None or isinstance(held, Conflict)
    async with doors.reading() as db:
        await _everything_is_counted(db)
