"""Who may do what with files. Pure, so that it reads as a table. Whoever asks may have any file that is served."""

from app.accounts.actor import Actor
from app.accounts.policy import may_write_every_post, may_write_posts
from app.core.answers import Answer


def may_use_library(actor: Actor) -> Answer:
    """Put files there, and see one's own: whoever writes here."""
    return may_write_posts(actor)


def may_change(actor: Actor, user_id: int | None) -> Answer:
    """Describe or delete a file: authors their own, editors and owners every one."""
    is_theirs = actor.user_id is not None and actor.user_id == user_id
    if not actor.writes_posts or is_theirs:
        return may_write_posts(actor)
    return may_write_every_post(actor)
