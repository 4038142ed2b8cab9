"""When the rules for safe HTML change, what is stored is cleaned once more."""

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import User
from app.core.db import Base, Work
from app.core.events import Event, record
from app.core.markup import RULES, SafeHtml, clean_comment, clean_post
from app.core.page_cache import EVERYTHING
from app.discussions.models import Comment
from app.posts.models import Post
from app.site.models import SiteRow

Row = TypeVar("Row", bound=Base)

_AT_ONCE = 500


async def reclean(work: Work) -> bool:
    """Bring all stored HTML under today's rules; False when it was cleaned by them already.

    Goes in units of a few hundred rows, so that a running site keeps its pen, and may be stopped
    and begun again: only the last unit says that it is done.
    """
    async with work.reading() as session:
        kept = await session.scalar(select(SiteRow.markup_rules))
    if kept is None or kept == RULES:
        return False
    await _each(work, Post, Post.id, _clean_post)
    await _each(work, Comment, Comment.id, _clean_comment)
    await _each(work, User, User.id, _clean_user)
    async with work.unit_of_work() as session:
        site = await session.get_one(SiteRow, 1)
        site.markup_rules = RULES
        record(session, Event(touches=frozenset({EVERYTHING})))
    return True


async def _each(work: Work, table: type[Row], key: InstrumentedAttribute[int], clean: Any) -> None:
    last = 0
    while True:
        async with work.unit_of_work() as session:
            rows = (
                await session.scalars(select(table).where(key > last).order_by(key).limit(_AT_ONCE))
            ).all()
            for row in rows:
                clean(row)
            if not rows:
                return
            last = getattr(rows[-1], key.key)


def _clean_post(post: Post) -> None:
    post.body_html = _again(clean_post, post.body_html)
    if post.teaser_html is not None:
        post.teaser_html = _again(clean_post, post.teaser_html)


def _clean_comment(comment: Comment) -> None:
    comment.body_html = _again(clean_comment, comment.body_html)


def _clean_user(user: User) -> None:
    user.bio_html = _again(clean_comment, user.bio_html)


def _again(clean: Any, html: SafeHtml) -> SafeHtml:
    # An unchanged text is left alone, so that it is not written again.
    cleaned: SafeHtml = clean(str.__str__(html))
    return html if str.__eq__(cleaned, html) else cleaned
