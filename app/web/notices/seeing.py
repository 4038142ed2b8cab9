"""Pages say what they have shown to whom: what a member has seen is not new to them any more."""

from collections.abc import Iterable

from fastapi import Request

from app.accounts.actor import Actor
from app.core import clock
from app.notifications.notices.sightings import Sightings


def shown(request: Request, me: Actor, things: Iterable[str]) -> None:
    """`me` is shown these, such as `comment:12`. Costs nothing for who has nothing new."""
    # What a browser fetches in case it is wanted, nobody has looked at.
    is_looked_at = "prefetch" not in request.headers.get("sec-purpose", "")
    if me.unread and me.user_id is not None and is_looked_at:
        sightings: Sightings = request.app.state.sightings
        sightings.note(me.user_id, things, clock.now())


def read_up_to(request: Request, me: Actor, topic_id: int, comment_id: int) -> None:
    """`me` is shown a topic up to this comment: what comes after it is unread."""
    if me.user_id is not None and "prefetch" not in request.headers.get("sec-purpose", ""):
        sightings: Sightings = request.app.state.sightings
        sightings.note_reading(me.user_id, topic_id, comment_id, clock.now())
