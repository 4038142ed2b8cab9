"""What moderators of a group do with its topics: pin, close, move, merge, split; and what solved one."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, WrongFields
from app.core.events import record
from app.core.i18n import _
from app.core.ids import new_guid
from app.core.text import slugify
from app.discussions.events import TopicKept
from app.discussions.models import Comment, CommentKind, CommentStatus, Thread
from app.discussions.pages import rebuild_pages
from app.discussions.topics.counting import count_topics, recount
from app.discussions.topics.marking import carry_follows
from app.discussions.topics.reading import TopicHere, get_topic
from app.discussions.topics.speaking import SLUG_LENGTH
from app.discussions.topics.taken_up import tags_of_posts
from app.groups.models import Topic, TopicKind
from app.groups.policy import may_moderate_here, may_solve
from app.groups.queries import Standing, get_group_to_read
from app.moderation.cases import note_count
from app.moderation.models import Case

# A merge or a split draws all pages anew, while everybody else waits who writes there.
MOST_MOVED = 5_000


async def pin(
    session: AsyncSession, actor: Actor, slug: str, topic_id: int, *, is_pinned: bool
) -> None:
    """Let it stand above all others of its group, or no more. Raises NotFound, Forbidden."""
    found = await _to_keep(session, actor, slug, topic_id)
    if found.topic.is_pinned != is_pinned:
        found.topic.is_pinned = is_pinned
        await _kept(session, actor, found, "topic pinned" if is_pinned else "topic unpinned")


async def close(
    session: AsyncSession, actor: Actor, slug: str, topic_id: int, *, is_locked: bool
) -> None:
    """Let nothing be said in it any more, or again. Raises NotFound, Forbidden."""
    found = await _to_keep(session, actor, slug, topic_id)
    if found.topic.is_locked != is_locked:
        found.topic.is_locked = is_locked
        await _kept(session, actor, found, "topic closed" if is_locked else "topic opened")


async def solve(
    session: AsyncSession, actor: Actor, slug: str, topic_id: int, reply_id: int | None
) -> None:
    """Say which reply solved it, or that none did: for who asked, and for moderators."""
    found = await get_topic(session, actor, slug, topic_id, lock=True)
    require(may_solve(actor, found.here, found.topic, clock.now()))
    if reply_id is not None:
        await _require_reply(session, found, reply_id)
    if found.topic.solved_by != reply_id:
        found.topic.solved_by = reply_id
        await _kept(session, actor, found, "topic solved" if reply_id else "topic unsolved")


async def move(
    session: AsyncSession, actor: Actor, slug: str, topic_id: int, there_slug: str
) -> tuple[TopicHere, Standing]:
    """Take it to another group that the actor keeps, too. Raises NotFound, Forbidden, Conflict."""
    found = await _to_keep(session, actor, slug, topic_id)
    there = await get_group_to_read(session, actor, there_slug)
    if there.group.id == found.here.group.id:
        raise Conflict(_("It stands in that group already."))
    require(may_moderate_here(actor, there))
    if found.topic.kind not in there.group.kinds:
        raise Forbidden(_("That is not begun in this group."))
    before = found.here.group.id
    found.topic.group_id = found.thread.group_id = there.group.id
    found.topic.is_pinned = False
    await session.flush()
    theirs = update(Comment).where(Comment.thread_id == found.thread.id)
    theirs = theirs.values(group_id=there.group.id)
    await session.execute(theirs.execution_options(synchronize_session=False))
    said = select(Comment.id).where(Comment.thread_id == found.thread.id)
    about = Case.item_id.in_(said), Case.kind == CommentKind.COMMENT
    counted = select(Case.tab, Case.kind, func.count()).where(*about).group_by(Case.tab, Case.kind)
    for tab, kind, number in await session.execute(counted):
        note_count(session, tab, kind, -number, before)
        note_count(session, tab, kind, number, there.group.id)
    await session.execute(update(Case).where(*about).values(group_id=there.group.id))
    if found.topic.is_shown:
        await count_topics(session, before, -1)
        await count_topics(session, there.group.id, 1)
    await _kept(session, actor, found, "topic moved", other_group=there.group.id)
    return found, there


async def merge(
    session: AsyncSession, actor: Actor, slug: str, topic_id: int, into_id: int
) -> TopicHere:
    """Put all that was said in it into another of the same group: its address leads there from now on.

    Raises NotFound, Forbidden, Invalid; Conflict for an ask or an offer, and for what is not shown.
    """
    if topic_id == into_id:
        raise Invalid(_("That is the same discussion."))
    # The smaller number is locked first, whichever goes into which: two who do it at once follow each other.
    first, second = sorted((topic_id, into_id))
    both = {
        first: await _to_keep(session, actor, slug, first),
        second: await _to_keep(session, actor, slug, second),
    }
    found, into = both[topic_id], both[into_id]
    if found.topic.kind != TopicKind.DISCUSSION:
        # Answers and promises hang on it, and whoever asked could reach none of them any more.
        raise Conflict(_("What is asked or offered stays where it can be answered."))
    if not (found.topic.is_shown and into.topic.is_shown):
        raise Conflict(_("Only discussions that are shown can be put together."))
    await _require_few(session, found.thread)
    await _take_over(session, found.thread.id, into.thread.id)
    # What opened it is a reply there.
    opened = update(Comment).where(Comment.id == found.topic.opening_id)
    await session.execute(opened.values(is_opening=False))
    found.topic.moved_to, found.topic.is_shown = into.topic.id, False
    await carry_follows(session, topic_id, into_id)
    # What was put into this one before goes along: an address leads on by one step.
    led_here = update(Topic).where(Topic.moved_to == found.topic.id)
    await session.execute(led_here.values(moved_to=into.topic.id))
    await count_topics(session, found.here.group.id, -1)
    await recount(session, found.topic, found.thread)
    await recount(session, into.topic, into.thread)
    await _kept(session, actor, found, "topic merged")
    await _kept(session, actor, into, "")
    return into


async def split(
    session: AsyncSession,
    actor: Actor,
    slug: str,
    topic_id: int,
    reply_ids: Sequence[int],
    title: str,
    *,
    host: str,
) -> Topic:
    """Make a discussion of its own of some replies; the first of them opens it. Raises Invalid."""
    found = await _to_keep(session, actor, slug, topic_id)
    chosen = await _chosen(session, found, reply_ids)
    opening, at = chosen[0], clock.now()
    opening.is_opening = True
    topic = Topic(
        group_id=found.here.group.id, kind=TopicKind.DISCUSSION, user_id=opening.user_id,
        author_name=opening.author_name, title=title, is_shown=True, opening_id=opening.id,
        slug=slugify(title)[:SLUG_LENGTH].strip("-"), guid=new_guid(host, at.year, "topic"),
        tags=list(found.topic.tags), created_at=opening.created_at, last_said_at=at,
    )  # fmt: skip
    session.add(topic)
    await session.flush()
    thread = Thread(topic_id=topic.id, group_id=topic.group_id)
    session.add(thread)
    await session.flush()
    await _take_over(session, found.thread.id, thread.id, [one.id for one in chosen])
    if found.topic.solved_by in {one.id for one in chosen}:
        found.topic.solved_by = None
    await count_topics(session, topic.group_id, 1)
    await recount(session, found.topic, found.thread)
    await recount(session, topic, thread)
    await _kept(session, actor, found, "topic split", title=title)
    return topic


async def _to_keep(session: AsyncSession, actor: Actor, slug: str, topic_id: int) -> TopicHere:
    found = await get_topic(session, actor, slug, topic_id, lock=True)
    require(may_moderate_here(actor, found.here))
    if found.topic.moved_to is not None:
        raise Conflict(_("It was put into another discussion."))
    return found


async def _require_reply(session: AsyncSession, found: TopicHere, reply_id: int) -> None:
    reply = await session.get(Comment, reply_id)
    is_reply = reply is not None and reply.thread_id == found.thread.id and reply.is_approved
    if not is_reply or reply_id == found.topic.opening_id:
        raise NotFound(_("There is no such reply."))


async def _chosen(
    session: AsyncSession, found: TopicHere, reply_ids: Sequence[int]
) -> Sequence[Comment]:
    query = select(Comment).where(
        Comment.id.in_(list(reply_ids)[:500]),
        Comment.thread_id == found.thread.id,
        Comment.id != found.topic.opening_id,
        Comment.status == CommentStatus.APPROVED,
    )
    chosen = (await session.scalars(query.order_by(Comment.place))).all()
    if not chosen:
        raise WrongFields({"replies": _("Choose at least one reply.")})
    await _require_few(session, found.thread)
    return chosen


async def _require_few(session: AsyncSession, thread: Thread) -> None:
    number = await session.scalar(
        select(func.count()).select_from(Comment).where(Comment.thread_id == thread.id)
    )
    if (number or 0) > MOST_MOVED:
        raise Conflict(_("It is too long for that: close it, and let people begin another."))


async def _take_over(
    session: AsyncSession, was_in: int, goes_to: int, ids: Sequence[int] | None = None
) -> None:
    """Comments change threads; their places are made of when they were said, and stay."""
    await session.flush()
    moved = update(Comment).where(Comment.thread_id == was_in)
    if ids is not None:
        moved = moved.where(Comment.id.in_(ids))
    moved = moved.values(thread_id=goes_to).execution_options(synchronize_session=False)
    await session.execute(moved)
    for thread_id in (was_in, goes_to):
        await rebuild_pages(session, thread_id)


async def _kept(
    session: AsyncSession,
    actor: Actor,
    found: TopicHere,
    what: str,
    *,
    title: str = "",
    other_group: int | None = None,
) -> None:
    group, topic = found.here.group, found.topic
    topic.version += 1
    await session.flush()
    if what:
        after = {"topic": topic.id, "title": title or topic.title}
        record_audit(session, actor, what, f"group:{group.id}", after=after)
    groups = {group.id, topic.group_id, *([other_group] if other_group else [])}
    touches = {f"thread:{found.thread.id}", *(f"group:{one}" for one in groups)}
    if other_group:
        # More people may see it there, and with it that a post is discussed.
        touches |= await tags_of_posts(session, topic.id)
    record(session, TopicKept(topic_id=topic.id, touches=frozenset(touches)))
