"""Which cases are somebody's to see and to decide about: all, those of their groups, those under their posts."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor, Role
from app.accounts.models import User
from app.core import clock
from app.core.answers import YES, Answer, no
from app.core.i18n import marked
from app.discussions.models import Comment, CommentKind, Thread
from app.groups.models import Group, Membership, Topic, TopicKind, Visibility
from app.groups.policy import may_moderate_here
from app.groups.queries import Standing, belongs_to, keeps_group
from app.moderation.cases import case_counts
from app.moderation.kinds import ThingKind
from app.moderation.models import Case, CaseCount, Decision, Tab
from app.moderation.queue import cases_sought
from app.moderation.sought import Sought
from app.posts.models import PostAuthor

# How what is said in groups is named in an address, beside the kinds of topics.
REPLY = "reply"
# Of a hidden group, the site's moderators see what is put before them, and nothing else.
_BROUGHT = (Tab.NEEDS, Tab.REPORTED)


# Everything that is said or links here: these kinds share their numbers, and no others.
ARE_COMMENTS = Case.kind.in_(list(CommentKind))


def about_comment(comment_id: int) -> ColumnElement[bool]:
    """The case of one comment, whatever kind of comment that is."""
    return and_(Case.item_id == comment_id, ARE_COMMENTS)


def groups_kept_by(actor: Actor) -> Select[Any]:
    """The ids of the groups in which somebody decides, as their moderator or owner."""
    return select(Membership.group_id).where(
        Membership.user_id == actor.user_id, keeps_group(Membership, clock.now())
    )


async def deciding_actor(session: AsyncSession, user: User) -> Actor:
    """Somebody who is not here just now, with the roles they have today."""
    actor = Actor(user.id, user.name, frozenset(role for role in Role if role in user.roles))
    keeps = await session.scalar(groups_kept_by(actor).limit(1)) is not None
    return replace(actor, keeps_groups=keeps)


def cases_of(actor: Actor) -> ColumnElement[bool]:
    """The cases somebody may decide about.

    Moderators of the site have all, but of hidden groups only what waits or was reported, and of no group
    who asks to join, which those who keep it read; these have what is said in it as well; an author what
    stands under their own posts; others none.
    """
    if actor.is_owner:
        return Case.id.is_not(None)
    if actor.moderates:
        return and_(
            or_(
                Case.group_id.is_(None),
                Case.tab.in_(_BROUGHT),
                Case.group_id.not_in(_closed_to(actor)),
            ),
            or_(Case.kind != ThingKind.JOINING, Case.group_id.in_(groups_kept_by(actor))),
        )
    found = []
    if actor.moderates_own_posts:
        own = select(PostAuthor.post_id).where(PostAuthor.user_id == actor.user_id)
        found.append(Case.post_id.in_(own))
    if actor.keeps_groups or not found:
        found.append(Case.group_id.in_(groups_kept_by(actor)))
    return or_(*found)


def case_shown_to(actor: Actor) -> ColumnElement[bool]:
    """The same, for one case by itself: what somebody has decided themselves they may take back."""
    if not actor.moderates or actor.is_owner:
        return cases_of(actor)
    decided = exists().where(
        Decision.kind == Case.kind,
        Decision.item_id == Case.item_id,
        Decision.user_id == actor.user_id,
    )
    return or_(cases_of(actor), decided)


def cases_listed(sought: Sought, actor: Actor, at: datetime) -> ColumnElement[bool]:
    """What a case must be to stand in a list that somebody looks at."""
    of_kind = _SAID_IN_GROUPS.get(sought.kind)
    if of_kind is not None:
        sought = replace(sought, kind="")
    elif sought.kind == CommentKind.COMMENT:
        of_kind = Case.group_id.is_(None)
    wanted = and_(cases_sought(sought, actor.user_id, at), cases_of(actor))
    return wanted if of_kind is None else and_(wanted, of_kind)


async def counts_seen_by(session: AsyncSession, actor: Actor) -> dict[Tab, int]:
    """How much stands in each tab of what is somebody's to decide; nothing where that is not counted.

    What stands under one author's posts is counted nowhere.
    """
    if actor.is_owner:
        return await case_counts(session)
    if actor.moderates:
        seen = and_(
            or_(
                CaseCount.group_id == 0,
                CaseCount.tab.in_(_BROUGHT),
                CaseCount.group_id.not_in(_closed_to(actor)),
            ),
            or_(CaseCount.kind != ThingKind.JOINING, CaseCount.group_id.in_(groups_kept_by(actor))),
        )
        return await case_counts(session, seen)
    if actor.keeps_groups and not actor.moderates_own_posts:
        return await case_counts(session, CaseCount.group_id.in_(groups_kept_by(actor)))
    return {}


async def name_of_group(session: AsyncSession, actor: Actor, group_id: int) -> str | None:
    """The name of a group whose cases somebody sees; None for any other."""
    query = select(Group.name).where(Group.id == group_id)
    if not actor.moderates:
        query = query.where(Group.id.in_(groups_kept_by(actor)))
    name: str | None = await session.scalar(query)
    return name


async def may_decide_in_group(
    session: AsyncSession, actor: Actor, thread: Thread, comment: Comment | None
) -> Answer:
    """Decide about what is said in a topic, by what somebody is in its group."""
    mine = and_(Membership.group_id == Group.id, Membership.user_id == actor.user_id)
    query = select(Group, Membership).outerjoin(Membership, mine)
    row = (await session.execute(query.where(Group.id == thread.group_id))).one_or_none()
    if row is None:
        return no(marked("There is no such group."))
    answer = may_moderate_here(actor, Standing(*row))
    if answer or not actor.moderates or comment is None:
        return answer
    # A hidden group: what was brought before the moderators of the site is theirs to decide.
    case = select(Case.id).where(Case.kind == comment.kind, Case.item_id == comment.id)
    is_shown = await session.scalar(case.where(case_shown_to(actor)))
    return answer if is_shown is None else YES


def _closed_to(actor: Actor) -> Select[Any]:
    return select(Group.id).where(
        Group.visibility == Visibility.HIDDEN, ~belongs_to(actor, Group.id)
    )


def _opens(*kinds: TopicKind) -> ColumnElement[bool]:
    """That a case is about what a topic of these kinds begins with; found by keys alone."""
    return exists().where(
        Comment.id == Case.item_id,
        Thread.id == Comment.thread_id,
        Topic.id == Thread.topic_id,
        Topic.opening_id == Comment.id,
        Topic.kind.in_(kinds),
    )


_IN_GROUP = and_(Case.group_id.is_not(None), ARE_COMMENTS)
_SAID_IN_GROUPS: dict[str, ColumnElement[bool]] = {
    **{str(kind): and_(_IN_GROUP, _opens(kind)) for kind in TopicKind},
    REPLY: and_(_IN_GROUP, ~_opens(*TopicKind)),
}
