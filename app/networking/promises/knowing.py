"""Whoever kept a promise, and whoever it was kept for, are asked whether they know each other by now."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.networking.connections.actions import propose_connection
from app.networking.promises.events import PromiseChanged
from app.networking.promises.models import Promise
from app.networking.promises.moves import State


async def propose_to_know(session: AsyncSession, event: PromiseChanged) -> None:
    """Both yeses are wanted still; what the two have decided before stays as it is."""
    if event.state != State.KEPT:
        return
    promise = await session.get_one(Promise, event.promise_id)
    if promise.promiser_id is not None and promise.promisee_id is not None:
        await propose_connection(
            session, promise.promiser_id, promise.promisee_id,
            source_kind="promise", source_id=promise.id,
        )  # fmt: skip
