"""What members are told of their groups: who asks to join, what is begun, what is answered, who names them."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core import clock
from app.core.db import BigId
from app.core.jobs import Tools, job
from app.core.markup import SafeHtml
from app.core.prepared import Prepared
from app.core.rows import flush_changes
from app.discussions.edits import latest_edit
from app.discussions.events import CommentEdited
from app.discussions.models import Comment, Section, Thread
from app.discussions.queries import IS_APPROVED
from app.discussions.topics.mentions import handles_linked
from app.groups.events import GroupChanged, MemberJoined, MemberLeft, MembershipAsked
from app.groups.models import (
    Group,
    GroupState,
    Membership,
    MemberState,
    Reading,
    Topic,
    Visibility,
)
from app.groups.queries import INSIDE, IS_INSIDE, keeps_group
from app.notifications.notices.kinds import (
    ANSWER,
    JOINED,
    JOINING_ASKED,
    MENTION,
    TOPIC_ANSWERED,
    TOPIC_BEGUN,
    Kind,
)
from app.notifications.notices.models import Notice
from app.notifications.notices.retention import leave_group
from app.notifications.notices.telling import News, make_gone, tell, tell_all, tell_everybody


async def tell_of_asking(session: AsyncSession, event: MembershipAsked) -> None:
    """Its moderators hear that somebody would like to join."""
    group = await session.get_one(Group, event.group_id)
    stewards = select(Membership.user_id).where(
        Membership.group_id == group.id, keeps_group(Membership, clock.now())
    )
    about = f"joining:{group.id}:{event.user_id}"
    news = News(
        kind=JOINING_ASKED, once=about, about=about, path=f"/groups/{group.slug}/keep/",
        by=event.user_id, group_id=group.id, facts={"group": group.name},
    )  # fmt: skip
    await tell_all(session, await session.scalars(stewards), news)


async def tell_of_joining(session: AsyncSession, event: MemberJoined) -> None:
    """Whoever was let in by another hears of it; who walked in by themselves knows."""
    if event.accepted_by is None:
        return
    group = await session.get_one(Group, event.group_id)
    member = await session.get_one(Membership, (event.group_id, event.user_id))
    about = f"joined:{group.id}:{event.user_id}:{member.version}"
    news = News(
        kind=JOINED, once=about, about=about, path=f"/groups/{group.slug}/", group_id=group.id,
        facts={"group": group.name},
    )  # fmt: skip
    await tell(session, event.user_id, news)


async def forget_group(session: AsyncSession, event: MemberLeft) -> None:
    """Who is in a group no more finds nothing of it in their inbox."""
    await leave_group(session, event.user_id, event.group_id)


async def forget_unknown_group(session: AsyncSession, event: GroupChanged) -> None:
    """A group was closed, or hides now: who may not know of it finds nothing of it in their inbox."""
    group = await session.get_one(Group, event.group_id)
    if group.state == GroupState.CLOSED:
        await make_gone(session, Notice.group_id == group.id)
    elif group.visibility == Visibility.HIDDEN:
        await make_gone(session, and_(Notice.group_id == group.id, ~_knows(group.id)))


def _knows(group_id: int) -> ColumnElement[bool]:
    return exists().where(
        Membership.group_id == group_id,
        Membership.user_id == Notice.user_id,
        Membership.state.in_((*INSIDE, MemberState.INVITED)),
    )


class _Said(NamedTuple):
    """Something said in a group, and where."""

    id: int
    thread_id: int
    parent_id: int | None
    user_id: int | None
    author_name: str
    body_html: SafeHtml
    topic_id: int
    title: str
    begun_by: int | None
    opening_id: int | None
    group_id: int
    group_slug: str
    group_name: str

    @property
    def is_opening(self) -> bool:
        """Whether it is what the topic began with."""
        return self.id == self.opening_id


@job("tell_of_topic")
async def tell_of_topic(tools: Tools, *, comment_id: int) -> None:
    """Tell of what was said in a group: whom it answers, whom it names, who follows; all, what was begun."""
    async with tools.work.reading() as db:
        # Most of what is said concerns nobody who is to be told; then nobody need wait for the pen.
        if not await _concerns_anybody(db, comment_id):
            return
    async with tools.work.unit_of_work() as db:
        said = await _said(db, comment_id)
        if said is None:
            return
        told = await _tell_named(db, said)
        if not said.is_opening:
            followers = await _followers(db, said) - told
            await tell_all(db, followers, _news(said, TOPIC_ANSWERED))
            return
        members = select(Membership.user_id).where(
            Membership.group_id == said.group_id, Membership.state.in_(INSIDE)
        )
        everybody = set(await db.scalars(members)) - told
    await tell_everybody(tools.work, everybody, _news(said, TOPIC_BEGUN))


async def _concerns_anybody(session: AsyncSession, comment_id: int) -> bool:
    said = await _said(session, comment_id)
    if said is None:
        return False
    is_for_one = said.parent_id is not None or handles_linked(said.body_html)
    return said.is_opening or bool(is_for_one or await _followers(session, said))


async def _said(session: AsyncSession, comment_id: int) -> _Said | None:
    """What was said in a group, if it still stands there."""
    rows = await _SAID.rows(session, {"comment": comment_id})
    return _Said._make(rows[0]) if rows else None


async def _tell_named(session: AsyncSession, said: _Said) -> set[int]:
    """Tell whom it answers and whom it names, as far as they are in the group; who was told."""
    inside = select(Membership.user_id).where(
        Membership.group_id == said.group_id, Membership.state.in_(INSIDE)
    )
    told, mentioned = set[int](), set[int]()
    if said.parent_id is not None:
        answered = select(Comment.user_id).where(
            Comment.id == said.parent_id, Comment.user_id.in_(inside)
        )
        told = {one for one in await session.scalars(answered) if one is not None}
        await tell_all(session, told, _news(said, ANSWER))
    if handles := handles_linked(said.body_html):
        mentioned = await _with_handles(session, said, handles) - told
        await tell_all(session, mentioned, _news(said, MENTION))
    return told | mentioned


async def tell_newly_named(session: AsyncSession, event: CommentEdited) -> None:
    """Whom a new text names, and the one before did not, hears of it: once, however often it is changed."""
    await flush_changes(session)
    said = await _said(session, event.comment_id)
    handles = handles_linked(said.body_html) if said is not None else []
    if said is None or not handles:
        return
    earlier = await latest_edit(session, said.id)
    before = handles_linked(earlier.body_html) if earlier is not None else []
    if new := [one for one in handles if one not in before]:
        # Whom it answers hears of it as an answer.
        answered = select(Comment.user_id).where(Comment.id == said.parent_id)
        named = await _with_handles(session, said, new) - set(await session.scalars(answered))
        await tell_all(session, named, _news(said, MENTION))


async def _with_handles(session: AsyncSession, said: _Said, handles: list[str]) -> set[int]:
    """Members of its group, by their handles."""
    inside = select(Membership.user_id).where(
        Membership.group_id == said.group_id, Membership.state.in_(INSIDE)
    )
    named = select(User.id).where(User.slug.in_(handles), User.id.in_(inside))
    return set(await session.scalars(named))


async def _followers(session: AsyncSession, said: _Said) -> set[int]:
    """Who began it, answered in it or follows it, but for who said this; not who wants to hear no more."""
    where = {"topic": said.topic_id, "group": said.group_id}
    rows = await _FOLLOWERS.rows(session, where)
    return {one for (one,) in rows if one not in (None, said.user_id)}


def _news(said: _Said, kind: Kind) -> News:
    about = f"comment:{said.id}"
    facts = {"title": said.title, "group": said.group_name}
    return News(
        kind=kind,
        once=f"{about} {kind.name}",
        about=about,
        path=f"/groups/{said.group_slug}/r/{said.id}",
        by=said.user_id,
        thread=f"thread:{said.thread_id}",
        begun_by=said.begun_by,
        group_id=said.group_id,
        facts={**facts, **({} if said.user_id else {"name": said.author_name})},
    )


_SAID = Prepared(
    select(
        Comment.id, Comment.thread_id, Comment.parent_id, Comment.user_id, Comment.author_name,
        Comment.body_html, Topic.id, Topic.title, Topic.user_id, Topic.opening_id, Group.id,
        Group.slug, Group.name,
    )
    .join(Thread, Thread.id == Comment.thread_id)
    .join(Topic, Topic.id == Thread.topic_id)
    .join(Group, Group.id == Topic.group_id)
    .where(
        Comment.id == bindparam("comment", type_=BigId),
        IS_APPROVED,
        Topic.is_shown,
        Group.state != GroupState.CLOSED,
    )
)  # fmt: skip


def _who_took_part(topic: ColumnElement[int]) -> Select[int | None]:
    """Who said something in a topic: a step along the index for each of them, not for each reply of theirs."""
    its = and_(
        Comment.thread_id == select(Thread.id).where(Thread.topic_id == topic).scalar_subquery(),
        Comment.section == Section.COMMENTS,
        Comment.is_shown,
        Comment.user_id.is_not(None),
    )
    first = select(func.min(Comment.user_id).label("user_id")).where(its)
    found = first.cte("took_part", recursive=True)
    further = select(func.min(Comment.user_id)).where(its, Comment.user_id > found.c.user_id)
    found = found.union_all(
        select(further.correlate(found).scalar_subquery()).where(found.c.user_id.is_not(None))
    )
    return select(found.c.user_id)


def _who_follows() -> Prepared:
    topic, group = bindparam("topic", type_=BigId), bindparam("group", type_=BigId)
    its = Reading.topic_id == topic
    follows = select(Reading.user_id).where(its, Reading.follows.is_(True))
    either = union(_who_took_part(topic), follows).subquery()
    unfollowed = select(Reading.user_id).where(its, Reading.follows.is_(False))
    inside = select(Membership.user_id).where(Membership.group_id == group, IS_INSIDE)
    return Prepared(
        select(either.c.user_id).where(
            either.c.user_id.in_(inside), either.c.user_id.not_in(unfollowed)
        )
    )


_FOLLOWERS = _who_follows()
