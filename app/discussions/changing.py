"""What moderators change of what was said besides its status: its words, its place, its thread."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Conflict, Invalid
from app.core.events import record
from app.core.i18n import _
from app.core.markup import BodyFormat
from app.core.text import clean_text
from app.discussions.deciding import (
    locked_matter,
    require_decider,
    require_version,
    write_down,
)
from app.discussions.events import CommentEdited, ThreadLocked
from app.discussions.matters import Matter, require_not_withdrawn
from app.discussions.models import Comment, CommentEdit, CommentStatus, Thread
from app.discussions.pages import vanish
from app.discussions.showing import change_status, touched_by
from app.discussions.threading import depth_of, place_of
from app.discussions.topics.mentions import html_said
from app.groups.models import Topic
from app.moderation.log import THREAD
from app.moderation.models import Decision
from app.posts.models import Post, PostStatus
from app.posts.queries import posts_visible_to

LONGEST = 20_000


async def edit_as_moderator(
    session: AsyncSession, actor: Actor, comment_id: int, text: str, *, version: int | None = None
) -> Comment:
    """Put other words into a comment; the earlier ones are kept, its readers are told, the log says who did it.

    Raises NotFound, Forbidden, Conflict, and Invalid for no text or too long a one.
    """
    text = clean_text(text).strip()
    if not 0 < len(text) <= LONGEST:
        raise Invalid(_("A comment has 1 to 20,000 characters."))
    matter = await locked_matter(session, actor, comment_id)
    await require_version(session, matter.comment, version)
    require_not_withdrawn(matter.case)
    comment, at = matter.comment, clock.now()
    earlier = CommentEdit(
        comment_id=comment.id, at=at, user_id=actor.user_id,
        body_source=comment.body_source, body_html=comment.body_html,
    )  # fmt: skip
    session.add(earlier)
    comment.body_source, comment.body_format = text, BodyFormat.MARKDOWN
    comment.body_html = await html_said(session, matter.thread.group_id, comment.user_id, text)
    comment.edited_at = at
    if actor.user_id is None or actor.user_id != comment.user_id:
        comment.is_edited_by_moderator = True
    comment.version += 1
    matter.case.version += 1
    await _log(session, actor, matter, "edit")
    touches = touched_by(matter.thread) if comment.is_shown else frozenset[str]()
    record(session, CommentEdited(comment_id=comment.id, touches=touches))
    return comment


async def move_comment(
    session: AsyncSession,
    actor: Actor,
    comment_id: int,
    post_id: int,
    *,
    version: int | None = None,
) -> Comment:
    """Move a comment that nobody has answered under another post, as the start of a conversation.

    Raises NotFound, Forbidden, Conflict, and Invalid where there is no such post.
    """
    target = await session.scalar(_thread_of(actor, post_id))
    if target is None:
        raise Invalid(_("There is no such post."))
    await require_decider(session, actor, target)
    # Both threads are locked, the lower id first, as everybody does.
    await session.execute(
        select(Thread.id)
        .where(Thread.id.in_((target.id, await _thread_id(session, comment_id))))
        .order_by(Thread.id)
        .with_for_update()
    )
    matter = await locked_matter(session, actor, comment_id)
    await require_version(session, matter.comment, version)
    if matter.thread.topic_id is not None:
        raise Invalid(
            _("What was said in a group stays there: its moderators can split a discussion.")
        )
    if matter.thread.id == target.id:
        raise Invalid(_("It stands under that post already."))
    answered = select(Comment.id).where(Comment.parent_id == comment_id).limit(1)
    if await session.scalar(answered) is not None:
        raise Conflict(_("It has been answered: only what nobody has answered can be moved."))
    await session.refresh(target)
    await _move(session, matter, target)
    matter.case.post_id = target.post_id
    await _log(session, actor, matter, "move")
    return matter.comment


async def _move(session: AsyncSession, matter: Matter, target: Thread) -> None:
    comment, status = matter.comment, matter.comment.status
    at = clock.now()
    if comment.is_approved:
        # Out of one thread's counts and pages as if it were hidden, into the other's as if shown.
        await change_status(session, comment, matter.thread, CommentStatus.PENDING, at)
    elif comment.is_shown:
        comment.is_shown = False
        await session.flush()
        await vanish(session, comment)
    comment.thread_id, comment.parent_id = target.id, None
    comment.place = place_of(comment.created_at, comment.id)
    comment.depth = depth_of(comment.place)
    comment.version += 1
    await session.flush()
    if status != comment.status:
        await change_status(session, comment, target, status, at)
    matter.thread = target


async def lock_thread(
    session: AsyncSession, actor: Actor, comment_id: int, *, locked: bool = True
) -> Decision | None:
    """Close the discussion that a comment is part of, or open it again; None where it is so already.

    Raises NotFound or Forbidden.
    """
    matter = await locked_matter(session, actor, comment_id)
    thread = matter.thread
    if not await _close(session, thread, locked=locked):
        return None
    verb = "lock" if locked else "unlock"
    entry = Decision(
        at=clock.now(), user_id=actor.user_id, kind=THREAD, item_id=thread.id, verb=verb,
        was="open" if locked else "closed", became="closed" if locked else "open",
    )  # fmt: skip
    session.add(entry)
    await session.flush()
    record(session, ThreadLocked(thread_id=thread.id, touches=touched_by(thread)))
    return entry


async def _close(session: AsyncSession, thread: Thread, *, locked: bool) -> bool:
    """Close a thread or open it again; False where it is so already. What is closed of a topic is the topic."""
    if thread.topic_id is None:
        is_new = (thread.closed_at is not None) != locked
        thread.closed_at = (thread.closed_at or clock.now()) if locked else None
        return is_new
    topic = await session.get_one(Topic, thread.topic_id, with_for_update=True)
    is_new = topic.is_locked != locked
    topic.is_locked, topic.version = locked, topic.version + int(is_new)
    return is_new


async def _log(session: AsyncSession, actor: Actor, matter: Matter, verb: str) -> None:
    status = matter.comment.status
    entry = Decision(
        at=clock.now(), user_id=actor.user_id, kind=matter.case.kind, item_id=matter.comment.id,
        verb=verb, was=status, became=status, author_key_id=matter.comment.author_key_id,
    )  # fmt: skip
    await session.flush()
    await write_down(session, matter, entry)


def _thread_of(actor: Actor, post_id: int) -> Select[Thread]:
    return (
        select(Thread)
        .join(Post, Post.id == Thread.post_id)
        .where(
            Thread.post_id == post_id, Post.status != PostStatus.TRASHED, posts_visible_to(actor)
        )
    )


async def _thread_id(session: AsyncSession, comment_id: int) -> int:
    return await session.scalar(select(Comment.thread_id).where(Comment.id == comment_id)) or 0
