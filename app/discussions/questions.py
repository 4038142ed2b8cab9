"""What Akismet is asked about comments: read from their rows, at the time of asking."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor, Role
from app.accounts.models import User
from app.discussions.models import Comment, CommentEdit, CommentKind, Thread
from app.groups.models import Group
from app.moderation.akismet.question import AskedAs, Question, language, moment
from app.posts.addresses import address
from app.posts.models import Post
from app.settings import Settings
from app.site.queries import get_site

# The field of the form that nobody sees.
TRAP_FIELD = "your_subject"

_ASKED_AS = {
    CommentKind.TRACKBACK: AskedAs.TRACKBACK,
    CommentKind.PINGBACK: AskedAs.PINGBACK,
    # The nearest that the service knows.
    CommentKind.WEBMENTION: AskedAs.PINGBACK,
}


@dataclass(frozen=True)
class _Written:
    """A comment with where it stands, who wrote it, and every other text it had or is to have."""

    comment: Comment
    # One of the two: what is said in a group stands under no post.
    post: Post | None
    group_slug: str | None
    roles: frozenset[Role]
    edits: Sequence[CommentEdit]

    @property
    def first_text(self) -> str:
        """What it said when it came in."""
        earlier = [edit.body_source for edit in self.edits if not edit.is_waiting]
        return earlier[0] if earlier else self.comment.body_source

    @property
    def newest_text(self) -> str:
        """What its author wants it to say."""
        waiting = [edit.body_source for edit in self.edits if edit.is_waiting]
        return waiting[-1] if waiting else self.comment.body_source


async def questions_about(
    session: AsyncSession, settings: Settings, comment_ids: Collection[int]
) -> dict[int, Question]:
    """What to ask about each of these comments as they are now; those that are gone are left out."""
    return await _questions(session, settings, comment_ids, as_it_came=False)


async def first_questions_about(
    session: AsyncSession, settings: Settings, comment_ids: Collection[int]
) -> dict[int, Question]:
    """What was asked first about each, whatever was edited since; without addresses that were wiped."""
    return await _questions(session, settings, comment_ids, as_it_came=True)


async def _questions(
    session: AsyncSession, settings: Settings, comment_ids: Collection[int], *, as_it_came: bool
) -> dict[int, Question]:
    site = await get_site(session)
    return {
        written.comment.id: _question(written, settings, site.language, as_it_came=as_it_came)
        for written in await _written(session, comment_ids)
    }


async def _written(session: AsyncSession, comment_ids: Collection[int]) -> list[_Written]:
    edits: defaultdict[int, list[CommentEdit]] = defaultdict(list)
    edited = select(CommentEdit).where(CommentEdit.comment_id.in_(comment_ids))
    for edit in await session.scalars(edited.order_by(CommentEdit.id)):
        edits[edit.comment_id].append(edit)
    query = (
        select(Comment, Post, Group.slug, User.roles)
        .join(Thread, Thread.id == Comment.thread_id)
        .outerjoin(Post, Post.id == Thread.post_id)
        .outerjoin(Group, Group.id == Thread.group_id)
        .outerjoin(User, User.id == Comment.user_id)
        .where(Comment.id.in_(comment_ids))
    )
    return [
        _Written(comment, post, group, frozenset(map(Role, roles or ())), edits[comment.id])
        for comment, post, group, roles in await session.execute(query)
    ]


def _where(written: _Written) -> str:
    """The page it stands on; in a group, its own address, which leads there."""
    if written.post is not None:
        return address(written.post.path or "/")
    return f"/groups/{quote(written.group_slug or '')}/r/{written.comment.id}"


def _question(written: _Written, settings: Settings, tongue: str, *, as_it_came: bool) -> Question:
    comment, post = written.comment, written.post
    kind = AskedAs.REPLY if comment.parent_id else AskedAs.COMMENT
    if written.group_slug is not None:
        kind = AskedAs.FORUM_POST
    return Question(
        user_ip=comment.author_ip,
        blog_lang=language(tongue),
        comment_type=_ASKED_AS.get(comment.kind, kind),
        permalink=settings.base_url + _where(written),
        comment_author=comment.author_name,
        comment_author_email=comment.author_email,
        comment_author_url=comment.author_url,
        comment_content=written.first_text if as_it_came else written.newest_text,
        comment_date_gmt=moment(comment.created_at),
        comment_post_modified_gmt=moment(post.updated_at or post.published_at) if post else "",
        referrer=comment.referrer,
        user_agent=comment.author_agent,
        honeypot_field_name=TRAP_FIELD if comment.kind == CommentKind.COMMENT else "",
        # The service takes its word for good, so it is said of nobody else.
        user_role="administrator" if Actor(roles=written.roles).moderates else "",
        recheck_reason="edit" if written.edits and not as_it_came else "",
    )
