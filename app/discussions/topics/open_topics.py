"""A topic, for whoever wants to say something in it: locked, and as much of all as decides on that."""

from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import String, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor, Role
from app.core.db import BigId
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.prepared import Prepared
from app.core.rows import Rows, flush_changes, named
from app.discussions.models import Thread
from app.discussions.open_threads import OF_THREAD, thread_read
from app.discussions.queries import page_count_of_thread
from app.discussions.topics.reading import topics_visible_to
from app.groups.models import Group, Membership, Topic
from app.groups.queries import Standing

_GROUPS, _TOPICS = Rows(Group), Rows(Topic)
_OF_GROUP = (
    Group.id, Group.slug, Group.visibility, Group.state, Group.read_only_until, Group.holds_first,
    Group.slow_seconds, Group.daily_replies,
)  # fmt: skip
_OF_TOPIC = (Topic.id, Topic.group_id, Topic.slug, Topic.is_shown, Topic.is_locked)
_OF_MEMBERSHIP = (
    Membership.user_id, Membership.role, Membership.state, Membership.until, Membership.approved,
)  # fmt: skip
_ME, _TOPIC = bindparam("me", type_=BigId), bindparam("topic", type_=BigId)
_SLUG = bindparam("slug", type_=String)
# First, by itself: what is read beside a row that had to be waited for is from before the wait.
_LOCK = Prepared(select(Thread.id).where(Thread.topic_id == _TOPIC).with_for_update())


class OpenTopic(NamedTuple):
    """A topic, and what somebody is there; but for the thread, nothing of it is changed by its session."""

    here: Standing
    topic: Topic
    thread: Thread
    pages: int


async def topic_open_to(session: AsyncSession, actor: Actor, slug: str, topic_id: int) -> OpenTopic:
    """A topic of a group as far as that is about answering in it, its thread's row locked. Raises NotFound."""
    await flush_changes(session)
    if session.get_bind().dialect.name != "sqlite":
        # On SQLite, whoever writes is alone already.
        await _LOCK.rows(session, {"topic": topic_id})
    asked = _open_to(actor.roles if actor.is_signed_in else None)
    rows = await asked.rows(session, {"topic": topic_id, "slug": slug, "me": actor.user_id})
    if not rows:
        raise NotFound(_("There is no such discussion."))
    pages, *row = rows[0]
    thread = thread_read(session, row)
    row = row[len(OF_THREAD) :]
    group = _GROUPS.new(**named(_OF_GROUP, row))
    row = row[len(_OF_GROUP) :]
    topic = _TOPICS.new(**named(_OF_TOPIC, row))
    mine = named(_OF_MEMBERSHIP, row[len(_OF_TOPIC) :])
    membership = None if mine["user_id"] is None else Membership(group_id=group.id, **mine)
    return OpenTopic(Standing(group, membership), topic, thread, pages)


@lru_cache(maxsize=32)
def _open_to(roles: frozenset[Role] | None) -> Prepared:
    """What everybody asks who has these roles, or is a visitor: who it is, is a parameter."""
    anybody = Actor() if roles is None else Actor(user_id=cast("Any", _ME), roles=roles)
    mine = and_(Membership.group_id == Group.id, Membership.user_id == _ME)
    return Prepared(
        select(page_count_of_thread(), *OF_THREAD, *_OF_GROUP, *_OF_TOPIC, *_OF_MEMBERSHIP)
        .join_from(Topic, Group, Topic.group_id == Group.id)
        .join(Thread, Thread.topic_id == Topic.id)
        .outerjoin(Membership, mine)
        .where(Topic.id == _TOPIC, Group.slug == _SLUG, topics_visible_to(anybody))
    )
