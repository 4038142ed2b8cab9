"""What was said under the demo's posts: held at first, like everything, and then decided."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.accounts.models import User
from app.core.markup import markdown_comment
from app.discussions.actions import approve, mark_as_spam, remove
from app.discussions.models import Comment, CommentKind, CommentStatus, Section, Thread
from app.discussions.threading import depth_of, place_of
from app.porting.demo.content import DemoComment, DemoSite
from app.posts.models import Post

_DECISIONS = {
    CommentStatus.APPROVED: approve,
    CommentStatus.SPAM: mark_as_spam,
    CommentStatus.REMOVED: remove,
}


async def add_talk(
    session: AsyncSession, demo: DemoSite, posts: dict[str, Post], users: dict[str, User]
) -> None:
    """Every comment and linkback of the site, in the order in which they came in.

    `posts` are found by slug, `users` by login; each post has its thread.
    """
    threads = {thread.post_id: thread.id for thread in await session.scalars(select(Thread))}
    came_in = sorted(
        (said.at, said.id, post.slug, said) for post in demo.posts for said in post.comments
    )
    known: dict[int, Comment] = {}
    for _at, _id, slug, said in came_in:
        comment = _held(demo, said, users.get(said.user))
        comment.thread_id = threads[posts[slug].id]
        await _place(session, comment, known.get(said.parent) if said.parent else None)
        known[said.id] = comment
        decide = _DECISIONS.get(said.status)
        if decide is not None:
            await decide(session, OWNER_AT_THE_MACHINE, comment.id)


def _held(demo: DemoSite, said: DemoComment, user: User | None) -> Comment:
    written = demo.moment(said.at)
    return Comment(
        kind=said.kind,
        section=Section.COMMENTS if said.kind == CommentKind.COMMENT else Section.LINKBACKS,
        status=CommentStatus.PENDING,
        guid=demo.guid("comment", said.id, said.at),
        user_id=user.id if user else None,
        author_name=user.name if user else said.name,
        author_email=user.email if user else said.email,
        author_url=user.website if user else said.site,
        body_source=said.text.strip(),
        body_html=markdown_comment(said.text.strip()),
        created_at=written,
        # Approved as it came in: the feed of comments is then as old as the talk.
        approved_at=written if said.status == CommentStatus.APPROVED else None,
    )


async def _place(session: AsyncSession, comment: Comment, parent: Comment | None) -> None:
    comment.parent_id = parent.id if parent else None
    comment.place = b""
    session.add(comment)
    await session.flush()
    # Its place has its number in it, which only the database knows.
    comment.place = place_of(comment.created_at, comment.id, parent.place if parent else None)
    comment.depth = depth_of(comment.place)
    await session.flush()
