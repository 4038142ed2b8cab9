"""What was said under the demo's posts: held at first, like everything, and then decided."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.accounts.models import User
from app.core.i18n import _
from app.core.markup import markdown_comment
from app.core.secrets import Secrets
from app.discussions.actions import approve, remove
from app.discussions.deciding import case_of, settle
from app.discussions.matters import Matter
from app.discussions.models import Comment, CommentKind, CommentStatus, Section, Thread
from app.discussions.threading import depth_of, place_of
from app.discussions.undoing import signs_of
from app.moderation.authors import author_of_key, count_author, key_of_email
from app.moderation.cases import open_case
from app.moderation.doubt import doubt_of
from app.porting.demo.content import DemoComment, DemoSite
from app.posts.models import Post

_DECISIONS = {
    CommentStatus.APPROVED: approve,
    CommentStatus.REMOVED: remove,
}


async def add_talk(
    session: AsyncSession,
    demo: DemoSite,
    posts: dict[str, Post],
    users: dict[str, User],
    secrets: Secrets,
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
        matter = await _queue(session, secrets, comment)
        if said.status == CommentStatus.SPAM:
            await _file_as_spam(session, matter)
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


async def _queue(session: AsyncSession, secrets: Secrets, comment: Comment) -> Matter:
    """Into the queue, with the reason why it waits, and into what is known of its author."""
    at, email = comment.created_at, comment.author_email
    author = await author_of_key(session, key_of_email(secrets, email), at) if email else None
    comment.author_key_id = author.id if author else None
    count_author(author, "", comment.status, written_at=at, at=at)
    thread = (await session.scalars(select(Thread).where(Thread.id == comment.thread_id))).one()
    case = case_of(comment, thread)
    code, because = "unproved", _("Nobody has proved that this address is theirs")
    if author is None or not author.approved:
        code, because = "first_time", _("First comment from this address")
    case.reasons, case.reason_codes = [{"code": code, "because": because}], f" {code} "
    await open_case(session, case)
    return Matter(thread, comment, author, case)


async def _file_as_spam(session: AsyncSession, matter: Matter) -> None:
    """What the program took for spam by itself, and may be wrong about."""
    case = matter.case
    await settle(session, matter, CommentStatus.SPAM, matter.comment.created_at)
    case.reasons = [{"code": "learned", "because": _("It reads like what was marked as spam here")}]
    case.reason_codes, case.score = " learned ", 0.97
    case.doubt = doubt_of(signs_of(case, matter.comment, matter.author))
