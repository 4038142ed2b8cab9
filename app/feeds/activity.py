"""What one member said in public, as a feed needs it: under public posts, and in groups that everybody reads."""

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.discussions.models import Comment, CommentKind, Thread
from app.discussions.queries import IS_APPROVED
from app.feeds.comments import comments_among
from app.feeds.entries import comment_entry
from app.feeds.model import Entry
from app.feeds.topics import newest_among, topic_entry
from app.groups.models import Group, Topic
from app.groups.queries import groups_read_by
from app.posts.models import Post
from app.posts.queries import posts_visible_to

_IN_PUBLIC = or_(
    and_(Thread.post_id.is_not(None), posts_visible_to(VISITOR)),
    and_(Topic.is_shown, groups_read_by(VISITOR)),
)


async def newest_by_member(
    session: AsyncSession, user_id: int, base_url: str, *, skip: int, limit: int
) -> list[Entry]:
    """Their words, last approved first, whoever asks: they stand in public. Three queries."""
    query = (
        select(Comment.id, Thread.topic_id.is_not(None))
        .join(Thread, Thread.id == Comment.thread_id)
        .outerjoin(Post, Post.id == Thread.post_id)
        .outerjoin(Topic, Topic.id == Thread.topic_id)
        .outerjoin(Group, Group.id == Topic.group_id)
        .where(
            Comment.user_id == user_id,
            IS_APPROVED,
            Comment.kind == CommentKind.COMMENT,
            _IN_PUBLIC,
        )
        .order_by(Comment.approved_at.desc(), Comment.id.desc())
        .offset(skip)
        .limit(limit)
    )
    rows = (await session.execute(query)).all()
    in_groups = [number for number, is_in_group in rows if is_in_group]
    under_posts = [number for number, is_in_group in rows if not is_in_group]
    found = {
        said.comment_id: topic_entry(said, base_url)
        for said in await newest_among(session, VISITOR, in_groups, skip=0, limit=limit)
    }
    found |= {
        said.id: comment_entry(said, base_url, names_post=True)
        for said in await comments_among(session, under_posts)
    }
    return [found[number] for number, _is_in_group in rows if number in found]
