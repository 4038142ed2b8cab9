"""What is done later: acts on many, of comments and of what else was reported."""

from app.core.jobs import Tools, job
from app.discussions.batches import Reports, run_piece, undo_piece
from app.reporting.deciding import answer_many, take_back

REPORTS = Reports(answer_many, take_back)


@job("run_batch")
async def run_batch(tools: Tools, *, batch_id: int) -> None:
    """Do an act on many, piece by piece; who was killed goes on after the last piece that was kept."""
    is_going_on = True
    while is_going_on:
        async with tools.work.unit_of_work() as session:
            is_going_on = await run_piece(session, batch_id, REPORTS)


@job("undo_batch")
async def undo_batch(tools: Tools, *, batch_id: int) -> None:
    """Take an act on many back, piece by piece."""
    is_going_on = True
    while is_going_on:
        async with tools.work.unit_of_work() as session:
            is_going_on = await undo_piece(session, batch_id, REPORTS)
