"""What members are told of their groups: who asks to join, what is begun, what is answered, who names them."""

from sqlalchemy import ColumnElement, and_, exists, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.jobs import Tools, job
from app.discussions.models import Comment, Section, Thread
from app.discussions.topics.mentions import handles_linked
from app.groups.events import GroupChanged, MemberJoined, MemberLeft, MembershipAsked
from app.groups.models import (
    Group,
    GroupState,
    MemberRole,
    Membership,
    MemberState,
    Reading,
    Topic,
    Visibility,
)
from app.groups.queries import INSIDE
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
        Membership.group_id == group.id,
        Membership.role != MemberRole.MEMBER,
        Membership.state.in_(INSIDE),
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


@job("tell_of_topic")
async def tell_of_topic(tools: Tools, *, comment_id: int) -> None:
    """Tell of what was said in a group: whom it answers, whom it names, who follows; all, what was begun."""
    async with tools.work.unit_of_work() as db:
        said = await _said(db, comment_id)
        if said is None:
            return
        comment, topic, group = said
        told = await _tell_named(db, comment, topic, group)
        if comment.id != topic.opening_id:
            followers = await _followers(db, topic) - told
            await tell_all(db, followers, _news(comment, topic, group, TOPIC_ANSWERED))
            return
        members = select(Membership.user_id).where(
            Membership.group_id == group.id, Membership.state.in_(INSIDE)
        )
        everybody = set(await db.scalars(members)) - told
    await tell_everybody(tools.work, everybody, _news(comment, topic, group, TOPIC_BEGUN))


async def _said(session: AsyncSession, comment_id: int) -> tuple[Comment, Topic, Group] | None:
    """What was said in a group, if it still stands there."""
    row = (
        await session.execute(
            select(Comment, Topic, Group)
            .join(Thread, Thread.id == Comment.thread_id)
            .join(Topic, Topic.id == Thread.topic_id)
            .join(Group, Group.id == Topic.group_id)
            .where(Comment.id == comment_id, Group.state != GroupState.CLOSED)
        )
    ).one_or_none()
    return (row[0], row[1], row[2]) if row and row[0].is_approved and row[1].is_shown else None


async def _tell_named(
    session: AsyncSession, comment: Comment, topic: Topic, group: Group
) -> set[int]:
    """Tell whom it answers and whom it names, as far as they are in the group; who was told."""
    inside = select(Membership.user_id).where(
        Membership.group_id == group.id, Membership.state.in_(INSIDE)
    )
    answered = select(Comment.user_id).where(
        Comment.id == comment.parent_id, Comment.user_id.in_(inside)
    )
    told = {one for one in await session.scalars(answered) if one is not None}
    await tell_all(session, told, _news(comment, topic, group, ANSWER))
    named = select(User.id).where(
        User.slug.in_(handles_linked(comment.body_html)), User.id.in_(inside)
    )
    mentioned = set(await session.scalars(named)) - told
    await tell_all(session, mentioned, _news(comment, topic, group, MENTION))
    return told | mentioned


async def _followers(session: AsyncSession, topic: Topic) -> set[int]:
    """Who began it, who answered in it and who follows it; but not who wants to hear no more of it."""
    thread = select(Thread.id).where(Thread.topic_id == topic.id)
    took_part = select(Comment.user_id).where(
        Comment.thread_id.in_(thread),
        Comment.section == Section.COMMENTS,
        Comment.is_shown,
        Comment.user_id.is_not(None),
    )
    follows = select(Reading.user_id).where(Reading.topic_id == topic.id, Reading.follows.is_(True))
    either = union(took_part, follows).subquery()
    unfollowed = select(Reading.user_id).where(
        Reading.topic_id == topic.id, Reading.follows.is_(False)
    )
    inside = select(Membership.user_id).where(
        Membership.group_id == topic.group_id, Membership.state.in_(INSIDE)
    )
    query = select(either.c.user_id).where(
        either.c.user_id.in_(inside), either.c.user_id.not_in(unfollowed)
    )
    return {one for one in await session.scalars(query) if one is not None}


def _news(comment: Comment, topic: Topic, group: Group, kind: Kind) -> News:
    about = f"comment:{comment.id}"
    facts = {"title": topic.title, "group": group.name}
    return News(
        kind=kind,
        once=f"{about} {kind.name}",
        about=about,
        path=f"/groups/{group.slug}/r/{comment.id}",
        by=comment.user_id,
        thread=f"thread:{comment.thread_id}",
        begun_by=topic.user_id,
        group_id=group.id,
        facts={**facts, **({} if comment.user_id else {"name": comment.author_name})},
    )
