"""What letters tell, and which of them wait. None of this is filtered by who asks: jobs and owners get here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.accounts.models import User
from app.core.i18n import _
from app.core.markup import BodyFormat, SafeHtml, read_elsewhere
from app.core.text import plain_text
from app.discussions.models import Comment, Thread
from app.discussions.queries import page_number_of
from app.groups.models import Group, Topic
from app.notifications.models import Letter
from app.posts.addresses import address, comment_address
from app.posts.models import Post
from app.posts.queries import posts_visible_to

# A member's words bear no address: letters go to that of the account, once they have confirmed it.
AUTHORS_EMAIL = func.coalesce(
    func.nullif(Comment.author_email, ""),
    case((User.email_confirmed_at.is_not(None), User.email)),
    "",
)


@dataclass(frozen=True)
class Said:
    """A comment as letters tell of it: who said it, where, and whether everybody may read that post.

    What is said in a group is never public here: those inside are told by `notices.of_groups`.
    """

    comment: Comment
    # Where its author gets letters; empty where that is not known.
    email: str
    title: str
    path: str
    page: int
    is_public: bool
    # The post under which it stands, or the topic and the group's slug: one of the two.
    post_id: int | None = None
    topic_id: int | None = None
    group: str = ""

    @property
    def name(self) -> str:
        """Whoever said it."""
        return self.comment.author_name or _("Somebody")

    @property
    def at(self) -> str:
        """Where it stands, as a path with its anchor; in a group, the path that leads there."""
        if self.group:
            return f"/groups/{quote(self.group)}/r/{self.comment.id}"
        return comment_address(self.path, self.page, self.comment.id)

    @property
    def list_name(self) -> str:
        """The list to which letters about it belong."""
        return f"topic-{self.topic_id}" if self.group else f"post-{self.post_id}"

    @property
    def text(self) -> str:
        """Its words as they were typed."""
        if self.comment.body_format == BodyFormat.MARKDOWN:
            return self.comment.body_source
        return plain_text(self.comment.body_html)

    def html(self, base_url: str) -> SafeHtml:
        """Its words as a mail shows them."""
        return read_elsewhere(self.comment.body_html, base_url + address(self.path))


async def find_said(session: AsyncSession, comment_id: int) -> Said | None:
    """A comment, whatever its state; None when it is gone."""
    found = await said_of(session, [comment_id])
    return found[0] if found else None


async def said_of(session: AsyncSession, comment_ids: Sequence[int]) -> list[Said]:
    """Several comments, newest first."""
    query = (
        select(
            Comment, AUTHORS_EMAIL, Post.title, Post.path, page_number_of(), posts_visible_to(VISITOR),
            Post.id, Topic, Group.slug,
        )
        .join(Thread, Thread.id == Comment.thread_id)
        .outerjoin(Post, Post.id == Thread.post_id)
        .outerjoin(Topic, Topic.id == Thread.topic_id)
        .outerjoin(Group, Group.id == Topic.group_id)
        .outerjoin(User, User.id == Comment.user_id)
        .where(Comment.id.in_(comment_ids))
        .order_by(Comment.created_at.desc(), Comment.id.desc())
    )  # fmt: skip
    return [_read(*row) for row in await session.execute(query)]


def _read(
    comment: Comment,
    email: str,
    title: str | None,
    path: str | None,
    page: int,
    is_public: bool | None,
    post_id: int | None,
    topic: Topic | None,
    group: str | None,
) -> Said:
    if topic is None:
        title = title or _("Untitled")
        return Said(comment, email, title, path or "/", page, bool(is_public), post_id)
    # Of what opens a topic, the topic goes along when it is removed: only the group is there still.
    path = f"/groups/{group}/"
    if comment.id != topic.opening_id:
        path += f"d/{topic.id}-{topic.slug}/"
    return Said(
        comment, email, topic.title, path, 1, is_public=False, topic_id=topic.id, group=group or ""
    )


@dataclass(frozen=True)
class BoxedLetter:
    """A letter as the console's outbox lists it, without what is in it."""

    id: int
    recipient: str
    subject: str
    created_at: datetime
    tries: int
    trouble: str
    retry_at: datetime | None
    failed_at: datetime | None


async def outbox(
    session: AsyncSession, *, before: int | None = None, most: int = 50
) -> list[BoxedLetter]:
    """Letters that wait or that no server would take, newest first; `before` is an id seen last."""
    query = (
        select(
            Letter.id, Letter.recipient, Letter.subject, Letter.created_at, Letter.tries,
            Letter.trouble, Letter.retry_at, Letter.failed_at,
        )
        .where(Letter.sent_at.is_(None))
        .order_by(Letter.id.desc())
        .limit(most)
    )  # fmt: skip
    if before is not None:
        query = query.where(Letter.id < before)
    return [BoxedLetter(*row) for row in await session.execute(query)]


async def find_letter(session: AsyncSession, letter_id: int) -> Letter | None:
    """One letter whole."""
    return await session.get(Letter, letter_id)
