"""Posts as an editor sees them: those that whoever asks may write, with what hangs on them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.answers import require
from app.core.errors import NotFound
from app.core.i18n import _
from app.media.models import Upload
from app.posts.models import Post, PostAuthor, PostKind, PostStatus, Taxonomy, Term
from app.posts.policy import may_write
from app.posts.queries import authors_of, posts_visible_to, terms_of

# Whole texts are in the answer.
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Whole:
    """A post with its authors, terms and cover."""

    post: Post
    authors: Sequence[User] = ()
    terms: Sequence[Term] = ()
    cover: Upload | None = None

    @property
    def author(self) -> User | None:
        """The first of its authors: editors know of one only."""
        return next(iter(self.authors), None)

    def of(self, taxonomy: Taxonomy) -> list[Term]:
        """Its categories, or its tags."""
        return [term for term in self.terms if term.taxonomy == taxonomy]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which posts somebody asks for: by kind and state, so many, past so many."""

    kind: PostKind = PostKind.POST
    status: PostStatus | None = None
    number: int = 10
    offset: int = 0
    newest_change_first: bool = False


async def post_to_write(
    session: AsyncSession, me: Actor, post_id: int, kind: PostKind | None = None
) -> Whole:
    """A post that is theirs to change. Raises NotFound, Forbidden."""
    query = select(Post).where(Post.id == post_id, posts_visible_to(me))
    post: Post | None = await session.scalar(query)
    if post is None or kind not in (None, post.kind):
        raise NotFound(_("There is no post of that number."))
    [whole] = await wholes(session, [post])
    require(may_write(me, post.kind, [author.id for author in whole.authors]))
    return whole


async def posts_to_write(session: AsyncSession, me: Actor, wanted: Wanted) -> list[Whole]:
    """The newest that are theirs to change; what lies in the trash only where it is asked for."""
    require(may_write(me, wanted.kind, [me.user_id or 0]))
    query = select(Post).where(Post.kind == wanted.kind)
    if not may_write(me, wanted.kind, ()):
        own = select(PostAuthor.post_id).where(PostAuthor.user_id == me.user_id)
        query = query.where(Post.id.in_(own))
    if wanted.status is None:
        query = query.where(Post.status != PostStatus.TRASHED)
    else:
        query = query.where(Post.status == wanted.status)
    at = func.coalesce(Post.published_at, Post.updated_at, Post.created_at)
    first = Post.updated_at if wanted.newest_change_first else at
    query = query.order_by(first.desc(), Post.id.desc()).offset(wanted.offset)
    query = query.limit(min(wanted.number, MOST_AT_ONCE))
    return await wholes(session, (await session.scalars(query)).all())


async def wholes(session: AsyncSession, posts: Sequence[Post]) -> list[Whole]:
    """These posts with all that hangs on them."""
    ids = [post.id for post in posts]
    authors, terms = await authors_of(session, ids), await terms_of(session, ids)
    covers = {post.cover_id for post in posts if post.cover_id}
    found = await session.scalars(select(Upload).where(Upload.id.in_(covers)))
    uploads = {upload.id: upload for upload in found}
    return [
        Whole(
            post,
            authors.get(post.id, ()),
            terms.get(post.id, ()),
            uploads.get(post.cover_id or 0),
        )
        for post in posts
    ]
