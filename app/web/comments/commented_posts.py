"""Which post a comment is for: the one at the address it was sent to, else the one that its form names."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.db import BigId
from app.core.prepared import Prepared
from app.core.text import number_in
from app.discussions.models import Thread
from app.discussions.open_threads import thread_meant
from app.posts.addresses import address, readings
from app.posts.models import Post
from app.posts.queries import eyes_of, posts_visible_to
from app.web.comments.forms import MemberForm
from app.web.forms import Form

LEAVES = "/comment"


@dataclass(frozen=True)
class Found:
    """The post that is answered, as far as its form needs it."""

    id: int
    title: str
    path: str

    @property
    def url(self) -> str:
        """Where it stands."""
        return address(self.path)


async def post_meant(
    session: AsyncSession, me: Actor, path: str, form: Form[MemberForm]
) -> Found | None:
    """The post of the address, else the one the form names."""
    paths, number = _meant(path, form)
    named = {f"path_{place}": path for place, path in enumerate(paths)}
    rows = await _commentable(eyes_of(me), len(paths)).rows(session, {"number": number} | named)
    return Found(rows[0][0], rows[0][1], rows[0][2] or "/") if rows else None


async def post_answered(
    session: AsyncSession, me: Actor, path: str, form: Form[MemberForm]
) -> tuple[Found, tuple[Post, Thread]]:
    """The same for whoever answers it now, with its thread's row, which is locked. Raises NotFound."""
    post, thread = await thread_meant(session, me, *_meant(path, form))
    return Found(post.id, post.title, post.path or "/"), (post, thread)


def _meant(path: str, form: Form[MemberForm]) -> tuple[list[str], int]:
    """The paths that are asked for, or the number that is named."""
    if not path.endswith(LEAVES):
        return [""], number_in(form.typed.get("comment_post_ID", "")) or 0
    bare = path.removesuffix(LEAVES).replace("\0", "")
    return [asked.path for asked in readings(bare) if not asked.suffix], 0


@lru_cache(maxsize=100)
def _commentable(actor: Actor, paths: int) -> Prepared:
    named = [bindparam(f"path_{place}", type_=Post.path.type) for place in range(paths)]
    return Prepared(
        select(Post.id, Post.title, Post.path)
        .where(
            or_(Post.path.in_(named), Post.id == bindparam("number", type_=BigId)),
            Post.path.is_not(None),
            posts_visible_to(actor),
        )
        .limit(1)
    )
