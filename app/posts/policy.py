"""Who may do what to posts. Pure, so that it reads as a table."""

from collections.abc import Iterable

from app.accounts.actor import Actor
from app.accounts.policy import may_write_every_post, may_write_posts
from app.core.answers import YES, Answer
from app.posts.models import PostKind, Taxonomy


def may_write(actor: Actor, kind: PostKind, author_ids: Iterable[int]) -> Answer:
    """Add, change or trash a post by these: whoever is an author one of their own, an editor every one.

    Pages stand in the site's menu and have no author to speak of: they are editors' business.
    """
    is_theirs = kind == PostKind.POST and actor.user_id in frozenset(author_ids)
    if not actor.writes_posts or is_theirs:
        return may_write_posts(actor)
    return may_write_every_post(actor)


def may_sign_for(actor: Actor, before: Iterable[int], after: Iterable[int]) -> Answer:
    """Let these be a post's authors from now on, after those."""
    is_same = frozenset(before) == frozenset(after)
    return YES if is_same else may_write_every_post(actor)


def may_keep_on_top(actor: Actor) -> Answer:
    """Let a post stay at the top of every list, or no longer."""
    return may_write_every_post(actor)


def may_add_term(actor: Actor, taxonomy: Taxonomy) -> Answer:
    """Add a tag, as whoever writes does in passing; or a category, one of the site's drawers."""
    return may_write_posts(actor) if taxonomy == Taxonomy.TAG else may_write_every_post(actor)


def may_keep_terms(actor: Actor) -> Answer:
    """Change, move, merge and take away categories and tags: they stand on everybody's posts."""
    return may_write_every_post(actor)
