"""What somebody has said that still waits, shown to them where it will stand; nobody else sees it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.discussions.models import Section
from app.discussions.queries import ShownComment, waiting_of
from app.settings import Settings
from app.web.comments.remembering import Remembered, key_of


async def with_own_waiting(
    session: AsyncSession,
    settings: Settings,
    me: Actor,
    known: Remembered | None,
    thread_id: int,
    said: Sequence[ShownComment],
) -> list[ShownComment]:
    """The comments of a page, and among them those that only this reader may see."""
    key = me.proved_key or (key_of(settings, known) if known else "")
    waiting = await waiting_of(session, thread_id, key) if key else []
    shown = list(said)
    for comment in waiting:
        shown.insert(_place_in(shown, comment), comment)
    return shown


def _place_in(shown: Sequence[ShownComment], waiting: ShownComment) -> int:
    """After all that answers the same; without it on this page, after the last conversation."""
    comments = sum(one.section == Section.COMMENTS for one in shown)
    ids = [one.id for one in shown[:comments]]
    if waiting.parent_id not in ids:
        return comments
    at = ids.index(waiting.parent_id)
    depth = shown[at].depth
    following = at + 1
    while following < comments and shown[following].depth > depth:
        following += 1
    return following
