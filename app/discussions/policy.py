"""Who may do what to what was said. Pure, so that it reads as a table."""

from collections.abc import Collection

from app.accounts.actor import Actor
from app.core.errors import Forbidden
from app.core.i18n import _
from app.moderation.policy import require_moderator

__all__ = ["may_decide", "require_may_decide", "require_moderator"]


def may_decide(actor: Actor, author_ids: Collection[int]) -> bool:
    """Moderators about everything, authors about what is said under their own posts."""
    return actor.moderates or (actor.writes_posts and actor.user_id in author_ids)


def require_may_decide(actor: Actor, author_ids: Collection[int]) -> None:
    """Refuse whoever may not decide about a comment under a post of these authors. Raises Forbidden."""
    if not may_decide(actor, author_ids):
        raise Forbidden(_("Only moderators decide about comments."))
