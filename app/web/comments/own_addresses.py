"""The address of a comment's own page: whoever knows it is taken for its author."""

from collections.abc import Sequence

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import NotFound
from app.core.secrets import secrets_of
from app.discussions.policy import may_change_own
from app.discussions.queries import ShownComment
from app.settings import Settings

_PURPOSE = "own comment"
_LENGTH = 32


def own_address(settings: Settings, comment_id: int) -> str:
    """`/c/ID/SECRET/`, the same for ever: 128 bits that nobody can make but this site."""
    secret = secrets_of(settings).keyed_hash(_PURPOSE, str(comment_id))[:_LENGTH]
    return f"/c/{comment_id}/{secret}/"


def own_addresses(settings: Settings, me: Actor, said: Sequence[ShownComment]) -> dict[int, str]:
    """Those of the comments on a page that whoever is signed in wrote and may change."""
    if me.user_id is None:
        return {}
    at, theirs = clock.now(), (one for one in said if one.user_id == me.user_id)
    return {one.id: own_address(settings, one.id) for one in theirs if may_change_own(one, at)}


def require_own(settings: Settings, comment_id: int, secret: str) -> None:
    """Refuse whoever does not know the secret. Raises NotFound."""
    is_right = secrets_of(settings).matches(_PURPOSE, str(comment_id), secret)
    if len(secret) != _LENGTH or not is_right:
        raise NotFound
