"""Builders that read like speech: `await a_comment(session, under=post, by="Gwen")`.

They go through the same actions as the program, in the session they are given, and commit nothing.
What a visitor is to see is built inside `async with doors.unit_of_work() as db:`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actions import NewUser, add_user
from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.accounts.models import User
from app.accounts.passwords import hash_password
from app.core.events import record
from app.core.ids import new_guid
from app.core.markup import clean_post, markdown_comment, safe_text
from app.core.secrets import Secrets
from app.core.text import slugify
from app.discussions import actions as discussing
from app.discussions.deciding import case_of
from app.discussions.events import CommentEdited
from app.discussions.models import Comment, CommentKind, CommentStatus, Section, Thread
from app.discussions.threading import depth_of, place_of
from app.media.models import Upload
from app.moderation.authors import author_of_key, count_author, key_of_email, locked_author
from app.moderation.cases import open_case
from app.moderation.models import AuthorKey
from app.posts import actions as writing
from app.posts.drafts import Draft
from app.posts.events import PostWritten
from app.posts.models import Post, PostKind, PostStatus, Redirect, RedirectSource, Taxonomy, Term
from app.site.models import SiteRow
from app.site.queries import ensure_site

GUID_HOST = "blog.example"
# What author keys of the tests are hashed with.
SECRETS = Secrets("of the tests")
# Posts are published a day apart from here on, comments a minute apart from their post on.
FIRST_DAY = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)

_DECISIONS = {
    CommentStatus.APPROVED: discussing.approve,
    CommentStatus.SPAM: discussing.mark_as_spam,
    CommentStatus.REMOVED: discussing.remove,
}


async def the_site(session: AsyncSession, **choices: Any) -> SiteRow:
    """The site's row, with these choices of its owner."""
    site = await ensure_site(session, GUID_HOST)
    for name, choice in choices.items():
        setattr(site, name, choice)
    await session.flush()
    return site


async def an_author(session: AsyncSession, name: str = "Gwen Thomas", **fields: Any) -> User:
    """Somebody who writes posts; the login is made of the name."""
    login = fields.pop("login", slugify(name))
    author = User(login=login, slug=fields.pop("slug", login), name=name, **fields)
    session.add(author)
    await session.flush()
    return author


async def a_member(
    session: AsyncSession,
    name: str = "Ada",
    *,
    roles: Iterable[Role] = (),
    password: str = "",
    email: str = "",
    **fields: Any,
) -> User:
    """Somebody with an account, and maybe roles; without a `password` they can't sign in by one."""
    new = NewUser(
        email=email or f"{slugify(name)}@members.example",
        name=name,
        roles=frozenset(roles),
        password_hash=await hash_password(password) if password else "",
    )
    member = await add_user(session, OWNER_AT_THE_MACHINE, new)
    for field, value in fields.items():
        setattr(member, field, value)
    await session.flush()
    return member


async def a_category(
    session: AsyncSession, name: str = "Working life", *, under: Term | None = None, **fields: Any
) -> Term:
    """A category, maybe `under` another."""
    slug = fields.pop("slug", slugify(name))
    path = f"{under.path}/{slug}" if under else slug
    parent_id = under.id if under else None
    return await _term(
        session, taxonomy=Taxonomy.CATEGORY, name=name, slug=slug, path=path, parent_id=parent_id, **fields
    )  # fmt: skip


async def a_tag(session: AsyncSession, name: str = "letters", **fields: Any) -> Term:
    """A tag."""
    slug = fields.pop("slug", slugify(name))
    return await _term(session, taxonomy=Taxonomy.TAG, name=name, slug=slug, path=slug, **fields)


async def a_post(
    session: AsyncSession,
    title: str = "A letter a week",
    *,
    body: str = "Write to **one** person a week.",
    by: User | Sequence[User] = (),
    at: datetime | None = None,
    under: Sequence[Term] = (),
    html: str | None = None,
    **fields: Any,
) -> Post:
    """A published post with its thread, a day after the newest one.

    `html` puts a body in as it is stored, past Markdown; `fields` are those of a `Draft`.
    """
    authors = (by,) if isinstance(by, User) else by
    draft = Draft(
        title=title,
        body=body,
        at=at or await _next_day(session),
        author_ids=tuple(author.id for author in authors),
        term_ids=tuple(term.id for term in under),
        **fields,
    )
    post = await writing.add_post(session, OWNER_AT_THE_MACHINE, await the_site(session), draft)
    if html is not None:
        post.body_html = clean_post(html)
    # The unit of work would do this at its end; a test wants the thread at once.
    await discussing.open_thread(session, PostWritten(post_id=post.id))
    return post


async def a_page(
    session: AsyncSession, title: str = "About", *, under: Post | None = None, **fields: Any
) -> Post:
    """A page, maybe `under` another."""
    parent_id = under.id if under else None
    return await a_post(session, title, kind=PostKind.PAGE, parent_id=parent_id, **fields)


async def a_draft(session: AsyncSession, title: str = "Not yet", **fields: Any) -> Post:
    """A post its author is still writing."""
    return await a_post(session, title, status=PostStatus.DRAFT, **fields)


async def a_redirect(session: AsyncSession, path: str, *, to: Post | None) -> Redirect:
    """An address that leads to a post, or, with `to=None`, says that something is gone."""
    redirect = Redirect(path=path, post_id=to.id if to else None, source=RedirectSource.SLUG)
    session.add(redirect)
    await session.flush()
    return redirect


async def thread_of(session: AsyncSession, post: Post) -> Thread:
    """The thread under a post."""
    return (await session.scalars(select(Thread).where(Thread.post_id == post.id))).one()


async def a_comment(
    session: AsyncSession,
    text: str = "It is green, not red.",
    *,
    under: Post,
    by: str = "Gwen",
    answering: Comment | None = None,
    status: CommentStatus = CommentStatus.APPROVED,
    at: datetime | None = None,
    case: dict[str, Any] | None = None,
    **fields: Any,
) -> Comment:
    """A comment `under` a post, `answering` another or nobody; approved unless `status` says otherwise.

    It came into the queue with the facts in `case`, and was then decided by the owner.
    """
    comment = Comment(
        author_name=by,
        parent_id=answering.id if answering else None,
        body_source=text,
        body_html=fields.pop("body_html", markdown_comment(text)),
        **fields,
    )
    return await _said(session, comment, under, answering, status, at, case)


async def a_linkback(
    session: AsyncSession,
    *,
    under: Post,
    source: str = "https://elsewhere.example/a-letter/",
    title: str = "Elsewhere",
    text: str = "[…] as somebody wrote […]",
    kind: CommentKind = CommentKind.PINGBACK,
    status: CommentStatus = CommentStatus.APPROVED,
    at: datetime | None = None,
    **fields: Any,
) -> Comment:
    """Another site's link to a post."""
    comment = Comment(
        kind=kind,
        section=Section.LINKBACKS,
        author_name=title,
        author_url=source,
        body_source=text,
        body_html=safe_text(text),
        **fields,
    )
    return await _said(session, comment, under, None, status, at)


async def an_author_key(
    session: AsyncSession, email: str = "gwen@example.org", **fields: Any
) -> AuthorKey:
    """Somebody who comments, as the moderators know them."""
    author = await author_of_key(session, key_of_email(SECRETS, email), FIRST_DAY)
    for name, fact in fields.items():
        setattr(author, name, fact)
    await session.flush()
    return author


async def an_upload(
    session: AsyncSession, path: str = "2024/03/garden.jpg", **fields: Any
) -> Upload:
    """A file of the site's; its bytes are not there unless a test puts them there."""
    upload = Upload(path=path, title=fields.pop("title", path.rsplit("/", 1)[-1]), **fields)
    session.add(upload)
    await session.flush()
    return upload


async def _said(
    session: AsyncSession,
    comment: Comment,
    under: Post,
    answering: Comment | None,
    status: CommentStatus,
    at: datetime | None,
    case: dict[str, Any] | None = None,
) -> Comment:
    thread = await thread_of(session, under)
    at = at or await _next_minute(session, under, thread)
    comment.thread_id, comment.created_at = thread.id, at
    comment.guid = comment.guid or new_guid(GUID_HOST, at.year, "comment")
    comment.place = b""
    session.add(comment)
    await session.flush()
    comment.place = place_of(at, comment.id, answering.place if answering else None)
    comment.depth = depth_of(comment.place)
    if status in (CommentStatus.APPROVED, CommentStatus.REMOVED):
        comment.approved_at = at
    await session.flush()
    await _come_in(session, comment, thread, case or {})
    if status in _DECISIONS:
        await _DECISIONS[status](session, OWNER_AT_THE_MACHINE, comment.id)
    return comment


async def _come_in(
    session: AsyncSession, comment: Comment, thread: Thread, facts: dict[str, Any]
) -> None:
    """Into the queue, and into the counts of its author, as every comment comes."""
    if comment.author_key_id is not None:
        author = await locked_author(session, comment.author_key_id)
        count_author(
            author, "", comment.status, written_at=comment.created_at, at=comment.created_at
        )
    case = case_of(comment, thread)
    for name, fact in facts.items():
        setattr(case, name, fact)
    case.reason_codes = "".join(f" {reason['code']}" for reason in case.reasons or ()) + " "
    await open_case(session, case)
    record(session, CommentEdited(comment_id=comment.id))


async def _term(session: AsyncSession, **fields: Any) -> Term:
    term = Term(**fields)
    session.add(term)
    await session.flush()
    return term


async def _next_day(session: AsyncSession) -> datetime:
    public = Post.status == PostStatus.PUBLISHED
    newest = await session.scalar(select(func.max(Post.published_at)).where(public))
    return newest + timedelta(days=1) if newest else FIRST_DAY


async def _next_minute(session: AsyncSession, post: Post, thread: Thread) -> datetime:
    said = select(func.count()).select_from(Comment).where(Comment.thread_id == thread.id)
    number = await session.scalar(said) or 0
    return (post.published_at or FIRST_DAY) + timedelta(minutes=number + 1)
