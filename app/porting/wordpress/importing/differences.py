"""In what a post that is here differs from a later export: said in the report, and left as it is here."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _
from app.core.text import clean_text
from app.porting.wordpress.importing.meanings import standing_of
from app.porting.wordpress.importing.own_words import fact
from app.porting.wordpress.importing.paths import slug_of
from app.porting.wordpress.importing.posts import Coming, terms_of
from app.porting.wordpress.importing.state import State
from app.porting.wordpress.texts.tags import plain_line
from app.posts.models import Post, PostTerm

_COLUMNS = (
    Post.id, Post.title, Post.slug, Post.status, Post.body_source, Post.excerpt_source,
    Post.comments_open, Post.pings_open,
)  # fmt: skip


async def tell_differences(session: AsyncSession, state: State, coming: Sequence[Coming]) -> None:
    """Compare those of some posts that are here with the file."""
    known = {one.post_id: one for one in coming if not one.is_new}
    if not known:
        return
    terms: dict[int, set[int]] = {}
    under = select(PostTerm.post_id, PostTerm.term_id).where(PostTerm.post_id.in_(known))
    for post_id, term_id in await session.execute(under):
        terms.setdefault(post_id, set()).add(term_id)
    rows = await session.execute(select(*_COLUMNS).where(Post.id.in_(known)))
    posts = {post.id: post for post in rows}
    for post_id, one in known.items():
        found = list(_differences(state, one, posts[post_id], terms.get(post_id, set())))
        if found:
            state.report.keep(one.report, [_("has another %s here") % ", ".join(found)])


def _differences(
    state: State, one: Coming, post: Row[*tuple[object, ...]], terms: set[int]
) -> Iterator[str]:
    item = one.item
    if plain_line(item.title) != post.title:
        yield _("title")
    if clean_text(fact(item, "markdown") or item.content) != post.body_source:
        yield _("text")
    if clean_text(item.excerpt) != post.excerpt_source:
        yield _("excerpt")
    slug = slug_of(item, one.post_id)
    # A number behind it was given when it came: another post stood there.
    if post.slug != slug and not post.slug.startswith(f"{slug}-"):
        yield _("slug")
    if standing_of(item, state.now, state.zone).status != post.status:
        yield _("state")
    if set(terms_of(state, item)) != terms:
        yield _("list of categories and tags")
    if (item.comment_status == "open", item.ping_status == "open") != (
        post.comments_open,
        post.pings_open,
    ):
        yield _("choice of who may answer")
