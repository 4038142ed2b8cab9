"""What is done later about comments: acts on many, and the choice of the weekly ten."""

from app.core import clock
from app.core.jobs import Tools, job
from app.discussions.batches import run_piece, undo_piece
from app.moderation.sampling import pick_sample


@job("run_batch")
async def run_batch(tools: Tools, *, batch_id: int) -> None:
    """Do an act on many, piece by piece; who was killed goes on after the last piece that was kept."""
    is_going_on = True
    while is_going_on:
        async with tools.work.unit_of_work() as session:
            is_going_on = await run_piece(session, batch_id)


@job("undo_batch")
async def undo_batch(tools: Tools, *, batch_id: int) -> None:
    """Take an act on many back, piece by piece."""
    is_going_on = True
    while is_going_on:
        async with tools.work.unit_of_work() as session:
            is_going_on = await undo_piece(session, batch_id)


@job("pick_likely_mistakes")
async def pick_likely_mistakes(tools: Tools) -> None:
    """Put the ten likeliest mistakes of this week before the moderators, once."""
    async with tools.work.unit_of_work() as session:
        await pick_sample(session, clock.now())
