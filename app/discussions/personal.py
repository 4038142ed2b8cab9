"""What is known of one commenter: taken out for them, or forgotten."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import ColumnElement, delete, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Forbidden
from app.core.events import record
from app.core.gone import GoneKind, note_gone
from app.core.i18n import _, marked
from app.core.secrets import Secrets
from app.discussions.events import AuthorForgotten, CommenterErased
from app.discussions.latest_posts.models import LatestPost
from app.discussions.models import Appeal, Comment, CommentEdit, CommentStatus, Thread
from app.discussions.retention import purge
from app.discussions.showing import change_status, locked_comment, touched_by
from app.discussions.topics.reading import if_shown
from app.groups.models import Group, Topic
from app.moderation.authors import key_of_email, key_of_member, normalised_email
from app.moderation.models import AuthorKey
from app.posts.addresses import address
from app.posts.models import Post

_AT_ONCE = 500
_ONLY_THE_OWNER = marked("Only the owner of the site may do this.")


@dataclass(frozen=True)
class OwnWords:
    """One comment as its author takes it away."""

    id: int
    address: str
    post: str
    status: str
    name: str
    email: str
    website: str
    network_address: str
    browser: str
    text: str
    written_at: datetime
    edited_at: datetime | None
    was_edited_by_moderator: bool
    # The post of theirs that is linked with it; empty for none.
    latest_post: str
    latest_post_title: str
    # What they wrote against its removal, and other texts it has or had, the earliest first.
    appeals: list[str]
    other_texts: list[str]


async def own_words(
    session: AsyncSession,
    actor: Actor,
    secrets: Secrets,
    email: str,
    base_url: str,
    *,
    user_id: int | None = None,
) -> list[OwnWords]:
    """All that somebody said under an address, or signed in, whatever became of it, oldest first.

    For the owner of the site, and for whoever has this account.
    """
    if user_id is None or actor.user_id != user_id:
        _require_owner(actor)
    query = (
        select(
            Comment, Post.title, Post.path, if_shown(actor, Topic.title),
            if_shown(actor, Group.slug), LatestPost,
        )
        .join(Thread, Thread.id == Comment.thread_id)
        # What was said elsewhere than under a post is theirs, too.
        .outerjoin(Post, Post.id == Thread.post_id)
        .outerjoin(Topic, Topic.id == Thread.topic_id)
        .outerjoin(Group, Group.id == Topic.group_id)
        .outerjoin(LatestPost, LatestPost.comment_id == Comment.id)
        .where(await _theirs(session, secrets, email, user_id))
        .order_by(Comment.created_at, Comment.id)
    )  # fmt: skip
    found = (await session.execute(query)).all()
    ids = [row[0].id for row in found]
    appeals = await _texts(session, Appeal.comment_id, Appeal.text, Appeal.id, ids)
    others = await _texts(
        session, CommentEdit.comment_id, CommentEdit.body_source, CommentEdit.id, ids
    )
    return [
        _taken_out(
            comment,
            title or topic or "",
            _stands_at(base_url, comment.id, path, group),
            latest,
            appeals[comment.id],
            others[comment.id],
        )
        for comment, title, path, topic, group, latest in found
    ]


async def comments_of(
    session: AsyncSession,
    actor: Actor,
    secrets: Secrets,
    email: str,
    *,
    user_id: int | None = None,
) -> Sequence[int]:
    """The ids of all they said, oldest first: what `forget_comments` takes, some at a time."""
    _require_owner(actor)
    query = select(Comment.id).where(await _theirs(session, secrets, email, user_id))
    return (await session.scalars(query.order_by(Comment.id))).all()


async def forget_comments(
    session: AsyncSession, actor: Actor, comment_ids: Sequence[int], *, keep_texts: bool
) -> None:
    """Take the person out of these comments. What is public stays as “Former member”, or goes.

    What is not public goes in any case.
    """
    _require_owner(actor)
    for comment_id in comment_ids:
        comment, thread = await locked_comment(session, comment_id)
        if comment.is_approved and keep_texts:
            _forget_who(comment)
        elif comment.status != CommentStatus.REMOVED:
            await change_status(session, comment, thread, CommentStatus.REMOVED, clock.now())
        await session.execute(delete(CommentEdit).where(CommentEdit.comment_id == comment_id))
        await session.execute(delete(Appeal).where(Appeal.comment_id == comment_id))
        await session.execute(delete(LatestPost).where(LatestPost.comment_id == comment_id))
        record(session, AuthorForgotten(comment_id=comment_id, touches=touched_by(thread)))
        await session.flush()
    await purge(session, comment_ids, Comment.status == CommentStatus.REMOVED)


async def forget_author(
    session: AsyncSession,
    actor: Actor,
    secrets: Secrets,
    email: str,
    *,
    user_id: int | None = None,
) -> None:
    """What is left when their comments are dealt with: the author key, and whatever hangs on the address."""
    _require_owner(actor)
    keys = [key_of_email(secrets, email)]
    if user_id is not None:
        keys.append(key_of_member(secrets, user_id))
    await session.execute(delete(AuthorKey).where(AuthorKey.key.in_(keys)))
    await note_gone(session, GoneKind.COMMENTER, filter(None, keys))
    record(session, CommenterErased(email=normalised_email(email)))


async def _texts(
    session: AsyncSession,
    owner: InstrumentedAttribute[int],
    text: InstrumentedAttribute[str],
    order: InstrumentedAttribute[int],
    ids: Sequence[int],
) -> defaultdict[int, list[str]]:
    texts = defaultdict[int, list[str]](list)
    for start in range(0, len(ids), _AT_ONCE):
        some = select(owner, text).where(owner.in_(ids[start : start + _AT_ONCE])).order_by(order)
        for comment_id, words in await session.execute(some):
            texts[comment_id].append(words)
    return texts


def _stands_at(base_url: str, comment_id: int, path: str | None, group: str) -> str:
    if path is not None:
        return f"{base_url}{address(path)}#comment-{comment_id}"
    return f"{base_url}/groups/{quote(group)}/r/{comment_id}" if group else ""


def _forget_who(comment: Comment) -> None:
    comment.author_name = _("Former member")
    comment.author_email = comment.author_url = comment.author_ip = ""
    comment.author_agent = comment.referrer = ""
    comment.user_id = comment.author_key_id = None
    comment.version += 1


def _taken_out(
    comment: Comment,
    title: str,
    url: str,
    latest: LatestPost | None,
    appeals: list[str],
    other_texts: list[str],
) -> OwnWords:
    return OwnWords(
        id=comment.id,
        address=url,
        post=title,
        status=comment.status,
        name=comment.author_name,
        email=comment.author_email,
        website=comment.author_url,
        network_address=comment.author_ip,
        browser=comment.author_agent,
        text=comment.body_source,
        written_at=comment.created_at,
        edited_at=comment.edited_at,
        was_edited_by_moderator=comment.is_edited_by_moderator,
        latest_post=latest.url if latest else "",
        latest_post_title=latest.title if latest else "",
        appeals=appeals,
        other_texts=other_texts,
    )


async def _theirs(
    session: AsyncSession, secrets: Secrets, email: str, user_id: int | None
) -> ColumnElement[bool]:
    key = select(AuthorKey.id).where(AuthorKey.key == key_of_email(secrets, email))
    author_id = await session.scalar(key)
    # Imported comments have an address and no key; those of nobody in particular have neither.
    address = normalised_email(email)
    ways = [func.lower(Comment.author_email) == address] if address else []
    if author_id is not None:
        ways.append(Comment.author_key_id == author_id)
    if user_id is not None:
        ways.append(Comment.user_id == user_id)
    return or_(false(), *ways)


def _require_owner(actor: Actor) -> None:
    if not actor.is_owner:
        raise Forbidden(_ONLY_THE_OWNER)
